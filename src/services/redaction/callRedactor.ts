import type { CallEvent, TranscriptTurn } from "../../call/callEvent.ts";
import { present } from "../../utils/present.ts";
import { findMarks } from "./findMarks.ts";
import { type Known, nothingKnown } from "./finding.ts";
import { LONGEST_LOOKED } from "./longestLooked.ts";
import { HELD, type Line, type Mark, marked, markedPlace, merged } from "./marks.ts";
import { redactedJson } from "./redactedJson.ts";
import { redactedFields } from "./redactedFields.ts";
import { redactedSpan, weightsOf } from "./redactedSpan.ts";
import { bothRules, type RedactionRules } from "./rules.ts";
import { tokensOf } from "./tokens.ts";

interface Entry {
  turn: TranscriptTurn;
  line: Line;
  /** Decided when the turn was final: they stay, though what they follow from may be long ago. */
  kept: readonly (Mark & { readonly said: string })[];
  marks: readonly Mark[];
  /** The turn as observers have it. */
  shown: TranscriptTurn;
  /** Ends of the spans that were told of, by their beginnings. */
  readonly spans: Map<number, number>;
}

/** Turns that are looked at together. */
const MAX_LINES = 24;
const MAX_CHARACTERS = 4000;
/** Longer than any call: a turn that was never finished is silent from its beginning on. */
const OPEN_MS = 7 * 24 * 60 * 60 * 1000;
/** Of a turn of which nobody knows when it ended. */
const UNKNOWN_MS = 60_000;
const TYPED: ReadonlySet<TranscriptTurn["by"]> = new Set(["text", "operator", "whisper"]);
/** So many turns later a number is not gone on with. */
const MAX_HELD_LINES = 8;

/** Blacks out what one call's events say; remembers what was said as long as the call lasts. */
export class CallRedactor {
  readonly #known: Known = nothingKnown();
  #rules: RedactionRules;
  #entries: Entry[] = [];
  #released = false;

  constructor(rules: RedactionRules) {
    this.#rules = rules;
  }

  /** What was said before another process had the call, as it was shown. */
  resume(turns: readonly TranscriptTurn[]): void {
    for (const turn of turns.slice(-MAX_LINES)) {
      this.#insert(turn, lineOf(turn.role, whole(turn), !turn.final));
    }
  }

  /** From now on what these rules say is blacked out, too. */
  add(rules: RedactionRules): void {
    this.#rules = bothRules(this.#rules, rules);
  }

