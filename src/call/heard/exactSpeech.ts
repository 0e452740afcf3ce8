import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import * as prompts from "../model/prompts.ts";
import type { AgentEntry } from "../transcript/transcriptEntry.ts";
import type { Milliseconds } from "../types.ts";

/** What became of words that the agent was to say exactly. */
export interface Spoken {
  readonly id: string;
  /**
   * `whole`: the caller has heard to its end what the model said, whatever that was; `cut`: somebody silenced
   * it; `unsaid`: it came to nothing, or broke off.
   */
  readonly outcome: "whole" | "cut" | "unsaid";
  /** The items of the model's in which it was said. */
  readonly items: ReadonlySet<string>;
  /** What the caller has heard of it. */
  readonly text: string;
  /** When its end was known to have been heard. */
  readonly at: Milliseconds;
}

interface Saying {
  readonly id: string;
  /** Absent until it has begun. */
  responseId: string | undefined;
  readonly items: Set<string>;
}

type Parts = Pick<MachineParts, "turns" | "speech" | "transcript">;

/**
 * Has the model say sentences word for word, as part of the conversation, and follows each until it is
 * known what of it the caller has heard.
 */
export class ExactSpeech {
  readonly #call: Parts;
  readonly #sayings = new Map<string, Saying>();

  constructor(call: Parts) {
    this.#call = call;
  }

  get any(): boolean {
    return this.#sayings.size > 0;
  }

  /** Whether it is asked for, being said, or still being heard. */
  isSaying(id: string): boolean {
    return this.#sayings.has(id);
  }

  /** Whether it is asked for and nothing of it has begun that could have been cut off. */
  isToCome(id: string): boolean {
    const { turns } = this.#call;
    if (!this.#sayings.has(id)) return false;
    return turns.owesExact(id) || turns.current?.exact === id && turns.responseId === undefined;
  }

  /** Which sentence an item of the model's was to be. */
  sayingOf(itemId: string): string | undefined {
    return [...this.#sayings.values()].find(({ items }) => items.has(itemId))?.id;
  }

  /** Follows what is spoken without the model, as one item that is a response of its own. */
  saidWithoutModel(id: string, itemId: string): void {
    this.#sayings.set(id, { id, responseId: itemId, items: new Set([itemId]) });
  }

  say(id: string, text: string, now: Milliseconds, ask = prompts.sayExactly): void {
    const known = this.#sayings.get(id);
    const { turns } = this.#call;
    const isUnderWay = known?.responseId !== undefined || turns.current?.exact === id ||
      turns.owesExact(id);
    if (known !== undefined && isUnderWay) return;
    this.#sayings.set(id, { id, responseId: undefined, items: new Set() });
    turns.ask(ask(text, id), now);
  }

  /** Learns which items of the model's are which sentence. */
  follow(input: CallInput): void {
    if (input.type !== "speechText" || !this.any) return;
    const { current, responseId } = this.#call.turns;
    const saying = this.#sayings.get(current?.exact ?? "");
    if (saying === undefined || responseId !== input.ref.responseId) return;
    // After a failure it is said again from its beginning.
    if (saying.responseId !== responseId) saying.items.clear();
    saying.responseId = responseId;
    saying.items.add(input.ref.itemId);
  }

  /** Returns what is over, once each. */
  tick(now: Milliseconds): readonly Spoken[] {
    return [...this.#sayings.values()].flatMap((saying) => {
      const spoken = this.#outcomeOf(saying, now);
      if (spoken === undefined) return [];
      this.#sayings.delete(saying.id);
      return [spoken];
    });
  }

  #outcomeOf(saying: Saying, now: Milliseconds): Spoken | undefined {
    const { turns, speech } = this.#call;
    const { id, items } = saying;
    if (turns.current?.exact === id) {
      saying.responseId = turns.responseId;
      return undefined;
    }
    if (turns.owesExact(id)) return undefined;
    const entries = [...items].flatMap((item) => this.#entryOf(item) ?? [])
      .filter(({ aside }) => aside !== true);
    const isOpen = entries.some(({ final }) => !final);
    if (isOpen && (speech.audible || speech.isSettling)) return undefined;
    const text = entries.map((entry) => entry.text).join(" ");
    const at = Math.max(...entries.map(({ endedAt }) => endedAt ?? now), -Infinity);
    const isSilenced = saying.responseId !== undefined &&
      speech.responses.isSilenced(saying.responseId);
    const isBroken = entries.some(({ brokenOff }) => brokenOff === true);
    const isCut = entries.some(({ interrupted, unheard }) =>
      interrupted && (unheard !== undefined || isBroken)
    );
    if (isCut || isSilenced && !entries.some(({ heardMs = 0 }) => heardMs > 0)) {
      return { id, outcome: "cut", items, text, at: now };
    }
    return entries.length > 0 && !isOpen && !isBroken
      ? { id, outcome: "whole", items, text, at }
      : { id, outcome: "unsaid", items, text, at: now };
  }

  #entryOf(itemId: string): AgentEntry | undefined {
    const entry = this.#call.transcript.entries.get(itemId);
    return entry?.kind === "agent" ? entry : undefined;
  }
}
