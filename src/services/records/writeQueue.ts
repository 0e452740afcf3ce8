import type { CallWrite } from "../store.ts";

interface Waiting {
  readonly order: number;
  readonly write: CallWrite;
}

/**
 * Writes for the store, in order. When there are too many, the oldest details are dropped; beginnings,
 * changes and ends of calls never are.
 */
export class WriteQueue {
  readonly #maxDetails: number;
  #essentials: Waiting[] = [];
  #details: Waiting[] = [];
  #lastOrder = 0;
  #dropped = 0;

  constructor(maxDetails: number) {
    this.#maxDetails = maxDetails;
  }

  get size(): number {
    return this.#essentials.length + this.#details.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the beginning, a change or the end of a call waits here. */
  holds(callId: string): boolean {
    return this.#essentials.some(({ write }) => write.callId === callId);
  }

  enqueue(write: CallWrite): void {
    const waiting = { order: ++this.#lastOrder, write };
    if (isEssential(write)) {
      this.#essentials.push(waiting);
      return;
    }
    this.#details.push(waiting);
    if (this.#details.length <= this.#maxDetails) return;
    // A tenth of them at once, so that a full queue is not shifted for every write.
    const excess = Math.ceil(this.#maxDetails / 10);
    this.#details.splice(0, excess);
    this.#dropped += excess;
  }

  /** The oldest writes, which stay in the queue until they are removed. */
  peek(most: number): readonly CallWrite[] {
    return [...this.#essentials.slice(0, most), ...this.#details.slice(0, most)]
      .sort((a, b) => a.order - b.order).slice(0, most).map(({ write }) => write);
  }

  remove(writes: readonly CallWrite[]): void {
    const gone = new Set(writes);
    const stays = ({ write }: Waiting): boolean => !gone.has(write);
    this.#essentials = this.#essentials.filter(stays);
    this.#details = this.#details.filter(stays);
  }
}

function isEssential({ type }: CallWrite): boolean {
  return type.startsWith("recording") || type === "opened" || type === "changed" ||
    type === "ended";
}