  /** The event without what is private, behind those that correct earlier turns. */
  events(event: CallEvent): readonly CallEvent[] {
    switch (event.type) {
      case "turn":
        return this.#turn(event.turn);
      case "digits": {
        const isPrivate = !event.sensitive && this.#isPrivateEntry(event.digits);
        return [
          isPrivate
            ? { ...event, digits: "•".repeat(event.digits.length), sensitive: true }
            : event,
        ];
      }
      case "ended":
      case "handedOver": {
        this.#released = event.type === "ended";
        return [...this.#search(), ...spansOf(this.#entries, OPEN_MS), event];
      }
      default:
        return [redactedFields(event, (text, name) => this.text(text, name))];
    }
  }

  /** A text that is no turn, or JSON; `about` is what it is called. */
  text(text: string, about = ""): string {
    return redactedJson(text, about, (each, name) => this.#plain(each, name));
  }

  #plain(text: string, about: string): string {
    const title = about === "" ? "" : `${spaced(about)}: `;
    const line = lineOf("other", title + text, false);
    const [marks = []] = this.#find([line], true);
    return marked(title + text, marks, title.length);
  }

  #turn(turn: TranscriptTurn): readonly CallEvent[] {
    const line = lineOf(turn.role, whole(turn), !turn.final);
    const entry = this.#entries.find(({ turn: { id } }) => id === turn.id);
    if (entry === undefined) this.#insert(turn, line);
    else Object.assign(entry, { turn, line });
    const corrected = this.#search(turn.id);
    const shown = this.#entries.find(({ turn: { id } }) => id === turn.id)?.shown ?? turn;
    const spans = [...spansOf(this.#entries), ...spansOf(this.#forget(), OPEN_MS)];
    return [...corrected, { type: "turn", turn: shown }, ...spans];
  }

  #insert(turn: TranscriptTurn, line: Line): void {
    const later = this.#entries.findIndex(({ turn: { position } }) => position > turn.position);
    const entry = { turn, line, kept: [], marks: [], shown: turn, spans: new Map() };
    this.#entries.splice(later < 0 ? this.#entries.length : later, 0, entry);
  }

  /** Looks at all turns again; returns those other than `asked` that observers have otherwise. */
  #search(asked?: string): readonly CallEvent[] {
    const lines = this.#entries.map(({ line }) => line);
    const at = this.#entries.findIndex(({ turn: { id } }) => id === asked);
    const only = this.#changesNothingElse(this.#entries[at]) ? at : undefined;
    const found = this.#find(lines, this.#released, only);
    const corrected: CallEvent[] = [];
    this.#entries.forEach((entry, at) => {
      if (only !== undefined && only !== at) return;
      const { line, turn } = entry;
      const isThere = ({ from, to, said }: Entry["kept"][number]) =>
        line.text.slice(from, to) === said;
      const marks = merged([...found[at] ?? [], ...entry.kept.filter(isThere)]);
      if (turn.final) {
        entry.kept = marks.filter(({ shown }) => shown !== HELD)
          .map((mark) => ({ ...mark, said: line.text.slice(mark.from, mark.to) }));
      }
      const shown = shownTurn(turn, marks);
      const isChanged = shown.text !== entry.shown.text || shown.unheard !== entry.shown.unheard;
      entry.marks = marks;
      entry.shown = shown;
      if (isChanged && turn.id !== asked) corrected.push({ type: "turn", turn: shown });
    });
    return corrected;
  }

  /** Most of what comes are words of a turn that is still being said. */
  #changesNothingElse(entry: Entry | undefined): boolean {
    return entry !== undefined && entry.line.open &&
      !this.#entries.some(({ marks }) => marks.some(({ shown }) => shown === HELD)) &&
      entry.line.tokens.every(({ kind }) =>
        kind === "word" || kind === "filler" || kind === "stop"
      );
  }

  #find(
    lines: readonly Line[],
    released: boolean,
    only?: number,
  ): readonly (readonly Mark[])[] {
    return findMarks(lines, this.#rules, {
      known: this.#known,
      ...present({ only }),
      holds: (role) => {
        if (released || role === "other") return false;
        const last = lines.findLastIndex((line) => line.role === role);
        const isOpen = lines[last]?.open === true;
        // An agent that has said all goes on with no number.
        return role === "agent" ? isOpen : isOpen || lines.length - last <= MAX_HELD_LINES;
      },
    });
  }

  /** Whether keys that were pressed are private, or may turn out to be. */
  #isPrivateEntry(digits: string): boolean {
    const line = lineOf("caller", digits, false);
    const lines = [...this.#entries.map((entry) => entry.line), line];
    return (this.#find(lines, false).at(-1)?.length ?? 0) > 0;
  }

  /** Returns turns that it has forgotten before they were decided. */
  #forget(): readonly Entry[] {
    let characters = 0;
    let kept = this.#entries.length;
    while (kept > 0 && this.#entries.length - kept < MAX_LINES) {
      characters += this.#entries[kept - 1]?.line.text.length ?? 0;
      if (characters > MAX_CHARACTERS && kept < this.#entries.length) break;
      kept--;
    }
    if (kept === 0) return [];
    // What is still being said or held back stays, within bounds.
    const isOpen = ({ turn, marks }: Entry) =>
      !turn.final || marks.some(({ shown }) => shown === HELD);
    const open = this.#entries.slice(0, kept).filter(isOpen);
    const given: Entry[] = [];
    let waiting = open.reduce((sum, { line }) => sum + line.text.length, 0);
    while (waiting > MAX_CHARACTERS) {
      const [oldest] = open.splice(0, 1);
      if (oldest === undefined) break;
      waiting -= oldest.line.text.length;
      given.push(oldest);
    }
    this.#entries = [...open, ...this.#entries.slice(kept)];
    return given;
  }
}

/** When what is blacked out is heard, as far as it is new; of turns that go on only with a time for their end. */
function spansOf(entries: readonly Entry[], openMs?: number): readonly CallEvent[] {
  let quietSinceMs: number | undefined;
  return entries.flatMap(({ turn, marks, spans }) => {
    const sinceMs = quietSinceMs;
    if (turn.role === "caller" && turn.by === "voice") quietSinceMs = turn.endedMs;
    // What was typed is on no recording.
    if (TYPED.has(turn.by) || !turn.final && openMs === undefined) return [];
    if (marks.length === 0) return [];
    const { text } = turn;
    const weights = weightsOf(text);
    return marks.flatMap((mark): readonly CallEvent[] => {
      if (mark.shown === HELD && openMs === undefined) return [];
      if (turn.unheard !== undefined && mark.from >= text.length) return [];
      const { fromMs, toMs } = redactedSpan(
        turn,
        weights,
        { ...mark, to: Math.min(mark.to, text.length) },
        openMs ?? turn.startedMs + UNKNOWN_MS,
        sinceMs,
      );
      if ((spans.get(fromMs) ?? -1) >= toMs) return [];
      spans.set(fromMs, toMs);
      return [{ type: "redacted", side: turn.role, fromMs, toMs }];
    });
  });
}

/** What the caller heard, and behind it what was not heard: a number may go on there. */
function whole({ text, unheard }: TranscriptTurn): string {
  return unheard === undefined ? text : `${text} ${unheard}`;
}

function lineOf(role: Line["role"], text: string, open: boolean): Line {
  const looked = text.slice(0, LONGEST_LOOKED);
  return {
    role,
    text: looked,
    restLength: text.length - looked.length,
    tokens: tokensOf(looked),
    open,
  };
}

function shownTurn(turn: TranscriptTurn, marks: readonly Mark[]): TranscriptTurn {
  if (marks.length === 0) return turn;
  const { text, unheard, heardCharacters } = turn;
  const all = whole(turn);
  return {
    ...turn,
    text: marked(all, marks, 0, text.length),
    ...present({
      unheard: unheard === undefined ? undefined : marked(all, marks, text.length + 1),
      heardCharacters: heardCharacters === undefined
        ? undefined
        : markedPlace(heardCharacters, marks),
    }),
  };
}

/** A name of a field as words. */
function spaced(name: string): string {
  return name.slice(0, 64).replace(/[_-]+/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2");
}
