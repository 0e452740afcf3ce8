import { createPollLoop } from "../../utils/pollLoop.ts";
import type { DialQueue } from "../store.ts";
import { type OutboundJob, readJob } from "./outboundJob.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Takes calls out of the durable queue at the pace of their numbers, and hands them on to be placed. */
export interface Dialer {
  /** Whether the call's turn comes in this process within the time. */
  turn(callId: string, withinMs: number): Promise<boolean>;
  /** Nobody waits for the call's turn any more. */
  leave(callId: string): void;
  /** Looks at once whether it is somebody's turn. */
  wake(): void;
  /** Takes no more out; settles when what was taken has been placed. */
  close(): Promise<void>;
}

export interface DialerDeps {
  readonly queue: Pick<DialQueue, "claim" | "remove">;
  /** Never rejects. */
  readonly place: (job: OutboundJob) => Promise<void>;
  /** Calls from one number. */
  readonly perSecond: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn" | "error">;
}

/** How often to look for what another process has left in the queue. */
const LOOK_MS = 5000;

export function createDialer(deps: DialerDeps): Dialer {
  const { queue, place, perSecond, now, setTimer, log } = deps;
  const awaited = new Map<string, (taken: boolean) => void>();
  const placing = new Set<Promise<void>>();
  const pollLoop = createPollLoop(look, setTimer);

  async function look(): Promise<number> {
    try {
      const { calls, nextAt } = await queue.claim(now(), { perSecond });
      for (const { callId, payload } of calls) begin(callId, payload);
      if (nextAt !== undefined) return Math.min(LOOK_MS, Math.max(1, nextAt - now()));
    } catch (error) {
      log.warn("Dial queue not read", { error });
    }
    return LOOK_MS;
  }

  function begin(callId: string, payload: unknown): void {
    const job = readJob(payload);
    if (job === undefined) {
      log.error("Queued call not understood", { callId });
      queue.remove(callId).catch((error) => log.warn("Dial queue not written", { error }));
      return;
    }
    awaited.get(callId)?.(true);
    const placed = place(job).finally(() => placing.delete(placed));
    placing.add(placed);
  }

  return {
    turn(callId, withinMs) {
      return new Promise((resolve) => {
        const settle = (taken: boolean) => {
          cancel();
          awaited.delete(callId);
          resolve(taken);
        };
        const cancel = setTimer(() => settle(false), withinMs);
        awaited.set(callId, settle);
      });
    },
    leave: (callId) => awaited.get(callId)?.(false),
    wake: pollLoop.wake,
    async close() {
      await pollLoop.close();
      await Promise.all(placing);
    },
  };
}
