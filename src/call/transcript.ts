import { heardText } from "./heardText.ts";
import type { CallEvent, TranscriptTurn } from "./callEvent.ts";
import type { HistoryItem } from "./modelSetup.ts";
import type { ToolCall } from "./realtimeClient.ts";
import type { Milliseconds } from "./types.ts";

type Entry = CallerEntry | AgentEntry | ToolEntry;

interface CallerEntry {
  readonly kind: "caller";
  readonly id: string;
  readonly position: number;
  readonly by: TranscriptTurn["by"];
  readonly startedAt: Milliseconds;
  endedAt: Milliseconds | undefined;
  text: string;
  /** What the model is told where it is not what is shown: keys that nobody else may see. */
  told?: string;
  final: boolean;
}

interface AgentEntry {
  readonly kind: "agent";
  readonly id: string;
  readonly position: number;
  readonly startedAt: Milliseconds;
  endedAt: Milliseconds | undefined;
  text: string;
  final: boolean;
  interrupted: boolean;
}

interface ToolEntry {
  readonly kind: "tool";
  readonly id: string;
  readonly position: number;
  readonly call: ToolCall;
  output: string | undefined;
}

const MAX_ENTRIES = 2000;
const MAX_TEXT = 20_000;
/** What a fresh session is told: enough to go on, short enough not to drag it into text. */
const MAX_HISTORY_CHARACTERS = 8000;
const MAX_HISTORY_ITEMS = 60;

/** The conversation as it was really said and heard, in the order of its items. */
export class Transcript {
  readonly #entries = new Map<string, Entry>();
  readonly #positions = new Map<string, number>();
  /** Lines that were typed, and that the model has not taken in yet. */
  readonly #written: string[] = [];
  readonly #startedAt: Milliseconds;
  #lastPosition = 0;
  #local = 0;

  constructor(startedAt: Milliseconds) {
    this.#startedAt = startedAt;
  }

