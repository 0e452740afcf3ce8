import type { CallEvent } from "../../call/callEvent.ts";
import { noPositions, type Positions, readPositions, writePositions } from "./eventPositions.ts";
import { type EventPage, EventRing, type ReadOptions, type SharedEvent } from "./eventRing.ts";
import type { EventHub, PublishedEvent } from "./eventHub.ts";
import { OriginPositions } from "./originPositions.ts";
import { present } from "../../utils/present.ts";

/** Where a reader begins. */
export interface LogStart {
  readonly position: number;
  /** What the reader has had already. */
  readonly after: Positions;
  /** Why some of what has happened since is not to be had here, if so. */
  readonly missed?: "restarted" | "too_late";
}

/**
 * The newest events of this process and of those beside it, for readers that hold nothing but a
 * position: however many read, and however slowly, the memory stays that of the log.
 */
export interface EventLog {
  /** The position before the oldest event that is kept. */
  readonly start: number;
  /** The position behind the newest event. */
  readonly end: number;
  /** The id of the newest event of each process. */
  readonly endId: string;
  readonly closed: boolean;
  /** Where to go on for a reader whose last event had this id, at whichever process that was. */
  behind(eventId: string): LogStart;
  read(position: number, options: ReadOptions): EventPage;
  /** Settles when there is more behind the position, when the time is over, or by the signal. */
  wait(position: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Takes in an event of another process, unless it is known already. */
  take(event: SharedEvent): void;
  /** Another process has come so far: what is not here by now will not come. */
  reach(origin: string, sequence: number): void;
  /** Forgets what happened in calls that are erased. */
  forget(callIds: readonly string[]): void;
  /** Hears of this process's own events. */
  follow(hear: (event: SharedEvent) => void): void;
  close(): void;
}

export interface EventLogOptions {
  /** The name of this process in the ids of events. */
  readonly origin: string;
  /** The key that a call belongs to, asked when the call begins. */
  readonly keyOf: (callId: string) => string | undefined;
  /** Writes an event for its readers. */
  readonly write: (event: SharedEvent, id: string) => string;
  readonly maxEvents?: number;
  /** Of all texts together. */
  readonly maxCharacters?: number;
  /** Readers are woken together, so that many events a second are not as many wakings of each. */
  readonly gatherMs?: number;
}

/** Creates the log of all that the hub carries from now on. */
export function createEventLog(
  hub: Pick<EventHub, "subscribe">,
  { origin, keyOf, write, maxEvents = 10_000, maxCharacters = 32_000_000, gatherMs = 15 }:
    EventLogOptions,
): EventLog {
  const positions = new OriginPositions(origin);
  const endId = () => writePositions(positions.reached);
  const ring = new EventRing({
    maxEvents,
    maxCharacters,
    id: endId(),
    onForget: ({ origin, sequence }) => positions.lose(origin, sequence),
  });
  const owners = new Map<string, string>();
  const waiting = new Set<() => void>();
  const followers: ((event: SharedEvent) => void)[] = [];
  let waking: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const subscription = hub.subscribe(() => true, appendOwn, { maxQueued: 10_000 });

  function appendOwn({ id, callId, atMs, event: happened }: PublishedEvent): void {
    const event = withoutSecrets(happened);
    const keyName = ownerOf(callId, event);
    const shared: SharedEvent = {
      origin,
      sequence: id,
      callId,
      type: event.type,
      ...present({ keyName }),
      data: JSON.stringify({ callId, at: new Date(atMs).toISOString(), event }),
    };
    append(shared);
    for (const hear of followers) hear(shared);
  }

  function append(event: SharedEvent): void {
    const { data: _, ...facts } = event;
    const { origin, sequence } = facts;
    const known = positions.meet(origin, sequence - 1);
    if (sequence <= known) return;
    if (sequence > known + 1) leaveGap(origin, sequence - 1);
    positions.reach(origin, sequence);
    const id = endId();
    ring.push({ event: { ...facts, id, text: write(event, id) } });
    wakeSoon();
  }

  /** Whoever reads on from before here has missed something. */
  function leaveGap(origin: string, sequence: number): void {
    positions.reach(origin, sequence);
    ring.push({ gap: { origin, sequence, id: endId() } });
    wakeSoon();
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

  function wakeSoon(): void {
    if (waiting.size > 0) waking ??= setTimeout(wakeAll, gatherMs);
  }

  function wakeAll(): void {
    waking = undefined;
    for (const look of [...waiting]) look();
  }

  return {
    get start() {
      return ring.start;
    },
    get end() {
      return ring.end;
    },
    get endId() {
      return endId();
    },
    get closed() {
      return closed;
    },
    behind(eventId) {
      const position = ring.start;
      const read = readPositions(eventId);
      if (read === undefined) return { position, after: noPositions, missed: "restarted" };
      const missed = positions.whyMissed(read);
      const after = positions.bounded(read);
      return { position, after, ...present({ missed }) };
    },
    read: (position, options) => ring.read(position, options),
    wait(position, timeoutMs, signal) {
      if (position < ring.end || closed || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(settle, timeoutMs);
        signal.addEventListener("abort", settle);
        waiting.add(look);
        // Who has come while others were about to be woken has read their news already.
        function look(): void {
          if (position < ring.end || closed) settle();
        }
        function settle(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", settle);
          waiting.delete(look);
          resolve();
        }
      });
    },
    take(event) {
      if (!closed && event.origin !== origin) append(event);
    },
    reach(origin, sequence) {
      if (!closed && sequence > positions.meet(origin, sequence)) leaveGap(origin, sequence);
    },
    forget: (callIds) => ring.forget(new Set(callIds)),
    follow: (hear) => void followers.push(hear),
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
