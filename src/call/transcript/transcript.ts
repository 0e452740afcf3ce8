import type { TranscriptTurn } from "../callEvent.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { ToolCall } from "../realtimeClient.ts";
import { AgentLines } from "./agentLines.ts";
import { RepeatedTurns } from "./repeatedTurns.ts";
import { type SpokenWords, spokenWordsOf } from "./spokenWords.ts";
import { type CallerEntry, MAX_TEXT, type ToolEnded } from "./transcriptEntry.ts";
import { TranscriptEntries } from "./transcriptEntries.ts";
import type { Milliseconds } from "../types.ts";

/** A caller who writes without end does not fill our memory: later lines reach the model only. */
const MAX_TYPED_CHARACTERS = 500_000;

/** The conversation as it was really said and heard, as it comes: the caller's lines, tools and notes. */
export class Transcript {
  readonly entries: TranscriptEntries;
  /** The lines of the agent. */
  readonly agent: AgentLines;
  readonly #repeated = new RepeatedTurns();
  #typedCharacters = 0;

  constructor(commands: CommandBuffer, startedAt: Milliseconds) {
    this.entries = new TranscriptEntries(commands, startedAt);
    this.agent = new AgentLines(this.entries);
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

  /** The caller typed or pressed keys, or an operator wrote; the line is complete at once. */
  typed(
    text: string,
    by: Exclude<TranscriptTurn["by"], "voice">,
    now: Milliseconds,
    modelText: string = text,
    startedAt: Milliseconds = now,
  ): void {
    const fits = this.#typedCharacters < MAX_TYPED_CHARACTERS;
    const entry = fits ? this.#caller(this.entries.nextLocalId(), by, startedAt) : undefined;
    if (entry === undefined) return;
    this.#typedCharacters += text.length + modelText.length;
    this.entries.order.wrote(entry.id);
    entry.text = text.slice(0, MAX_TEXT);
    entry.modelText = modelText.slice(0, MAX_TEXT);
    entry.final = true;
    entry.endedAt = now;
    if (by === "operator" || by === "whisper") entry.byOperator = true;
    if (by === "whisper") entry.aside = true;
    this.entries.publish(entry);
  }

  /** The words of an item of the model's conversation, by its id there. */
  wordsOf(itemId: string): SpokenWords | "open" | "none" {
    return spokenWordsOf(this.entries.get(this.#repeated.turnOf(itemId)));
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

  /** The turn that is heard again where the item is a new one of the caller's voice. */
  #turnOf(itemId: string): string {
    const id = this.#repeated.reported(itemId, this.entries.get(itemId) === undefined);
    // What the model places behind this item comes behind the turn.
    if (id !== itemId) this.entries.order.samePlace(itemId, id);
    return id;
  }
}
