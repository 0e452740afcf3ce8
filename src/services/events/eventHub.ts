import type { CallEvent } from "../../call/callEvent.ts";

/** One event of one call. */
export interface PublishedEvent {
  /** Increases by one with every event of this process. */
  readonly id: number;
  readonly callId: string;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly atMs: number;
  readonly event: CallEvent;
}

/** Receives events one at a time; the next waits until a returned promise settles. */
export type EventSink = (published: PublishedEvent) => void | Promise<void>;

/** A sink at the hub, until it is closed. */
export interface EventSubscription {
  /** Events waiting for the sink. */
  readonly queued: number;
  /** Events dropped because the sink was too slow: always the oldest ones. */
  readonly missed: number;
  close(): void;
}

/** Carries call events to subscribers, which can neither slow nor change a call. */
export type EventHub = ReturnType<typeof createEventHub>;

/** `onSinkError` is called when a sink throws or rejects; it stays subscribed. */
export function createEventHub(
  now: () => number,
  onSinkError: (error: unknown) => void = () => {},
) {
  const subscribers = new Set<Subscriber>();
  let lastId = 0;
  return {
    get subscribers() {
      return subscribers.size;
    },
    publish(callId: string, event: CallEvent): void {
      const published: PublishedEvent = { id: ++lastId, callId, atMs: now(), event };
      for (const subscriber of subscribers) subscriber.enqueue(published);
    },
    /** `filter` decides per event; `maxQueued` bounds what waits for a slow sink. */
    subscribe(
      filter: (published: PublishedEvent) => boolean,
      sink: EventSink,
      { maxQueued = 1000 }: { readonly maxQueued?: number } = {},
    ): EventSubscription {
      const subscriber: Subscriber = new Subscriber({
        filter,
        sink,
        maxQueued,
        onError: onSinkError,
        onClose: () => subscribers.delete(subscriber),
      });
      subscribers.add(subscriber);
      return subscriber;
    },
  };
}

interface SubscriberOptions {
  readonly filter: (published: PublishedEvent) => boolean;
  readonly sink: EventSink;
  readonly maxQueued: number;
  readonly onError: (error: unknown) => void;
  readonly onClose: () => void;
}

/** One sink and its queue; dropping the oldest event does not move the others. */
class Subscriber implements EventSubscription {
  readonly #options: SubscriberOptions;
  #waiting: PublishedEvent[] = [];
  #first = 0;
  #missed = 0;
  #draining = false;
  #closed = false;

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  get queued(): number {
    return this.#waiting.length - this.#first;
  }

  get missed(): number {
    return this.#missed;
  }

  enqueue(published: PublishedEvent): void {
    if (!this.#accepts(published)) return;
    if (this.queued >= Math.max(1, this.#options.maxQueued)) {
      this.#missed++;
      this.#dequeue();
    }
    this.#waiting.push(published);
    if (this.#draining) return;
    this.#draining = true;
    // No sink runs inside `publish`, which a call waits for.
    queueMicrotask(() => void this.#drain());
  }

  close(): void {
    this.#options.onClose();
    this.#closed = true;
    this.#waiting = [];
    this.#first = 0;
  }

  async #drain(): Promise<void> {
    for (let next = this.#dequeue(); next !== undefined && !this.#closed; next = this.#dequeue()) {
      try {
        const pending = this.#options.sink(next);
        if (pending !== undefined) await pending;
      } catch (error) {
        this.#options.onError(error);
      }
    }
    this.#draining = false;
  }

  #dequeue(): PublishedEvent | undefined {
    const next = this.#waiting[this.#first];
    if (next === undefined) return undefined;
    this.#first++;
    if (this.#first > 1000 || this.#first === this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return next;
  }

  #accepts(published: PublishedEvent): boolean {
    try {
      return this.#options.filter(published);
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }
}
