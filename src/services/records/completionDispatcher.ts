import type { EventHub } from "../events.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { CallContent, CallRecord, CallStore } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/**
 * Tells of calls that are over and whose records are complete: at least once of each, also of those
 * whose process died between the record and the telling.
 */
export interface EndedCalls {
  /** Tells of a call that ended otherwise than by an event of this process, such as an abandoned one. */
  add(callId: string): void;
  close(): Promise<void>;
}

export interface EndedCallsOptions {
  readonly events: Pick<EventHub, "subscribe">;
  /** Settles when all that was known before is durable; rejects when the store fails meanwhile. */
  readonly flush: () => Promise<void>;
  readonly calls: Pick<CallStore, "get" | "content" | "untold" | "told" | "putOff">;
  /** Forgets a call where that has been asked for, and gives whether it was: nobody outside hears of it. */
  readonly forget: (callId: string) => Promise<boolean>;
  /** Makes sure, durably, that everybody outside hears of it; done again where it fails, or is cut short. */
  readonly announce: (call: CallRecord, content: CallContent) => Promise<void>;
  /** Tells those in this process, once it has been announced. */
  readonly tell: (call: CallRecord) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  /** From 0 to 1. */
  readonly random: () => number;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "warn">;
  readonly retryMs?: number;
  /** While the store fails, so many calls are remembered, the newest. */
  readonly maxWaiting?: number;
}

/** How often to look for calls that a process has left untold, and how long it is given to tell itself. */
const LOOK_MS = 60_000;
const MAX_FOUND = 500;
/** The longest back-off of a call, before the jitter of a fifth. */
const MAX_RETRY_MS = 10 * 60_000;
/** From so many failures on, it is the call and not the store. */
const MIN_TRIES_REPORTED = 3;
/** So many failures in a row are the store's: the others need not be tried just now. */
const MAX_FAILURES_IN_A_ROW = 20;

/** A call that waits to be told of. */
interface Waiting {
  readonly tries: number;
  /** Of the monotonic clock. */
  readonly dueAt: number;
}

/**
 * Starts telling of ended calls, one after another. One that cannot be told of waits for a growing time
 * of its own, and nobody behind it does; while the store fails, all wait.
 */
export function createEndedCalls(options: EndedCallsOptions): EndedCalls {
  const { events, flush, calls, forget, announce, tell, now, setTimer, log } = options;
  const { random, incidents, retryMs = 1000, maxWaiting = 10_000 } = options;
  const monotonic = () => performance.now();
  const waiting = new Map<string, Waiting>();
  let working: Promise<void> | undefined;
  let closed = false;
  let stopPausing = () => {};
  let stopLooking = setTimer(look, 0);
  let looking: Promise<void> | undefined;

  const subscription = events.subscribe(
    ({ event }) => event.type === "ended",
    ({ callId }) => add(callId),
    { maxQueued: 10_000 },
  );

  function look(): void {
    looking = calls.untold(now() - LOOK_MS, MAX_FOUND).then(
      (callIds) => closed ? undefined : callIds.forEach(add),
      (error) => log.warn("Untold calls not looked for", { error }),
    ).finally(() => {
      if (!closed) stopLooking = setTimer(look, LOOK_MS);
    });
  }

  function add(callId: string): void {
    if (!waiting.has(callId)) waiting.set(callId, { tries: 0, dueAt: monotonic() });
    if (waiting.size > maxWaiting) waiting.delete(waiting.keys().next().value ?? "");
    if (working === undefined) working = work().finally(() => working = undefined);
    else stopPausing();
  }

  async function work(): Promise<void> {
    // All who hear of the same event have been told of it before anything is asked of them.
    await Promise.resolve();
    while (waiting.size > 0 && !closed) {
      const at = monotonic();
      // What comes meanwhile is not durable by this flush, and waits for the next.
      const due = [...waiting].filter(([, { dueAt }]) => dueAt <= at);
      if (due.length === 0) {
        await pause(Math.min(...[...waiting.values()].map(({ dueAt }) => dueAt)) - at);
        continue;
      }
      try {
        await flush();
      } catch (error) {
        if (closed) return;
        log.warn("Ended calls not told of", { waiting: waiting.size, error });
        await pause(retryMs);
        continue;
      }
      await tellOfAll(due);
    }
  }

  async function tellOfAll(due: readonly (readonly [string, Waiting])[]): Promise<void> {
    let failures = 0;
    for (const [callId, { tries }] of due) {
      if (failures >= MAX_FAILURES_IN_A_ROW) return await pause(retryMs);
      try {
        await tellOf(callId);
        failures = 0;
        if (tries > 0) incidents.resolve("call_not_told", callId);
      } catch (error) {
        if (closed) return;
        failures++;
        await putOff(callId, tries + 1, error);
      }
    }
  }

  /** Behind all others, also for whoever looks for untold calls after a restart. */
  async function putOff(callId: string, tries: number, error: unknown): Promise<void> {
    const delayMs = Math.min(MAX_RETRY_MS, retryMs * 2 ** (tries - 1)) * (1 + random() / 5);
    waiting.delete(callId);
    waiting.set(callId, { tries, dueAt: monotonic() + delayMs });
    log.warn("Ended call not told of", { callId, tries, error });
    if (tries >= MIN_TRIES_REPORTED) {
      incidents.report({
        code: "call_not_told",
        subject: callId,
        message: `The end of a call cannot be told: ${
          error instanceof Error ? error.name : "unknown error"
        }`,
        expiresAfterMs: 2 * MAX_RETRY_MS,
      });
    }
    await calls.putOff(callId, now()).catch(() => {});
  }

  async function tellOf(callId: string): Promise<void> {
    const call = await calls.get(callId);
    // One that has been erased meanwhile is nobody's business.
    if (call?.status === "ended") {
      if (!await forget(callId)) {
        await announce(call, await calls.content(callId));
        await calls.told(callId);
      }
      tell(call);
    }
    waiting.delete(callId);
  }

  function pause(delayMs: number): Promise<void> {
    if (closed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = setTimer(resolve, Math.max(1, delayMs));
      stopPausing = () => {
        cancel();
        resolve();
      };
    });
  }

  return {
    add,
    async close() {
      await Promise.resolve();
      subscription.close();
      closed = true;
      stopLooking();
      stopPausing();
      await Promise.all([looking, working]);
    },
  };
}
