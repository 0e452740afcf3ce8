import type { CallEvent, TranscriptTurn } from "../callEvent.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import { historyOf } from "./history.ts";
import { heardText } from "./heardText.ts";
import { ItemOrder } from "./itemOrder.ts";
import type { HistoryItem } from "../modelSetup.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { ResumedCall } from "../resumedCall.ts";
import { resumedEntries } from "./resumedEntries.ts";
import {
  type AgentEntry,
  type CallerEntry,
  eventsOf,
  historyItemOf,
  type ToolEnded,
  type TranscriptEntry,
  turnOf,
} from "./transcriptEntry.ts";
import type { Milliseconds } from "../types.ts";
import { RecentIds } from "../../utils/recentIds.ts";

/** What is older is on record and not needed any more: a call may go on for hours. */
const MAX_ENTRIES = 500;
const MAX_FORGOTTEN = 1000;
/** More than are said in a day: what a flood brings beyond is for the model alone. */
const MAX_PUBLISHED = 20_000;
const MAX_TEXT = 20_000;
/** A caller who writes without end does not fill our memory: later lines reach the model only. */
const MAX_TYPED_CHARACTERS = 500_000;

/** The latest part of the conversation as it was really said and heard, in the order of its items. */
export class Transcript {
  readonly order = new ItemOrder();
  readonly #commands: CommandBuffer;
  readonly #entries = new Map<string, TranscriptEntry>();
  /** What is not kept any more is not begun again by an event that comes late. */
  readonly #forgotten = new RecentIds(MAX_FORGOTTEN);
  readonly #startedAt: Milliseconds;
  #local = 0;
  #typedCharacters = 0;
  /** Turns that a connection has lost and the next one hears again. */
  #again: readonly string[] = [];
  /** The turn that an item of a later connection is, by the item's id. */
  readonly #sameAs = new Map<string, string>();

  constructor(commands: CommandBuffer, startedAt: Milliseconds) {
    this.#commands = commands;
    this.#startedAt = startedAt;
  }

  /** Takes over what an earlier session had, and publishes what that left open. */
  restore(resumed: ResumedCall): void {
    const open = new Set(resumed.turns.filter(({ final }) => !final).map(({ id }) => id));
    const entries = resumedEntries(resumed, this.#startedAt)
      .toSorted((a, b) => a.position - b.position);
    for (const entry of entries.slice(-MAX_ENTRIES)) {
      this.#entries.set(entry.id, entry);
      this.order.restore(entry.id, entry.position);
      if (entry.kind !== "tool" && open.has(entry.id)) this.#publish(entry);
      const local = /^local_(\d{1,9})$/.exec(entry.id)?.[1] ?? 0;
      this.#local = Math.max(this.#local, Number(local));
    }
  }

  callerSpoke(itemId: string, now: Milliseconds): void {
    this.#caller(this.#turnOf(itemId), "voice", now);
  }

  callerStopped(itemId: string, now: Milliseconds): void {
    const entry = this.#entries.get(this.#sameAs.get(itemId) ?? itemId);
    if (entry?.kind === "caller") entry.endedAt ??= now;
  }

  /**
   * The model's connection is gone, and the next one hears these turns once more: the next that it
   * reports are these, and until it does nothing is known of them.
   */
  heardAgain(itemIds: readonly string[]): void {
    const ids = itemIds.map((id) => this.#sameAs.get(id) ?? id);
    this.#again = [...new Set([...this.#again, ...ids])];
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry?.kind === "caller" && !entry.final) entry.text = "";
    }
  }

  callerText(
    itemId: string,
    text: string,
    final: boolean,
    now: Milliseconds,
  ): void {
    const entry = this.#caller(this.#turnOf(itemId), "voice", now);
    if (entry === undefined || entry.final) return;
    entry.text = (final ? text : entry.text + text).slice(0, MAX_TEXT);
    entry.final = final;
    entry.endedAt ??= now;
    this.#publish(entry);
  }

  /** The caller typed, or pressed keys; the line is complete at once. */
  typed(
    text: string,
    by: "text" | "keypad",
    now: Milliseconds,
    modelText: string = text,
  ): void {
    const fits = this.#typedCharacters < MAX_TYPED_CHARACTERS;
    const entry = fits ? this.#caller(`local_${++this.#local}`, by, now) : undefined;
    if (entry === undefined) return;
    this.#typedCharacters += text.length + modelText.length;
    this.order.wrote(entry.id);
    entry.text = text.slice(0, MAX_TEXT);
    entry.modelText = modelText.slice(0, MAX_TEXT);
    entry.final = true;
    entry.endedAt = now;
    this.#publish(entry);
  }

