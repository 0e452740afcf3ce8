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
  /** Those with events that came since the last microtask. */
  let ready: Subscriber[] = [];
  let lastId = 0;

  /** No sink runs inside `publish`, which a call waits for: one microtask runs them all. */
  function drainSoon(subscriber: Subscriber): void {
    ready.push(subscriber);
    if (ready.length === 1) queueMicrotask(drainReady);
  }

  function drainReady(): void {
    const draining = ready;
    ready = [];
    let drained = 0;
    try {
      for (; drained < draining.length; drained++) draining[drained]?.drain();
    } finally {
      // Where `onSinkError` throws, the others go on.
      for (const waiting of draining.slice(drained + 1)) drainSoon(waiting);
    }
  }

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
        drainSoon,
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
  /** Called when events wait and `drain` is to be called. */
  readonly drainSoon: (subscriber: Subscriber) => void;
  readonly onClose: () => void;
}

/** One event that waits for a sink. */
interface Waiting {
  readonly published: PublishedEvent;
  next: Waiting | undefined;
}

/** One sink and its queue, which costs nothing while it is empty. */
class Subscriber implements EventSubscription {
  readonly #options: SubscriberOptions;
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #queued = 0;
  #missed = 0;
  #draining = false;
  #closed = false;

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  get queued(): number {
    return this.#queued;
  }

  get missed(): number {
    return this.#missed;
  }

  enqueue(published: PublishedEvent): void {
    if (!this.#accepts(published)) return;
    if (this.#queued >= Math.max(1, this.#options.maxQueued)) {
      this.#missed++;
      this.#dequeue();
    }
    const waiting: Waiting = { published, next: undefined };
    if (this.#last === undefined) this.#first = waiting;
    else this.#last.next = waiting;
    this.#last = waiting;
    this.#queued++;
    if (this.#draining) return;
    this.#draining = true;
    this.#options.drainSoon(this);
  }

  close(): void {
    this.#options.onClose();
    this.#closed = true;
    this.#first = this.#last = undefined;
    this.#queued = 0;
  }

  /** Hands over what waits; where a sink returns a promise, the rest follows when that has settled. */
  drain(): void {
    for (let next = this.#dequeue(); next !== undefined && !this.#closed; next = this.#dequeue()) {
      const pending = this.#handOver(next);
      if (pending === undefined) continue;
      Promise.resolve(pending).catch(this.#options.onError).then(() => this.drain());
      return;
    }
    this.#draining = false;
  }

  #handOver(published: PublishedEvent): void | Promise<void> {
    try {
      return this.#options.sink(published);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #dequeue(): PublishedEvent | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    this.#first = first.next;
    if (this.#first === undefined) this.#last = undefined;
    this.#queued--;
    return first.published;
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
