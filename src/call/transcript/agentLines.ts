import type { Heard } from "../playback/spokenItems.ts";
import { heardSentences, heardText } from "./heardText.ts";
import {
  type AgentEntry,
  historyItemOf,
  MAX_TEXT,
  type TranscriptEntry,
} from "./transcriptEntry.ts";
import type { TranscriptEntries } from "./transcriptEntries.ts";
import type { Milliseconds } from "../types.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { present } from "../../utils/present.ts";

/** What was heard whole and has no words yet. */
interface Wordless extends Pick<Heard, "responseId" | "heardMs"> {
  readonly at: Milliseconds;
}

const MAX_WORDLESS = 16;

/** What the agent has said, as far as the caller has heard it. */
export class AgentLines {
  readonly #entries: TranscriptEntries;
  /** Whose words they are, where it is not the agent that the call began with. */
  #agentName: string | undefined;
  #settled: AgentEntry[] = [];
  readonly #wordless = new BoundedMap<string, Wordless>(MAX_WORDLESS);

  constructor(entries: TranscriptEntries) {
    this.#entries = entries;
  }

  /** From now on another agent speaks; undefined for the one that the call began with. */
  spokenBy(agent: string | undefined): void {
    this.#agentName = agent;
  }

  /** `aside`: it is no part of the conversation. */
  said(itemId: string, text: string, aside: boolean, now: Milliseconds): void {
    const entry = this.#entry(itemId, now);
    if (entry === undefined || entry.final || text === "") return;
    entry.aside = aside;
    entry.text = (entry.text + text).slice(0, MAX_TEXT);
    if (this.#wordless.has(itemId)) entry.heardCharacters = entry.text.length;
    this.#entries.publish(entry);
  }

  /** These responses, or all, have no more words to come: what was heard before them is final with them. */
  wordsOver(isOver: (responseId: string) => boolean = () => true): void {
    for (const [itemId, heard] of this.#wordless) {
      const entry = this.#entries.get(itemId);
      if (entry === undefined || !isOver(heard.responseId)) continue;
      this.#wordless.delete(itemId);
      this.#heardWhole(entry, heard.heardMs, heard.at);
    }
  }

  /** The model stopped in the middle of an item, or perhaps at its end: words without audio will not be heard. */
  brokenOff(itemId: string, producedMs?: Milliseconds): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent") return;
    entry.brokenOff = true;
    if (entry.final || producedMs === undefined) return;
    entry.text = heardText(entry.text, producedMs, producedMs, false);
    this.#entries.publish(entry);
  }

  /** An item that was written and not spoken: it is on record, and is no part of the conversation. */
  unspoken(itemId: string): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    entry.final = true;
    entry.aside = true;
    this.#entries.publish(entry);
  }

  /** A part of the conversation was spoken without the model. */
  saidWithoutModel(itemId: string): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind === "agent") entry.said = true;
  }

  /**
   * The caller has heard a part of an item. Observers are shown that sentence by sentence: a session that
   * goes on with the call begins with the first that was not heard.
   */
  heardSoFar({ itemId, ...progress }: Omit<Heard, "finished">): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    const characters = heardSentences(entry.text, progress);
    if (characters <= entry.heardCharacters) return;
    entry.heardCharacters = characters;
    this.#entries.publish(entry);
  }

  /** The caller has heard all of an item, be it before its words have come. */
  heard(
    { responseId, itemId, heardMs }: Pick<Heard, "responseId" | "itemId" | "heardMs">,
    now: Milliseconds,
  ): void {
    const entry = this.#entries.get(itemId);
    if (entry !== undefined) return this.#heardWhole(entry, heardMs, now);
    this.#wordless.set(itemId, { responseId, heardMs, at: now });
  }

  #heardWhole(entry: TranscriptEntry, heardMs: Milliseconds, at: Milliseconds): void {
    if (entry.kind !== "agent" || entry.final) return;
    entry.final = true;
    entry.heardMs = heardMs;
    entry.endedAt = at;
    this.#settled.push(entry);
    this.#entries.publish(entry);
  }

  /** The caller has heard an item only so far: what was not heard was not said. */
  cut(
    itemId: string,
    heardMs: Milliseconds,
    producedMs: Milliseconds,
    complete: boolean,
    now: Milliseconds,
  ): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    const heard = isHeardOut(heardMs, producedMs, complete)
      ? entry.text
      : heardText(entry.text, heardMs, producedMs, complete);
    const unheard = entry.text.slice(heard.length).trim();
    entry.text = heard;
    if (unheard !== "") entry.unheard = unheard;
    entry.heardMs = heardMs;
    entry.final = true;
    entry.interrupted = true;
    if (!complete) entry.brokenOff = true;
    entry.endedAt = now;
    this.#settled.push(entry);
    this.#entries.publish(entry);
  }

  /** The agent's lines of which it has become known since the last time how much was heard. */
  takeSettled(): readonly AgentEntry[] {
    if (this.#settled.length === 0) return this.#settled;
    const settled = this.#settled;
    this.#settled = [];
    return settled;
  }

  /** What the caller heard of an item that was cut off; undefined where nothing is missing. */
  cutText(itemId: string): string | undefined {
    const entry = this.#entries.get(itemId);
    return entry?.kind === "agent" && entry.unheard !== undefined ? entry.text : undefined;
  }

  /** An agent's line as the model is told of it; empty where nothing of it was heard. */
  saidText(itemId: string): string {
    const entry = this.#entries.get(itemId);
    const item = entry === undefined ? undefined : historyItemOf(entry);
    return item?.type === "message" ? item.text : "";
  }

  #entry(id: string, now: Milliseconds): AgentEntry | undefined {
    const entry = this.#entries.getOrAdd(id, (position) => ({
      kind: "agent",
      id,
      ...present({ agent: this.#agentName }),
      position,
      startedAt: now,
      ...present({ soundedAt: this.#entries.takeSounded(id) }),
      endedAt: undefined,
      text: "",
      final: false,
      interrupted: false,
      heardCharacters: 0,
    }));
    return entry?.kind === "agent" ? entry : undefined;
  }
}

/** The end of the last word fades in less: what is cut off behind it is no part of any. */
const FADING_MS = 150;

/** Whether every word of what was cut off was heard. */
function isHeardOut(heardMs: Milliseconds, producedMs: Milliseconds, complete: boolean): boolean {
  return complete && producedMs - heardMs < FADING_MS && heardMs > FADING_MS;
}
