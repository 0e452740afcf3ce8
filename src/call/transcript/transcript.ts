import type { TranscriptTurn } from "../callEvent.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { Heard } from "../playback/spokenItems.ts";
import type { ToolCall } from "../realtimeClient.ts";
import { heardSentences, heardText } from "./heardText.ts";
import { RepeatedTurns } from "./repeatedTurns.ts";
import { type SpokenWords, spokenWordsOf } from "./spokenWords.ts";
import {
  type AgentEntry,
  type CallerEntry,
  historyItemOf,
  type ToolEnded,
} from "./transcriptEntry.ts";
import { TranscriptEntries } from "./transcriptEntries.ts";
import type { Milliseconds } from "../types.ts";
import { present } from "../../utils/present.ts";

const MAX_TEXT = 20_000;
/** A caller who writes without end does not fill our memory: later lines reach the model only. */
const MAX_TYPED_CHARACTERS = 500_000;

/** The conversation as it was really said and heard, as it comes. */
export class Transcript {
  readonly entries: TranscriptEntries;
  readonly #repeated = new RepeatedTurns();
  #typedCharacters = 0;
  /** Whose words the agent's are, where it is not the one that the call began with. */
  #agentName: string | undefined;
  #settled: AgentEntry[] = [];

  constructor(commands: CommandBuffer, startedAt: Milliseconds) {
    this.entries = new TranscriptEntries(commands, startedAt);
  }

  /** From now on another agent speaks; undefined for the one that the call began with. */
  spokenBy(agent: string | undefined): void {
    this.#agentName = agent;
  }

  callerSpoke(itemId: string, now: Milliseconds): void {
    this.#caller(this.#turnOf(itemId), "voice", now);
  }

