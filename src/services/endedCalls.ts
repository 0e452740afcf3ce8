import type { EventHub } from "./events.ts";
import type { CallContent, CallRecord } from "./store/callRecord.ts";
import type { CallStore } from "./store/calls.ts";

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
  readonly calls: Pick<CallStore, "get" | "content" | "untold" | "told">;
  /** Forgets a call where that has been asked for, and gives whether it was: nobody outside hears of it. */
  readonly forget: (callId: string) => Promise<boolean>;
  /** Makes sure, durably, that everybody outside hears of it; done again where it fails, or is cut short. */
  readonly announce: (call: CallRecord, content: CallContent) => Promise<void>;
  /** Tells those in this process, once it has been announced. */
  readonly tell: (call: CallRecord) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly setTimer: (wake: () => void, delayMs: number) => () => void;
  readonly log: {
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
  readonly retryMs?: number;
  /** While the store fails, so many calls are remembered, the newest. */
  readonly maxWaiting?: number;
}

/** How often to look for calls that a process has left untold, and how long it is given to tell itself. */
const LOOK_MS = 60_000;
const MAX_FOUND = 500;

/** Starts telling of ended calls, one after another; while the store fails, they wait. */
export function createEndedCalls(options: EndedCallsOptions): EndedCalls {
  const { events, flush, calls, forget, announce, tell, now, setTimer, log } = options;
  const { retryMs = 1000, maxWaiting = 10_000 } = options;
  const waiting = new Set<string>();
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
    waiting.add(callId);
    if (waiting.size > maxWaiting) waiting.delete(waiting.values().next().value ?? "");
    working ??= work().finally(() => working = undefined);
  }

  async function work(): Promise<void> {
    // All who hear of the same event have been told of it before anything is asked of them.
    await Promise.resolve();
    while (waiting.size > 0) {
      try {
        // What comes meanwhile is not durable by this flush, and waits for the next.
        const due = [...waiting];
        await flush();
        for (const callId of due) await tellOf(callId);
      } catch (error) {
        if (closed) return;
        log.warn("Ended calls not told of", { waiting: waiting.size, error });
        await pause();
      }
    }
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

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = setTimer(resolve, retryMs);
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
