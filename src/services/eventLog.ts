import type { CallEvent } from "../call/types.ts";
import type { EventHub, PublishedEvent } from "./events.ts";

/** An event as readers get it: nothing in it is secret. */
export interface LoggedEvent {
  readonly callId: string;
  readonly type: CallEvent["type"];
  /** The key that the call belongs to. */
  readonly keyName?: string;
  /** Ready to be sent, made once for all readers. */
  readonly text: string;
}

/** What lies behind a position, as far as it is still kept. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  /** Where to read on. */
  readonly position: number;
  /** Whether events between the position and these have been thrown away. */
  readonly missed: boolean;
}

/**
 * The newest events of this process, for readers that hold nothing but a position: however many read,
 * and however slowly, the memory stays that of the log.
 */
export interface EventLog {
  /** The position before the oldest event that is kept. */
  readonly start: number;
  /** The position behind the newest event. */
  readonly end: number;
  readonly closed: boolean;
  /** Looks at no more than `maxEvents`, wanted or not, so that a page may be empty before the end. */
  read(position: number, wanted: (event: LoggedEvent) => boolean, maxEvents?: number): EventPage;
  /** Settles when there is more behind the position, when the time is over, or by the signal. */
  wait(position: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface EventLogOptions {
  /** The key that a call belongs to, asked when the call begins. */
  readonly keyOf: (callId: string) => string | undefined;
  /** Writes an event for its readers; `position` is the one behind it. */
  readonly write: (published: PublishedEvent, position: number) => string;
  readonly maxEvents?: number;
  /** Of all texts together. */
  readonly maxCharacters?: number;
  /** Readers are woken together, so that many events a second are not as many wakings of each. */
  readonly gatherMs?: number;
}

/** Creates the log of all that the hub carries from now on. */
export function createEventLog(
  hub: Pick<EventHub, "subscribe">,
  { keyOf, write, maxEvents = 10_000, maxCharacters = 32_000_000, gatherMs = 15 }: EventLogOptions,
): EventLog {
  const ring: (LoggedEvent | undefined)[] = [];
  const owners = new Map<string, string>();
  const waiting = new Set<() => void>();
  let [start, end, characters] = [0, 0, 0];
  let waking: ReturnType<typeof setTimeout> | undefined;
  let lastId: number | undefined;
  let closed = false;

  const subscription = hub.subscribe(() => true, append, { maxQueued: 10_000 });

  function append(published: PublishedEvent): void {
    const { id, callId } = published;
    if (lastId !== undefined && id !== lastId + 1) leaveGap();
    lastId = id;
    const event = withoutSecrets(published.event);
    const keyName = ownerOf(callId, event);
    const text = write({ ...published, event }, end + 1);
    characters += text.length;
    while (start < end && (end - start >= maxEvents || characters > maxCharacters)) forgetOne();
    ring[end % maxEvents] = {
      callId,
      type: event.type,
      text,
      ...(keyName !== undefined && { keyName }),
    };
    end++;
    if (waiting.size > 0) waking ??= setTimeout(wakeAll, gatherMs);
  }

  function ownerOf(callId: string, event: CallEvent): string | undefined {
    if (event.type === "started") {
      const owner = keyOf(callId);
      if (owner !== undefined) owners.set(callId, owner);
    }
    const keyName = owners.get(callId);
    if (event.type === "ended") owners.delete(callId);
    return keyName;
  }

  function forgetOne(): void {
    const at = start++ % maxEvents;
    characters -= ring[at]?.text.length ?? 0;
    ring[at] = undefined;
  }

  /** The hub itself has dropped something: whoever reads on from before here has missed it. */
  function leaveGap(): void {
    while (start < end) forgetOne();
    start = ++end;
  }

  function wakeAll(): void {
    waking = undefined;
    for (const wake of [...waiting]) wake();
  }

  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    get closed() {
      return closed;
    },
    read(position, wanted, most = 500) {
      const from = Math.max(position, start);
      const to = Math.min(end, from + most);
      const events: LoggedEvent[] = [];
      for (let at = from; at < to; at++) {
        const event = ring[at % maxEvents];
        if (event !== undefined && wanted(event)) events.push(event);
      }
      return { events, position: Math.max(position, to), missed: from > position };
    },
    wait(position, timeoutMs, signal) {
      if (position < end || closed || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(wake, timeoutMs);
        signal.addEventListener("abort", wake);
        waiting.add(wake);
        function wake(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", wake);
          waiting.delete(wake);
          resolve();
        }
      });
    },
    close() {
      closed = true;
      subscription.close();
      clearTimeout(waking);
      wakeAll();
    },
  };
}

/** What a caller types in confidence, such as the digits of a card, is shown to nobody. */
function withoutSecrets(event: CallEvent): CallEvent {
  if (event.type !== "digits" || !event.sensitive) return event;
  return { ...event, digits: "•".repeat(event.digits.length) };
}
