import type { CallEvent } from "../../call/callEvent.ts";
import {
  noPositions,
  OriginPositions,
  type Positions,
  readPositions,
  writeId,
} from "./eventPositions.ts";
import {
  type EventPage,
  EventRing,
  type ReadOptions,
  type SharedEvent,
  type TurnState,
} from "./eventRing.ts";
import type { EventHub, PublishedEvent } from "./eventHub.ts";
import { charactersOf, FRAME_CHARACTERS } from "./eventSize.ts";
import { OwnEvent } from "./ownEvent.ts";
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
  /** Encodes an event for its readers; called when the first of them reads it. */
  readonly write: (event: SharedEvent, id: string) => string;
  readonly maxEvents?: number;
  /** Limit of the characters of all texts; one that has not been made counts with an estimate. */
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
  const ring = new EventRing({
    own: origin,
    write,
    maxEvents,
    maxCharacters,
    onDrop: (origin, sequence) => positions.drop(origin, sequence),
  });
  const owners = new Map<string, string>();
  const waiting = new Set<() => void>();
  const listeners: ((event: SharedEvent) => void)[] = [];
  let waking: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const subscription = hub.subscribe(() => true, appendOwn, { maxQueued: 10_000 });

  function appendOwn(published: PublishedEvent): void {
    const { callId, event } = published;
    const own = new OwnEvent(origin, ownerOf(callId, event), published);
    const turn = event.type === "turn" ? event.turn : undefined;
    append(own, { characters: charactersOf(event), turn });
    for (const listener of listeners) listener(own);
  }

  /** Of a turn that is still being said, only the newest state is kept. */
  function append(event: SharedEvent, about: {
    readonly characters: number;
    readonly turn: TurnState | undefined;
  }): void {
    const { origin, sequence } = event;
    const known = positions.ensure(origin, sequence - 1);
    if (sequence <= known) return;
    if (sequence > known + 1) appendGap(origin, sequence - 1);
    positions.reach(origin, sequence);
    ring.push(event, positions.reached, about);
    wakeSoon();
  }

  /** Readers that continue from before the gap have missed something. */
  function appendGap(origin: string, sequence: number): void {
    positions.reach(origin, sequence);
    ring.pushGap(origin, sequence, positions.reached);
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
      return writeId(origin, positions.reached);
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
      if (closed || event.origin === origin) return;
      append(event, { characters: FRAME_CHARACTERS + event.data.length, turn: turnIn(event) });
    },
    /** Another process has published up to here: what has not arrived by now is missed. */
    advance(origin: string, sequence: number): void {
      if (!closed && sequence > positions.ensure(origin, sequence)) appendGap(origin, sequence);
    },
    /** Removes the events of erased calls. */
    erase: (callIds: readonly string[]): void => ring.erase(new Set(callIds)),
    /** Called with each event of this process; its `data` is made when a listener reads it. */
    onAppend: (listener: (event: SharedEvent) => void): void => void listeners.push(listener),
    close(): void {
      closed = true;
      subscription.close();
      clearTimeout(waking);
      wakeAll();
    },
  };
}

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