  agentText(itemId: string, text: string, now: Milliseconds): void {
    const entry = this.#agent(itemId, now);
    if (entry === undefined || entry.final || text === "") return;
    entry.text = (entry.text + text).slice(0, MAX_TEXT);
    this.#publish(entry);
  }

  /** Spoken without the model: beside the conversation, or part of it. */
  saidWithoutModel(itemId: string, as: "aside" | "conversation"): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent") return;
    if (as === "aside") entry.apart = true;
    else entry.said = true;
  }

  /** An agent's line as the model is told of it; empty where nothing of it was heard. */
  saidText(itemId: string): string {
    const entry = this.#entries.get(itemId);
    const item = entry === undefined ? undefined : historyItemOf(entry);
    return item?.type === "message" ? item.text : "";
  }

  /** The caller has heard all of an item. */
  heard(itemId: string, now: Milliseconds): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    entry.final = true;
    entry.endedAt = now;
    this.#publish(entry);
  }

  /** The model stopped in the middle of an item: its words that have no audio will not be heard. */
  brokenOff(itemId: string, producedMs: Milliseconds): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    entry.text = heardText(entry.text, producedMs, producedMs, false);
    this.#publish(entry);
  }

  /** An item that was written and not spoken: it is on record, and is no part of the conversation. */
  unspoken(itemId: string): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return;
    entry.final = true;
    entry.apart = true;
    this.#publish(entry);
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
    entry.text = heardText(entry.text, heardMs, producedMs, complete);
    entry.final = true;
    entry.interrupted = true;
    entry.endedAt = now;
    this.#publish(entry);
  }

  toolCalled(call: ToolCall): void {
    const id = `tool_${call.callId}`;
    const position = this.order.next();
    this.#add({ kind: "tool", id, position, call, output: undefined });
  }

  toolReturned(callId: string, output: string, ended: ToolEnded): void {
    const entry = this.#entries.get(`tool_${callId}`);
    if (entry?.kind === "tool") Object.assign(entry, { output, ended });
  }

  /** Whether the text of something that the caller said is still to come. */
  get awaitsWords(): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.kind === "caller" && !entry.final) return true;
    }
    return false;
  }

  /** The call is over: what is still open stays as it is. */
  close(): void {
    for (const entry of this.#entries.values()) this.#close(entry);
  }

  /** Every line and tool call so far, as observers are shown them, in order. */
  events(): readonly CallEvent[] {
    return [...this.#entries.values()]
      .sort((a, b) => a.position - b.position)
      .flatMap((entry) => eventsOf(entry, this.#startedAt));
  }

  /** What a fresh model session needs to go on. */
  history(): readonly HistoryItem[] {
    return historyOf(this.#entries.values());
  }

  #caller(id: string, by: TranscriptTurn["by"], now: Milliseconds): CallerEntry | undefined {
    const entry = this.#entryOf(id, (position) => ({
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
    const entry = this.#entryOf(id, (position) => ({
      kind: "agent",
      id,
      position,
      startedAt: now,
      endedAt: undefined,
      text: "",
      final: false,
      interrupted: false,
    }));
    return entry?.kind === "agent" ? entry : undefined;
  }

  /** The turn that is heard again where the item is a new one of the caller's voice. */
  #turnOf(itemId: string): string {
    const known = this.#sameAs.get(itemId);
    const [again] = this.#again;
    if (known !== undefined || again === undefined || this.#entries.has(itemId)) {
      return known ?? itemId;
    }
    this.#again = this.#again.slice(1);
    this.#sameAs.set(itemId, again);
    return again;
  }

  #entryOf(
    id: string,
    create: (position: number) => TranscriptEntry,
  ): TranscriptEntry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined || this.#forgotten.has(id)) return known;
    const entry = create(this.order.positionOf(id));
    this.#add(entry);
    return entry;
  }

  #add(entry: TranscriptEntry): void {
    this.#entries.set(entry.id, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    for (const oldest of this.#entries.values()) {
      this.#close(oldest);
      this.#entries.delete(oldest.id);
      this.#forgotten.add(oldest.id);
      return;
    }
  }

  #close(entry: TranscriptEntry): void {
    if (entry.kind === "tool" || entry.final) return;
    entry.final = true;
    this.#publish(entry);
  }

  #publish(entry: CallerEntry | AgentEntry): void {
    if (entry.position > MAX_PUBLISHED) return;
    this.#commands.publish({ type: "turn", turn: turnOf(entry, this.#startedAt) });
  }
}
