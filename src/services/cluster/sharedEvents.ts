import { z } from "zod";
import type { EventLog, SharedEvent } from "../events.ts";
import type { InstanceBus } from "./bus.ts";
import type { Clock } from "../../utils/clock.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { Log } from "../../utils/logger.ts";

export interface SharedEventsDeps {
  readonly bus: InstanceBus;
  readonly eventLog: Pick<EventLog, "onAppend" | "appendRemote" | "advance">;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
}

const EVENTS = "events";
const REACHED = "reached";
/** Events of so many milliseconds are published together. */
const GATHER_MS = 40;
/** While the bus fails, at most so many events wait, and so many characters. */
const MAX_WAITING = 5000;
const MAX_WAITING_CHARACTERS = 8_000_000;
/** After so long a process learns that it has missed the last events of another. */
const BEAT_MS = 10_000;
/** No other process is there when none has been heard of for so many beats. */
const SILENT_BEATS = 9;
/** In characters: a message of about ten payloads. */
const MAX_BATCH = 64_000;

/** The fields of each event: sequence, call id, type, key name, data. */
const events = z.object({
  events: z.array(z.tuple([z.number(), z.string(), z.string(), z.string().nullable(), z.string()])),
});
const reached = z.object({ sequence: z.number(), hello: z.boolean() });

/**
 * Publishes the live events of this process to the others while there are any, and logs theirs. No call
 * waits for it: events that cannot be published in time are dropped, and readers elsewhere learn that they
 * have missed some.
 */
export function shareEvents(
  { bus, eventLog, setTimer, log }: SharedEventsDeps,
): { close(): Promise<void> } {
  if (!bus.isShared) return { close: () => Promise.resolve() };
  const waiting: SharedEvent[] = [];
  let waitingCharacters = 0;
  /** Events up to here have been published or dropped. */
  let reachedSequence = 0;
  /** What is to be published of the position; a hello asks the others for theirs. */
  let due: "beat" | "hello" | undefined = "hello";
  let sending: Promise<void> | undefined;
  let stopGathering: (() => void) | undefined;
  /** Beats of this process since another one was heard of. */
  let silentBeats = 0;
  let works = true;
  let closed = false;
  const beating = createPollLoop(beat, setTimer, BEAT_MS);

  eventLog.onAppend((event) => {
    if (closed) return;
    // A process that comes later says hello, and begins behind what it is told then.
    if (silentBeats >= SILENT_BEATS && waiting.length === 0) {
      reachedSequence = event.sequence;
      return;
    }
    // Half of them at once, so that dropping stays cheap.
    if (waiting.length >= MAX_WAITING || waitingCharacters > MAX_WAITING_CHARACTERS) {
      remove(Math.ceil(waiting.length / 2));
    }
    waiting.push(event);
    waitingCharacters += event.data.length;
    gather(GATHER_MS);
  });
  const unsubscribe = [
    bus.subscribe(EVENTS, (body, origin) => {
      silentBeats = 0;
      for (const [sequence, callId, type, key, data] of events.safeParse(body).data?.events ?? []) {
        const keyName = key === null ? {} : { keyName: key };
        eventLog.appendRemote({ origin, sequence, callId, type, ...keyName, data });
      }
    }),
    bus.subscribe(REACHED, (body, origin) => {
      silentBeats = 0;
      const { data } = reached.safeParse(body);
      if (data === undefined) return;
      eventLog.advance(origin, data.sequence);
      if (!data.hello) return;
      due ??= "beat";
      gather(0);
    }),
    bus.onGap(() => {
      due = "hello";
      gather(0);
    }),
  ];
  gather(0);

  function beat(): Promise<number> {
    silentBeats++;
    due ??= "beat";
    gather(0);
    return Promise.resolve(BEAT_MS);
  }

  function gather(delayMs: number): void {
    if (closed || sending !== undefined) return;
    if (delayMs === 0) stopGathering?.();
    else if (stopGathering !== undefined) return;
    stopGathering = setTimer(send, delayMs);
  }

  function send(): void {
    stopGathering = undefined;
    sending ??= sendAll().finally(() => {
      sending = undefined;
      if (waiting.length === 0 && due === undefined) return;
      // What fills a message need not wait for more.
      gather(works && waitingCharacters > MAX_BATCH ? 0 : GATHER_MS);
    });
  }

  /** One message after another: a position must not overtake the events before it. */
  async function sendAll(): Promise<void> {
    const batch = dequeueBatch();
    const last = batch.at(-1);
    if (last !== undefined) await publish(EVENTS, { events: batch.map(pack) });
    reachedSequence = Math.max(reachedSequence, last?.sequence ?? 0);
    if (due === undefined) return;
    const hello = due === "hello";
    due = undefined;
    await publish(REACHED, { sequence: reachedSequence, hello });
  }

  function dequeueBatch(): readonly SharedEvent[] {
    let characters = 0;
    let count = 0;
    while (count < waiting.length && characters < MAX_BATCH) {
      characters += waiting[count++]?.data.length ?? 0;
    }
    return remove(count);
  }

  /** Takes the oldest out, and returns them. */
  function remove(count: number): readonly SharedEvent[] {
    const removed = waiting.splice(0, count);
    for (const { data } of removed) waitingCharacters -= data.length;
    return removed;
  }

  async function publish(topic: string, body: unknown): Promise<void> {
    try {
      await bus.publish(topic, body);
      works = true;
    } catch (error) {
      if (works && !closed) log.warn("Live events not published", { error });
      works = false;
    }
  }

  return {
    async close() {
      closed = true;
      stopGathering?.();
      for (const stop of unsubscribe) stop();
      await Promise.all([beating.close(), sending]);
      // The ends of calls that were ended by the stop of this process.
      while (waiting.length > 0 && works) await sendAll();
    },
  };
}

function pack({ sequence, callId, type, keyName, data }: SharedEvent) {
  return [sequence, callId, type, keyName ?? null, data];
}