  callerStopped(itemId: string, now: Milliseconds): void {
    const entry = this.entries.get(this.#repeated.turnOf(itemId));
    if (entry?.kind === "caller") entry.endedAt ??= now;
  }

  /**
   * The model's connection is gone, and the next one hears these turns once more: the next that it
   * reports are these, and until it does nothing is known of them.
   */
  heardAgain(itemIds: readonly string[]): void {
    const ids = this.#repeated.heardAgain(itemIds);
    for (const id of ids) {
      const entry = this.entries.get(id);
      if (entry?.kind !== "caller" || entry.final) continue;
      // What observers have not been shown yet is on record from now on, should this process end, too.
      if (entry.text === "") this.entries.publish(entry);
      entry.text = "";
    }
  }

  /** The caller speaks to no model: the next one hears it, and until then words are missing here. */
  unheard(startedAt: Milliseconds): void {
    const due = this.entries.get(this.#repeated.latest ?? "");
    const isOpen = due?.kind === "caller" && !due.final;
    const id = isOpen ? due.id : this.entries.nextLocalId();
    const entry = this.#caller(id, "voice", startedAt);
    if (entry === undefined) return;
    this.#repeated.heardAgain([id]);
    this.entries.publish(entry);
  }

  /** A model has reported nothing of what it was given to hear. */
  nothingHeard(of: "turn" | "noise"): void {
    for (const id of this.#repeated.giveUp()) {
      const entry = this.entries.get(id);
      if (entry?.kind !== "caller") continue;
      entry.aside ||= of === "noise" && entry.text === "";
      this.entries.close(entry);
    }
  }

  /** The words of a turn as far as they are known; without any, a final text tells that it was noise. */
  callerText(itemId: string, text: string, final: boolean, now: Milliseconds): void {
    const entry = this.#caller(this.#turnOf(itemId), "voice", now);
    if (entry === undefined || entry.final) return;
    entry.text = (final ? text : entry.text + text).slice(0, MAX_TEXT);
    entry.final = final;
    entry.aside = final && text.trim() === "";
    entry.endedAt ??= now;
    this.entries.publish(entry);
  }

  /** The words of a turn will not become known, though there may have been some. */
  callerTextFailed(itemId: string, now: Milliseconds): void {
    const entry = this.#caller(this.#turnOf(itemId), "voice", now);
    if (entry === undefined || entry.final) return;
    entry.text = "";
    entry.final = true;
    entry.endedAt ??= now;
    this.entries.publish(entry);
  }

  /** The caller typed, or pressed keys; the line is complete at once. */
  typed(
    text: string,
    by: "text" | "keypad",
    now: Milliseconds,
    modelText: string = text,
    startedAt: Milliseconds = now,
  ): CallerEntry | undefined {
    const fits = this.#typedCharacters < MAX_TYPED_CHARACTERS;
    const entry = fits ? this.#caller(this.entries.nextLocalId(), by, startedAt) : undefined;
    if (entry === undefined) return undefined;
    this.#typedCharacters += text.length + modelText.length;
    this.entries.order.wrote(entry.id);
    entry.text = text.slice(0, MAX_TEXT);
    entry.modelText = modelText.slice(0, MAX_TEXT);
    entry.final = true;
    entry.endedAt = now;
    this.entries.publish(entry);
    return entry;
  }

  /** `aside`: it is no part of the conversation. */
  agentText(itemId: string, text: string, aside: boolean, now: Milliseconds): void {
    const entry = this.#agent(itemId, now);
    if (entry === undefined || entry.final || text === "") return;
    entry.aside = aside;
    entry.text = (entry.text + text).slice(0, MAX_TEXT);
    this.entries.publish(entry);
  }

  /** A part of the conversation was spoken without the model. */
  saidWithoutModel(itemId: string): void {
    const entry = this.entries.get(itemId);
    if (entry?.kind === "agent") entry.said = true;
  }

  /** An agent's line as the model is told of it; empty where nothing of it was heard. */
  saidText(itemId: string): string {
    const entry = this.entries.get(itemId);
    const item = entry === undefined ? undefined : historyItemOf(entry);
    return item?.type === "message" ? item.text : "";
  }

  /** What the caller heard of an item that was cut off; undefined where nothing is missing. */
  cutText(itemId: string): string | undefined {
    const entry = this.entries.get(itemId);
    return entry?.kind === "agent" && entry.unheard !== undefined ? entry.text : undefined;
  }

  /** The words of an item of the model's conversation, by its id there. */
  wordsOf(itemId: string): SpokenWords | "open" | "none" {
    return spokenWordsOf(this.entries.get(this.#repeated.turnOf(itemId)));
  }

  /** The caller has heard all of an item. */
  heard(itemId: string, heardMs: Milliseconds, now: Milliseconds): void {
    const entry = this.entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    entry.final = true;
    entry.heardMs = heardMs;
    entry.endedAt = now;
    this.#settled.push(entry);
    this.entries.publish(entry);
  }

  /**
   * The caller has heard a part of an item. Observers are shown that sentence by sentence: a session that
   * goes on with the call begins with the first that was not heard.
   */
  heardSoFar({ itemId, ...progress }: Omit<Heard, "finished">): void {
    const entry = this.entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    const characters = heardSentences(entry.text, progress);
    if (characters <= entry.heardCharacters) return;
    entry.heardCharacters = characters;
    this.entries.publish(entry);
  }

  /** The agent's lines of which it has become known since the last time how much was heard. */
  takeSettled(): readonly AgentEntry[] {
    if (this.#settled.length === 0) return this.#settled;
    const settled = this.#settled;
    this.#settled = [];
    return settled;
  }

  /** The model stopped in the middle of an item, or perhaps at its end: words without audio will not be heard. */
  brokenOff(itemId: string, producedMs?: Milliseconds): void {
    const entry = this.entries.get(itemId);
    if (entry?.kind !== "agent") return;
    entry.brokenOff = true;
    if (entry.final || producedMs === undefined) return;
    entry.text = heardText(entry.text, producedMs, producedMs, false);
    this.entries.publish(entry);
  }

  /** An item that was written and not spoken: it is on record, and is no part of the conversation. */
  unspoken(itemId: string): void {
    const entry = this.entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    entry.final = true;
    entry.aside = true;
    this.entries.publish(entry);
  }

  /** The caller has heard an item only so far: what was not heard was not said. */
  cut(
    itemId: string,
    heardMs: Milliseconds,
    producedMs: Milliseconds,
    complete: boolean,
    now: Milliseconds,
  ): void {
    const entry = this.entries.get(itemId);
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
    this.entries.publish(entry);
  }

  /** The model was told something that stays true: a later session is told it at its place. */
  noted(text: string): void {
    const position = this.entries.order.next();
    this.entries.add({ kind: "note", id: `note_${position}`, position, text });
  }

  toolCalled(call: ToolCall): void {
    const id = `tool_${call.callId}`;
    const position = this.entries.order.next();
    this.entries.add({ kind: "tool", id, position, call, output: undefined });
  }

  toolReturned(callId: string, output: string, ended: ToolEnded): void {
    const entry = this.entries.get(`tool_${callId}`);
    if (entry?.kind === "tool") Object.assign(entry, { output, ended });
  }

  #caller(id: string, by: TranscriptTurn["by"], now: Milliseconds): CallerEntry | undefined {
    const entry = this.entries.getOrAdd(id, (position) => ({
      kind: "caller",
      id,
      position,
      by,
      startedAt: now,
      endedAt: undefined,
      text: "",
      final: false,
    }));
    return entry?.kind === "caller" ? entry : undefined;
  }

  #agent(id: string, now: Milliseconds): AgentEntry | undefined {
    const entry = this.entries.getOrAdd(id, (position) => ({
      kind: "agent",
      id,
      ...present({ agent: this.#agentName }),
      position,
      startedAt: now,
      endedAt: undefined,
      text: "",
      final: false,
      interrupted: false,
      heardCharacters: 0,
    }));
    return entry?.kind === "agent" ? entry : undefined;
  }

  /** The turn that is heard again where the item is a new one of the caller's voice. */
  #turnOf(itemId: string): string {
    const id = this.#repeated.reported(itemId, this.entries.get(itemId) === undefined);
    // What the model places behind this item comes behind the turn.
    if (id !== itemId) this.entries.order.samePlace(itemId, id);
    return id;
  }
}

/** The end of the last word fades in less: what is cut off behind it is no part of any. */
const FADING_MS = 150;

/** Whether every word of what was cut off was heard. */
function isHeardOut(heardMs: Milliseconds, producedMs: Milliseconds, complete: boolean): boolean {
  return complete && producedMs - heardMs < FADING_MS && heardMs > FADING_MS;
}
