import type { CallEvent } from "../../call/callEvent.ts";

/** One event of one call, as watchers get it. */
export interface PublishedEvent {
  /** Grows by one with every event of this process. */
  readonly id: number;
  readonly callId: string;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly atMs: number;
  readonly event: CallEvent;
}

/** Gets events one at a time; the next waits until a returned promise settles. */
export type EventSink = (published: PublishedEvent) => void | Promise<void>;

export interface EventSubscription {
  /** Events waiting for the sink. */
  readonly queued: number;
  /** Events that were dropped because the sink was too slow: always the oldest ones. */
  readonly missed: number;
  close(): void;
}

/** Carries call events to whoever watches; no watcher can slow or change a call. */
export interface EventHub {
  publish(callId: string, event: CallEvent): void;
  /** `filter` decides per event; `maxQueued` bounds what waits for a slow sink. */
  subscribe(
    filter: (published: PublishedEvent) => boolean,
    sink: EventSink,
    options?: { readonly maxQueued?: number },
  ): EventSubscription;
  readonly subscribers: number;
}

/** `onSinkError` hears of sinks that throw or reject; they go on getting events. */
export function createEventHub(
  now: () => number,
  onSinkError: (error: unknown) => void = () => {},
): EventHub {
  const readers = new Set<Reader>();
  let lastId = 0;
  return {
    get subscribers() {
      return readers.size;
    },
    publish(callId, event) {
      const published: PublishedEvent = { id: ++lastId, callId, atMs: now(), event };
      for (const reader of readers) reader.offer(published);
    },
    subscribe(filter, sink, { maxQueued = 1000 } = {}) {
      const reader = new Reader(filter, sink, maxQueued, onSinkError);
      readers.add(reader);
      return {
        get queued() {
          return reader.queued;
        },
        get missed() {
          return reader.missed;
        },
        close() {
          readers.delete(reader);
          reader.close();
        },
      };
    },
  };
}

/** One watcher's queue: a ring, so that dropping the oldest costs nothing. */
class Reader {
  readonly #filter: (published: PublishedEvent) => boolean;
  readonly #sink: EventSink;
  readonly #onError: (error: unknown) => void;
  readonly #maxQueued: number;
  #waiting: PublishedEvent[] = [];
  #first = 0;
  #missed = 0;
  #draining = false;
  #closed = false;

  constructor(
    filter: (published: PublishedEvent) => boolean,
    sink: EventSink,
    maxQueued: number,
    onError: (error: unknown) => void,
  ) {
    this.#filter = filter;
    this.#sink = sink;
    this.#maxQueued = Math.max(1, maxQueued);
    this.#onError = onError;
  }

  get queued(): number {
    return this.#waiting.length - this.#first;
  }

  get missed(): number {
    return this.#missed;
  }

  offer(published: PublishedEvent): void {
    if (!this.#wants(published)) return;
    if (this.queued >= this.#maxQueued) {
      this.#missed++;
      this.#take();
    }
    this.#waiting.push(published);
    if (this.#draining) return;
    this.#draining = true;
    // The call goes on first: nothing of a watcher runs inside `publish`.
    queueMicrotask(() => void this.#drain());
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#first = 0;
  }

  async #drain(): Promise<void> {
    for (let next = this.#take(); next !== undefined && !this.#closed; next = this.#take()) {
      try {
        const pending = this.#sink(next);
        if (pending !== undefined) await pending;
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#draining = false;
  }

  #take(): PublishedEvent | undefined {
    const next = this.#waiting[this.#first];
    if (next === undefined) return undefined;
    this.#first++;
    if (this.#first > 1000 || this.#first === this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return next;
  }

  #wants(published: PublishedEvent): boolean {
    try {
      return this.#filter(published);
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }
}
