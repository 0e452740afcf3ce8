/// <reference lib="dom" />
import type { TranscriptLine } from "../protocol/web.ts";
import { element } from "./elements.ts";
import { formatDuration, formatSpan } from "./formats.ts";
import { latencyTitle, type LineLatency } from "./lineLatency.ts";
import { redactedWords } from "./redactedWords.ts";
import { t } from "./text.ts";
import { toolCard, type ToolMessage } from "./toolCard.ts";

/** With `startedMs`, its time since the start of the call is shown. */
type Line = Omit<TranscriptLine, "agent" | "by"> & {
  readonly by: TranscriptLine["by"] | "whisper";
  /** Absent or null for the agent that the call began with. */
  readonly agent?: string | null;
  readonly startedMs?: number;
  /** What the agent was to say besides, and nobody heard. */
  readonly unheard?: string | null;
};

/**
 * The transcript of a call: lines, tool uses and notes, in the order in which they were heard where their
 * times are known.
 */
export interface TranscriptView {
  /** Adds a line, or replaces the one with the same id. */
  show(line: Line): void;
  /** `instead` stands for a content that is not known. */
  showTool(tool: ToolMessage, instead?: string): void;
  /** So much of an agent's line that is not final has been heard; the rest is still to come. */
  showHeard(id: string, characters: number): void;
  /** Shown beside its line, now or as soon as the line comes. */
  showLatency(latency: LineLatency): void;
  /** Adds a note, with its time where it is known, or replaces the one with the same id. */
  note(text: string, at?: { readonly id: string; readonly atMs: number }): void;
  /** Marks the line that is heard, or none; `follows` keeps it in view. */
  hear(id: string | undefined, follows: boolean): void;
  /** Scrolls to a line and marks it. */
  reveal(id: string): void;
  clear(): void;
}

type Place = Pick<Line, "position" | "startedMs">;

interface Shown {
  place: Place;
  line: Line;
  /** How much of an agent's line has been heard; undefined where that is not followed. */
  heardCharacters?: number;
  readonly row: HTMLElement;
  readonly words: HTMLElement;
  readonly margin: HTMLElement;
}

/** Creates the view in a list element; `caller` is the name of the human side. */
export function createTranscriptView(
  list: HTMLElement,
  { caller, titleOf = (agent) => agent, onTime, onToolOpened }: {
    readonly caller: "You" | "Caller";
    /** How people call an agent. */
    readonly titleOf?: (agent: string) => string;
    /** Called with the time of a line that is pressed; undefined where times cannot be. */
    readonly onTime?: (startedMs: number) => void;
    /** Somebody wants to see what a tool got and brought. */
    readonly onToolOpened?: () => void;
  },
): TranscriptView {
  const lines = new Map<string, Shown>();
  const tools = new Map<string, HTMLElement>();
  const notes = new Map<string, HTMLElement>();
  const latencies = new Map<string, LineLatency>();
  const changeAndFollow = followEnd(list);
  let heard: HTMLElement | undefined;
  if (onTime !== undefined) {
    list.onclick = ({ target }) => {
      const row = target instanceof Element && target.closest("a, button, summary, pre") === null
        ? target.closest("li.line")
        : null;
      const line = [...lines.values()].find((one) => one.row === row);
      const isSelected = getSelection()?.isCollapsed === false;
      if (line?.place.startedMs !== undefined && !isSelected) onTime(line.place.startedMs);
    };
  }

  return {
    show(line) {
      changeAndFollow(() => {
        const shown = lines.get(line.id) ?? addLine(line);
        if (comesBefore(shown.place, line) || comesBefore(line, shown.place)) move(shown, line);
        shown.row.classList.toggle("interrupted", line.interrupted);
        shown.row.ariaBusy = String(!line.final);
        // A line that was cut off before its first word was not heard at all.
        const unheard = line.unheard ?? "";
        shown.row.hidden = line.final && line.text.trim() === "" && unheard === "";
        shown.line = line;
        const words = line.text === "" && unheard === "" ? ["…"] : wordsOf(shown);
        shown.words.replaceChildren(...words);
        if (line.interrupted) shown.words.append(" ", tag(t("cut off here")));
        if (unheard !== "") {
          shown.words.append(
            " ",
            element("del", { title: t("Not heard") }, redactedWords(unheard)),
          );
        }
        if (line.by === "text" || line.by === "operator") shown.words.append(" ", tag(t("typed")));
        else if (line.by === "keypad") shown.words.append(" ", tag(t("keypad")));
        else if (line.by === "whisper") shown.words.append(" ", tag(t("to the agent alone")));
      });
    },
    showTool(tool, instead) {
      changeAndFollow(() => {
        const row = tools.get(tool.id) ?? addTool(tool);
        row.className = `tool ${tool.state}`;
        const isOpen = row.querySelector("details")?.open === true;
        row.lastElementChild?.replaceChildren(
          ...toolCard(tool, { isOpen, instead, onOpened: onToolOpened }),
        );
      });
    },
    showHeard(id, characters) {
      const shown = lines.get(id);
      if (shown === undefined || shown.line.final || shown.line.text === "") return;
      shown.heardCharacters = characters;
      shown.words.replaceChildren(...wordsOf(shown));
    },
    showLatency(latency) {
      latencies.set(latency.id, latency);
      const line = lines.get(latency.id);
      if (line !== undefined) showTotal(line, latency);
    },
    note(text, at) {
      changeAndFollow(() => {
        if (at === undefined) {
          list.append(element("li", { className: "note", textContent: text }));
          return;
        }
        const words = element("span", { className: "words", textContent: text });
        const row = element("li", { className: "note" }, [timeOf(at.atMs, onTime), words]);
        const known = notes.get(at.id);
        if (known === undefined) list.append(row);
        else known.replaceWith(row);
        notes.set(at.id, row);
      });
    },
    hear(id, follows) {
      const row = id === undefined ? undefined : lines.get(id)?.row;
      if (row === heard) return;
      heard?.classList.remove("heard");
      heard?.removeAttribute("aria-current");
      heard = row;
      if (row === undefined) return;
      row.classList.add("heard");
      row.ariaCurrent = "true";
      if (follows) row.scrollIntoView({ block: "nearest" });
    },
    reveal(id) {
      const row = lines.get(id)?.row;
      if (row === undefined) return;
      for (const { row: other } of lines.values()) {
        other.classList.toggle("revealed", other === row);
      }
      row.scrollIntoView({ block: "center" });
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
    },
    clear() {
      heard = undefined;
      lines.clear();
      tools.clear();
      notes.clear();
      latencies.clear();
      list.replaceChildren();
    },
  };

  function addLine(line: Line): Shown {
    const agent = line.agent == null ? t("Agent") : titleOf(line.agent);
    const human = line.by === "operator" || line.by === "whisper"
      ? t("Operator")
      : caller === "You"
      ? t("You")
      : t("Caller");
    const name = line.role === "caller" ? human : agent;
    const words = element("p", { className: "words" });
    const margin = element("span", { className: "margin" });
    const row = addRow(name, line.startedMs, [words, margin], onTime);
    row.className = `line ${line.by === "whisper" ? "whisper" : line.role}`;
    const shown: Shown = { place: line, line, row, words, margin };
    insert(shown);
    lines.set(line.id, shown);
    const latency = latencies.get(line.id);
    if (latency !== undefined) showTotal(shown, latency);
    return shown;
  }

  /** A line of the agent's is written before it is heard. */
  function move(shown: Shown, line: Line): void {
    const { startedMs } = shown.place = line;
    const at = shown.row.querySelector(".at");
    if (at !== null && startedMs !== undefined) at.replaceWith(timeOf(startedMs, onTime));
    insert(shown);
  }

  function insert({ place, row }: Shown): void {
    const next = [...lines.values()]
      .filter((other) => comesBefore(place, other.place))
      .reduce<Shown | undefined>(
        (first, other) =>
          first === undefined || comesBefore(other.place, first.place) ? other : first,
        undefined,
      );
    list.insertBefore(row, next?.row ?? null);
  }

  function addTool({ id, startedMs }: ToolMessage): HTMLElement {
    const row = addRow(t("uses"), startedMs, [element("div", { className: "words" })]);
    list.append(row);
    tools.set(id, row);
    return row;
  }
}

