import { z } from "zod";
import type { EventLog, SharedEvent } from "../events.ts";
import type { InstanceBus } from "./bus.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface SharedEventsDeps {
  readonly bus: InstanceBus;
  readonly eventLog: Pick<EventLog, "onAppend" | "appendRemote" | "advance">;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
  /** Events are told together, so many milliseconds' worth. */
  readonly gatherMs?: number;
  /** While others cannot be told, no more is kept for them. */
  readonly maxWaiting?: number;
}

const EVENTS = "events";
const REACHED = "reached";
/** Whoever has missed the last events of another process knows after so long. */
const BEAT_MS = 10_000;
/** In characters: a message of some ten payloads. */
const MAX_BATCH = 64_000;

/** As it travels: sequence, call, type, key, data. */
const events = z.object({
  events: z.array(z.tuple([z.number(), z.string(), z.string(), z.string().nullable(), z.string()])),
});
const reached = z.object({ sequence: z.number(), hello: z.boolean() });

/**
 * Tells the live events of this process to those beside it, and takes theirs in. No call waits for
 * it: what cannot be told in time is not told, and readers elsewhere learn that they have missed it.
 */
export function shareEvents(deps: SharedEventsDeps): { close(): Promise<void> } {
  const { bus, eventLog, setTimer, log, gatherMs = 40, maxWaiting = 5000 } = deps;
  if (!bus.isShared) return { close: () => Promise.resolve() };
  let waiting: SharedEvent[] = [];
  /** Up to here everything has been told, or never will be. */
  let told = 0;
  /** A beat is due; a hello asks the others for theirs. */
  let due: "beat" | "hello" | undefined = "hello";
  let sending: Promise<void> | undefined;
  let stopGathering: (() => void) | undefined;
  let works = true;
  let closed = false;
  let stopBeating = setTimer(beat, BEAT_MS);

  eventLog.onAppend((event) => {
    if (closed) return;
    // Half at once, so that dropping costs little however long it lasts.
    if (waiting.length >= maxWaiting) waiting = waiting.slice(Math.ceil(maxWaiting / 2));
    waiting.push(event);
    gather(gatherMs);
  });
  const unsubscribe = [
    bus.subscribe(EVENTS, (body, origin) => {
      for (const [sequence, callId, type, key, data] of events.safeParse(body).data?.events ?? []) {
        const keyName = key === null ? {} : { keyName: key };
        eventLog.appendRemote({ origin, sequence, callId, type, ...keyName, data });
      }
    }),
    bus.subscribe(REACHED, (body, origin) => {
      const { data } = reached.safeParse(body);
      if (data === undefined) return;
      eventLog.advance(origin, data.sequence);
      if (!data.hello) return;
      due ??= "beat";
      gather(0);
    }),
    bus.onGap(greet),
  ];
  gather(0);

  function greet(): void {
    due = "hello";
    gather(0);
  }

  function beat(): void {
    due ??= "beat";
    gather(0);
    stopBeating = setTimer(beat, BEAT_MS);
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
      if (waiting.length > 0 || due !== undefined) gather(gatherMs);
    });
  }

  /** One message after another: a position must not overtake the events before it. */
  async function sendAll(): Promise<void> {
    const batch = takeBatch();
    const last = batch.at(-1);
    if (last !== undefined) await publish(EVENTS, { events: batch.map(packed) });
    told = last?.sequence ?? told;
    if (due === undefined) return;
    const hello = due === "hello";
    due = undefined;
    await publish(REACHED, { sequence: told, hello });
  }

  function takeBatch(): readonly SharedEvent[] {
    let characters = 0;
    let count = 0;
    while (count < waiting.length && characters < MAX_BATCH) {
      characters += waiting[count++]?.data.length ?? 0;
    }
    return waiting.splice(0, count);
  }

  async function publish(topic: string, body: unknown): Promise<void> {
    try {
      await bus.publish(topic, body);
      works = true;
    } catch (error) {
      if (works && !closed) log.warn("Live events not told to other instances", { error });
      works = false;
    }
  }

  return {
    async close() {
      closed = true;
      stopBeating();
      stopGathering?.();
      for (const stop of unsubscribe) stop();
      await sending;
      // The ends of calls that the stop of this process has brought about.
      while (waiting.length > 0 && works) await sendAll();
    },
  };
}

function packed({ sequence, callId, type, keyName, data }: SharedEvent) {
  return [sequence, callId, type, keyName ?? null, data];
}