  /** The model has taken in an item, behind `previousItemId` where it says so. */
  placed(itemId: string, previousItemId: string | undefined): void {
    if (this.#positions.has(itemId)) return;
    if (previousItemId === undefined) this.#position(itemId);
    else this.#positions.set(itemId, this.#behind(this.#position(previousItemId)));
  }

  /** The model has taken in what the caller wrote: the line that has waited longest is this item. */
  writtenPlaced(itemId: string, previousItemId: string | undefined): void {
    const waiting = this.#positions.has(itemId) ? undefined : this.#written.shift();
    if (waiting === undefined) return this.placed(itemId, previousItemId);
    this.#positions.set(itemId, this.#position(waiting));
  }

  callerSpoke(itemId: string, now: Milliseconds): void {
    this.#caller(itemId, "voice", now);
  }

  callerStopped(itemId: string, now: Milliseconds): void {
    const entry = this.#entries.get(itemId);
    if (entry?.kind === "caller") entry.endedAt ??= now;
  }

  callerText(
    itemId: string,
    text: string,
    final: boolean,
    now: Milliseconds,
  ): CallEvent | undefined {
    const entry = this.#caller(itemId, "voice", now);
    if (entry === undefined || entry.final) return undefined;
    entry.text = (final ? text : entry.text + text).slice(0, MAX_TEXT);
    entry.final = final;
    entry.endedAt ??= now;
    return this.#turn(entry);
  }

  /** The caller typed, or pressed keys; the line is complete at once. */
  typed(
    text: string,
    by: "text" | "keypad",
    now: Milliseconds,
    told: string = text,
  ): CallEvent | undefined {
    const entry = this.#caller(`local_${++this.#local}`, by, now);
    if (entry === undefined) return undefined;
    this.#written.push(entry.id);
    entry.text = text.slice(0, MAX_TEXT);
    entry.told = told.slice(0, MAX_TEXT);
    entry.final = true;
    entry.endedAt = now;
    return this.#turn(entry);
  }

  agentText(itemId: string, text: string, now: Milliseconds): CallEvent | undefined {
    const entry = this.#agent(itemId, now);
    if (entry === undefined || entry.final || text === "") return undefined;
    entry.text = (entry.text + text).slice(0, MAX_TEXT);
    return this.#turn(entry);
  }

  /** The caller has heard all of an item. */
  heard(itemId: string, now: Milliseconds): CallEvent | undefined {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return undefined;
    entry.final = true;
    entry.endedAt = now;
    return this.#turn(entry);
  }

  /** The model stopped in the middle of an item: its words that have no audio will not be heard. */
  brokenOff(itemId: string, producedMs: Milliseconds): CallEvent | undefined {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return undefined;
    entry.text = heardText(entry.text, producedMs, producedMs, false);
    return this.#turn(entry);
  }

  /** The caller has heard an item only so far: what was not heard was not said. */
  cut(
    itemId: string,
    heardMs: Milliseconds,
    producedMs: Milliseconds,
    complete: boolean,
    now: Milliseconds,
  ): CallEvent | undefined {
    const entry = this.#entries.get(itemId);
    if (entry?.kind !== "agent" || entry.final) return undefined;
    entry.text = heardText(entry.text, heardMs, producedMs, complete);
    entry.final = true;
    entry.interrupted = true;
    entry.endedAt = now;
    return this.#turn(entry);
  }

  toolCalled(call: ToolCall): void {
    if (!this.#hasRoom()) return;
    const id = `tool_${call.callId}`;
    const position = ++this.#lastPosition;
    this.#entries.set(id, { kind: "tool", id, position, call, output: undefined });
  }

  toolReturned(callId: string, output: string): void {
    const entry = this.#entries.get(`tool_${callId}`);
    if (entry?.kind === "tool") entry.output = output;
  }

  /** The call is over: what is still open stays as it is. */
  close(): readonly CallEvent[] {
    const events: CallEvent[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.kind === "tool" || entry.final) continue;
      entry.final = true;
      events.push(this.#turn(entry));
    }
    return events;
  }

  /** What a fresh model session needs to go on: the latest part, with whole tool calls only. */
  history(): readonly HistoryItem[] {
    const entries = [...this.#entries.values()].sort((a, b) => a.position - b.position);
    const items: HistoryItem[] = [];
    let characters = 0;
    for (const entry of entries.reverse()) {
      const item = historyItem(entry);
      if (item === undefined) continue;
      characters += JSON.stringify(item).length;
      if (items.length >= MAX_HISTORY_ITEMS || characters > MAX_HISTORY_CHARACTERS) {
        items.push({ type: "message", role: "system", text: "Earlier parts are left out here." });
        break;
      }
      items.push(item);
    }
    return items.reverse();
  }

  #caller(id: string, by: TranscriptTurn["by"], now: Milliseconds): CallerEntry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) return known.kind === "caller" ? known : undefined;
    if (!this.#hasRoom()) return undefined;
    const position = this.#position(id);
    const entry: CallerEntry = {
      kind: "caller",
      id,
      position,
      by,
      startedAt: now,
      endedAt: undefined,
      text: "",
      final: false,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #agent(id: string, now: Milliseconds): AgentEntry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) return known.kind === "agent" ? known : undefined;
    if (!this.#hasRoom()) return undefined;
    const position = this.#position(id);
    const entry: AgentEntry = {
      kind: "agent",
      id,
      position,
      startedAt: now,
      endedAt: undefined,
      text: "",
      final: false,
      interrupted: false,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #hasRoom(): boolean {
    return this.#entries.size < MAX_ENTRIES;
  }

  #position(id: string): number {
    const known = this.#positions.get(id);
    if (known !== undefined) return known;
    this.#positions.set(id, ++this.#lastPosition);
    return this.#lastPosition;
  }

  #behind(position: number): number {
    let next = Infinity;
    for (const other of this.#positions.values()) {
      if (other > position && other < next) next = other;
    }
    return next === Infinity ? ++this.#lastPosition : (position + next) / 2;
  }

  #turn(entry: CallerEntry | AgentEntry): CallEvent {
    const turn: TranscriptTurn = {
      id: entry.id,
      role: entry.kind,
      position: entry.position,
      text: entry.text,
      final: entry.final,
      interrupted: entry.kind === "agent" && entry.interrupted,
      by: entry.kind === "caller" ? entry.by : "voice",
      startedMs: Math.round(entry.startedAt - this.#startedAt),
      ...(entry.endedAt === undefined
        ? {}
        : { endedMs: Math.round(entry.endedAt - this.#startedAt) }),
    };
    return { type: "turn", turn };
  }
}

function historyItem(entry: Entry): HistoryItem | undefined {
  switch (entry.kind) {
    case "caller": {
      const text = entry.told ?? entry.text;
      return text === "" ? undefined : { type: "message", role: "user", text };
    }
    case "agent":
      return entry.text === "" ? undefined : {
        type: "message",
        role: "agent",
        text: entry.interrupted ? `${entry.text} …` : entry.text,
      };
    case "tool":
      return entry.output === undefined ? undefined : {
        type: "toolCall",
        callId: entry.call.callId,
        name: entry.call.name,
        arguments: entry.call.arguments,
        output: entry.output,
      };
  }
}
