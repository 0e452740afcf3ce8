import type { CallEvent, TranscriptTurn } from "../../call/callEvent.ts";
import {
  noPositions,
  OriginPositions,
  type Positions,
  readPositions,
  writePositions,
} from "./eventPositions.ts";
import { type EventPage, EventRing, type ReadOptions, type SharedEvent } from "./eventRing.ts";
import type { EventHub, PublishedEvent } from "./eventHub.ts";
import { present } from "../../utils/present.ts";

/** Where a reader starts. */
export interface LogStart {
  readonly position: number;
  /** What the reader has received already. */
  readonly after: Positions;
  /** Set where events since then are not kept here, with the reason. */
  readonly missed?: "restarted" | "too_late";
}

/** How events are named and encoded, and how many are kept. */
export interface EventLogOptions {
  /** The name of this process in event ids. */
  readonly origin: string;
  /** The API key that a call belongs to; called when the call begins. */
  readonly keyOf: (callId: string) => string | undefined;
  /** Encodes an event for its readers. */
  readonly write: (event: SharedEvent, id: string) => string;
  readonly maxEvents?: number;
  /** Limit of the sum of all texts. */
  readonly maxCharacters?: number;
  /** Readers are woken together after this time, so that each is woken rarely. */
  readonly gatherMs?: number;
}

/**
 * The newest events of this process and of the others on the same database. Readers hold nothing but a
 * position: their number and speed do not change the memory used.
 */
export type EventLog = ReturnType<typeof createEventLog>;

/** Logs everything that the hub carries from now on. */
export function createEventLog(
  hub: Pick<EventHub, "subscribe">,
  { origin, keyOf, write, maxEvents = 10_000, maxCharacters = 32_000_000, gatherMs = 15 }:
    EventLogOptions,
) {
  const positions = new OriginPositions(origin);
  const endId = () => writePositions(positions.reached);
  const ring = new EventRing({
    maxEvents,
    maxCharacters,
    id: endId(),
    onDrop: ({ origin, sequence }) => positions.drop(origin, sequence),
  });
  const owners = new Map<string, string>();
  const waiting = new Set<() => void>();
  const listeners: ((event: SharedEvent) => void)[] = [];
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
    append(shared, event.type === "turn" ? event.turn : undefined);
    for (const listener of listeners) listener(shared);
  }

  /** Of a turn that is still being said, only the newest state is kept. */
  function append(event: SharedEvent, turn: TurnState | undefined): void {
    const { data: _, ...described } = event;
    const { origin, sequence } = described;
    const known = positions.ensure(origin, sequence - 1);
    if (sequence <= known) return;
    if (sequence > known + 1) appendGap(origin, sequence - 1);
    positions.reach(origin, sequence);
    const id = endId();
    const logged = { ...described, id, text: write(event, id) };
    const subject = turn === undefined ? undefined : `${event.callId} ${turn.id}`;
    ring.push({ event: logged, ...present({ subject }) }, { isLast: turn?.final ?? true });
    wakeSoon();
  }

  /** Readers that continue from before the gap have missed something. */
  function appendGap(origin: string, sequence: number): void {
    positions.reach(origin, sequence);
    ring.push({ gap: { origin, sequence, id: endId() } });
    wakeSoon();
  }

  function ownerOf(callId: string, event: CallEvent): string | undefined {
    if (event.type === "started" || event.type === "resumed") {
      const owner = keyOf(callId);
      if (owner !== undefined) owners.set(callId, owner);
    }
    const keyName = owners.get(callId);
    if (event.type === "ended" || event.type === "handedOver") owners.delete(callId);
    return keyName;
  }

  function wakeSoon(): void {
    if (waiting.size > 0) waking ??= setTimeout(wakeAll, gatherMs);
  }

  function wakeAll(): void {
    waking = undefined;
    for (const check of [...waiting]) check();
  }

  return {
    /** The position before the oldest event that is kept. */
    get start() {
      return ring.start;
    },
    /** The position after the newest event. */
    get end() {
      return ring.end;
    },
    /** The id of the newest event of each process. */
    get endId() {
      return endId();
    },
    get closed() {
      return closed;
    },
    /** Where a reader continues whose last event had this id, at whichever process it read that. */
    resume(eventId: string): LogStart {
      const position = ring.start;
      const read = readPositions(eventId);
      if (read === undefined) return { position, after: noPositions, missed: "restarted" };
      const missed = positions.whyMissed(read);
      const after = positions.bounded(read);
      return { position, after, ...present({ missed }) };
    },
    read: (position: number, options: ReadOptions): EventPage => ring.read(position, options),
    /** Resolves when there is an event after the position, after `timeoutMs`, or by the signal. */
    wait(position: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
      if (position < ring.end || closed || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(settle, timeoutMs);
        signal.addEventListener("abort", settle);
        waiting.add(check);
        // One that came while a wake-up was due has read what that is for.
        function check(): void {
          if (position < ring.end || closed) settle();
        }
        function settle(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", settle);
          waiting.delete(check);
          resolve();
        }
      });
    },
    /** Appends an event of another process, unless it is known already. */
    appendRemote(event: SharedEvent): void {
      if (!closed && event.origin !== origin) append(event, turnIn(event));
    },
    /** Another process has published up to here: what has not arrived by now is missed. */
    advance(origin: string, sequence: number): void {
      if (!closed && sequence > positions.ensure(origin, sequence)) appendGap(origin, sequence);
    },
    /** Removes the events of erased calls. */
    erase: (callIds: readonly string[]): void => ring.erase(new Set(callIds)),
    /** Called with each event of this process. */
    onAppend: (listener: (event: SharedEvent) => void): void => void listeners.push(listener),
    close(): void {
      closed = true;
      subscription.close();
      clearTimeout(waking);
      wakeAll();
    },
  };
}

type TurnState = Pick<TranscriptTurn, "id" | "final">;

/** The turn that an event of another process is about; undefined where it is about something else. */
function turnIn({ type, data }: SharedEvent): TurnState | undefined {
  if (type !== "turn") return undefined;
  try {
    const { turn } = JSON.parse(data).event;
    return typeof turn.id === "string" ? { id: turn.id, final: turn.final === true } : undefined;
  } catch {
    return undefined;
  }
}

/** Masks digits that are sensitive, such as those of a card. */
function withoutSecrets(event: CallEvent): CallEvent {
  if (event.type !== "digits" || !event.sensitive) return event;
  return { ...event, digits: "•".repeat(event.digits.length) };
}
