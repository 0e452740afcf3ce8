import type { CallEvent } from "../callEvent.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { HistoryItem } from "../modelSetup.ts";
import type { ResumedCall } from "../resumedCall.ts";
import { historyOf } from "./history.ts";
import { ItemOrder } from "./itemOrder.ts";
import { resumedEntries } from "./resumedEntries.ts";
import {
  type AgentEntry,
  type CallerEntry,
  eventsOf,
  type TranscriptEntry,
  turnOf,
} from "./transcriptEntry.ts";
import { type UnheardRest, unheardRest } from "./unheardRest.ts";
import type { Milliseconds } from "../types.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { RecentIds } from "../../utils/recentIds.ts";

/** What is older is on record and not needed any more: a call may go on for hours. */
const MAX_ENTRIES = 500;
const MAX_FORGOTTEN = 1000;
/** Items that are heard before their first words come. */
const MAX_WORDLESS = 16;
/** More than are said in a day: what a flood brings beyond is for the model alone. */
const MAX_PUBLISHED = 20_000;

/** The latest entries of a transcript, in the order of the conversation, for observers and models. */
export class TranscriptEntries {
  readonly order = new ItemOrder();
  readonly #commands: CommandBuffer;
  readonly #startedAt: Milliseconds;
  readonly #entries = new Map<string, TranscriptEntry>();
  /** What is not kept any more is not begun again by an event that comes late. */
  readonly #forgotten = new RecentIds(MAX_FORGOTTEN);
  readonly #sounded = new BoundedMap<string, Milliseconds>(MAX_WORDLESS);
  /** The highest number of an entry that is no item of a model's. */
  #local = 0;
  /** Position of the first entry that fresh model sessions are given. */
  #historyFrom = -Infinity;

  constructor(commands: CommandBuffer, startedAt: Milliseconds) {
    this.#commands = commands;
    this.#startedAt = startedAt;
  }

  /** Takes over what an earlier session had, and publishes what that left open. */
  restore(resumed: ResumedCall): void {
    this.#historyFrom = resumed.handoffs?.historyFrom ?? -Infinity;
    const open = new Set(resumed.turns.filter(({ final }) => !final).map(({ id }) => id));
    const entries = resumedEntries(resumed, this.#startedAt)
      .toSorted((a, b) => a.position - b.position);
    for (const entry of entries.slice(-MAX_ENTRIES)) {
      this.#entries.set(entry.id, entry);
      this.order.restore(entry.id, entry.position);
      if (open.has(entry.id)) this.publish(entry);
      const local = /^local_(\d{1,9})$/.exec(entry.id)?.[1] ?? 0;
      this.#local = Math.max(this.#local, Number(local));
    }
  }

  get(id: string): TranscriptEntry | undefined {
    return this.#entries.get(id);
  }

  /** The first sound of an item was heard, whose words may come later; the earliest counts. */
  soundedAt(itemId: string, at: Milliseconds): void {
    const entry = this.#entries.get(itemId);
    if (entry === undefined) {
      this.#sounded.set(itemId, Math.min(at, this.#sounded.get(itemId) ?? Infinity));
    } else if (entry.kind === "agent" && !entry.final) {
      entry.soundedAt = Math.min(at, entry.soundedAt ?? Infinity);
    }
  }

  /** When the first sound of an item was heard that had no words yet. */
  takeSounded(itemId: string): Milliseconds | undefined {
    const at = this.#sounded.get(itemId);
    this.#sounded.delete(itemId);
    return at;
  }

  /** The entry of an item, a new one at the item's place; undefined for one that is not kept any more. */
  getOrAdd(
    id: string,
    create: (position: number) => TranscriptEntry,
  ): TranscriptEntry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined || this.#forgotten.has(id)) return known;
    const entry = create(this.order.positionOf(id));
    this.add(entry);
    return entry;
  }

  add(entry: TranscriptEntry): void {
    this.#entries.set(entry.id, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    for (const oldest of this.#entries.values()) {
      this.close(oldest);
      this.#entries.delete(oldest.id);
      this.#forgotten.add(oldest.id);
      return;
    }
  }

  /** An id for what is no item of a model's. */
  nextLocalId(): string {
    return `local_${++this.#local}`;
  }

  /** Those that are kept, in the order of their beginning. */
  values(): Iterable<TranscriptEntry> {
    return this.#entries.values();
  }

  /** Shows observers a line as it is now. */
  publish(entry: TranscriptEntry): void {
    if (!isLine(entry) || entry.position > MAX_PUBLISHED) return;
    this.#commands.publish({ type: "turn", turn: turnOf(entry, this.#startedAt) });
  }

  /** Whether the text of something that the caller said is still to come. */
  get awaitsWords(): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.kind === "caller" && !entry.final) return true;
    }
    return false;
  }

  /** A line that is still open stays as it is. */
  close(entry: TranscriptEntry): void {
    if (!isLine(entry) || entry.final) return;
    entry.final = true;
    this.publish(entry);
  }

  /** The call is over: what is still open stays as it is. */
  closeAll(): void {
    for (const entry of this.#entries.values()) this.close(entry);
  }

  /** Every line and tool call so far, as observers are shown them, in order. */
  events(): readonly CallEvent[] {
    return [...this.#entries.values()]
      .sort((a, b) => a.position - b.position)
      .flatMap((entry) => eventsOf(entry, this.#startedAt));
  }

  /** What the agent was last cut off in, and has not said since. */
  unheardRest(): UnheardRest | undefined {
    return unheardRest(
      [...this.#entries.values()]
        .filter((entry): entry is AgentEntry => entry.kind === "agent" && entry.aside !== true)
        .map((entry) => ({ ...entry, unfinished: entry.brokenOff === true })),
    );
  }

  /**
   * Of all that was said so far, fresh model sessions are given the latest lines alone. Returns the position
   * from which on they are given anything, where that is not all.
   */
  keepLines(count: number): number | undefined {
    if (count === 0) return this.#historyFrom = this.order.next();
    const lines = [...this.#entries.values()]
      .filter((entry) => isLine(entry) && entry.aside !== true && entry.text !== "")
      .map(({ position }) => position).sort((a, b) => b - a);
    const oldest = lines[count - 1];
    if (oldest !== undefined) this.#historyFrom = Math.max(this.#historyFrom, oldest);
    return Number.isFinite(this.#historyFrom) ? this.#historyFrom : undefined;
  }

  /** What a fresh model session needs to go on. */
  history(): readonly HistoryItem[] {
    const entries = [...this.#entries.values()];
    return historyOf(entries.filter(({ position }) => position >= this.#historyFrom));
  }
}

function isLine(entry: TranscriptEntry): entry is CallerEntry | AgentEntry {
  return entry.kind === "caller" || entry.kind === "agent";
}