function comesBefore(a: Place, b: Place): boolean {
  const { startedMs = 0 } = a;
  const { startedMs: otherMs = 0 } = b;
  return startedMs < otherMs || startedMs === otherMs && a.position < b.position;
}

function addRow(
  name: string,
  startedMs: number | undefined,
  columns: readonly HTMLElement[],
  onTime?: (startedMs: number) => void,
): HTMLElement {
  const at = startedMs === undefined ? [] : [timeOf(startedMs, onTime)];
  const who = element("span", { className: "name", textContent: name });
  return element("li", {}, [...at, who, ...columns]);
}

function timeOf(startedMs: number, onTime?: (startedMs: number) => void): HTMLElement {
  const textContent = formatDuration(startedMs);
  if (onTime === undefined) return element("span", { className: "at", textContent });
  const title = t("Play from here");
  const onclick = () => onTime(startedMs);
  return element("button", { type: "button", className: "at", textContent, title, onclick });
}

/** What is still to be heard of a line is told apart, from a word's end on. */
function wordsOf({ line: { text, final }, heardCharacters }: Shown): readonly (Node | string)[] {
  if (final || heardCharacters === undefined) return redactedWords(text);
  const end = heardCharacters >= text.length
    ? text.length
    : Math.max(0, text.lastIndexOf(" ", heardCharacters));
  const ahead = element("span", { className: "ahead" }, redactedWords(text.slice(end)));
  return [...redactedWords(text.slice(0, end)), ahead];
}

function showTotal({ margin }: Shown, latency: LineLatency): void {
  margin.textContent = formatSpan(latency.earMs ?? latency.totalMs);
  margin.title = latencyTitle(latency);
}

function tag(text: string): HTMLElement {
  return element("span", { className: "tag", textContent: text });
}

/** Keeps the end of the list in view, unless the reader has scrolled back. */
function followEnd(list: HTMLElement): (change: () => void) => void {
  let follows = true;
  list.onscroll = () => {
    follows = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  };
  new ResizeObserver(toEnd).observe(list);
  return (change) => {
    change();
    toEnd();
  };

  function toEnd(): void {
    if (follows) list.scrollTop = list.scrollHeight;
  }
}
