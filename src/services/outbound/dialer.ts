import { createPollLoop } from "../../utils/pollLoop.ts";
import type { DialQueue } from "../store.ts";
import type { DialAttempt } from "./dialAttempt.ts";
import { awaitStore } from "./outboundErrors.ts";
import { type OutboundJob, readJob } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** The state of a call when its request is answered. */
export type DialResult =
  | { readonly callSid: string }
  /** Queued: its position among the calls from the same number, from 1. */
  | { readonly position: number };

export interface DialerDeps extends Clock {
  readonly queue: Pick<DialQueue, "admit" | "claim" | "position" | "remove">;
  readonly callRecords: PlacedCallRecords;
  readonly dialAttempt: DialAttempt;
  /** Calls from one number. */
  readonly perSecond: number;
  /** How long a request waits for its call to be claimed before it is answered with the position. */
  readonly patienceMs?: number | undefined;
  readonly log: Pick<Log, "warn" | "error">;
}

/** A request that waits for its call: resolves with Twilio's id, or undefined while it stays queued. */
interface Rendezvous extends PromiseWithResolvers<string | undefined> {
  isDialling: boolean;
}

/** How often to poll for calls that another process has queued. */
const POLL_MS = 5000;
/** The checks of the request are not repeated within this time. */
const FRESH_MS = 1000;

export type Dialer = ReturnType<typeof createDialer>;

/** Dials the calls of the durable queue at the rate allowed per number. */
export function createDialer(deps: DialerDeps) {
  const { queue, callRecords, dialAttempt, perSecond, now, setTimer, log } = deps;
  const { patienceMs = 250 } = deps;
  const rendezvous = new Map<string, Rendezvous>();
  const listeners: ((job: OutboundJob) => void)[] = [];
  const underWay = new Set<Promise<unknown>>();
  const pollLoop = createPollLoop(poll, setTimer);
  let closed = false;

  return {
    /**
     * Queues a call and resolves once it is dialled, or soon where it has to wait. Rejects where it was not
     * placed, and with `StoreUnavailable` where it is not queued; without a `cause` it may be after all.
     * `checkedAt` is when the call was last known to be allowed.
     */
    async enqueue(job: OutboundJob, checkedAt: number): Promise<DialResult> {
      const { callId } = job;
      const waiting = { ...Promise.withResolvers<string | undefined>(), isDialling: false };
      // It may reject before it is awaited.
      waiting.promise.catch(() => {});
      rendezvous.set(callId, waiting);
      let stopWaiting = () => {};
      try {
        const admitted = await awaitStore(track(admit(job, checkedAt)));
        if (admitted !== "claimed") {
          const isNear = (admitted - 1) * 1000 / perSecond <= patienceMs;
          const stop = () => waiting.isDialling || waiting.resolve(undefined);
          if (isNear) stopWaiting = setTimer(stop, patienceMs);
          else stop();
        }
        const callSid = await waiting.promise;
        if (callSid !== undefined) return { callSid };
        return { position: admitted === "claimed" ? await positionOf(callId) : admitted };
      } finally {
        stopWaiting();
        rendezvous.delete(callId);
      }
    },
    /** Polls the queue at once. */
    wake: pollLoop.wake,
    /** Registers a listener for claimed calls that have been placed, refused or put back. */
    onDequeued: (listener: (job: OutboundJob) => void): void => void listeners.push(listener),
    /** Claims no more calls; settles when the claimed ones have been dialled. */
    async close(): Promise<void> {
      closed = true;
      await pollLoop.close();
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };

  /** Where the store is slow, the call is dialled although its request has been answered. */
  async function admit(job: OutboundJob, checkedAt: number): Promise<number | "claimed"> {
    const pace = closed ? undefined : { perSecond };
    const admitted = await queue.admit(callRecords.admission(job, now()), now(), pace);
    if (admitted === "claimed") track(dial(job, now() - checkedAt < FRESH_MS));
    else pollLoop.wake();
    return admitted;
  }

  /** Of a call that was put back. */
  async function positionOf(callId: string): Promise<number> {
    return await awaitStore(queue.position(callId)).catch(() => undefined) ?? 1;
  }

  async function poll(): Promise<number> {
    try {
      const { calls, nextAt } = await queue.claim(now(), { perSecond });
      for (const { callId, payload } of calls) {
        const job = readJob(payload);
        if (job !== undefined) track(dial(job, false));
        else discard(callId);
      }
      if (nextAt !== undefined) return Math.min(POLL_MS, Math.max(1, nextAt - now()));
    } catch (error) {
      log.warn("Dial queue not read", { error });
    }
    return POLL_MS;
  }

  function discard(callId: string): void {
    log.error("Queued call malformed", { callId });
    queue.remove(callId).catch((error) => log.warn("Dial queue not written", { error }));
  }

  async function dial(job: OutboundJob, isChecked: boolean): Promise<void> {
    const waiting = rendezvous.get(job.callId);
    if (waiting !== undefined) waiting.isDialling = true;
    try {
      const callSid = await dialAttempt.dial(job, isChecked);
      waiting?.resolve(callSid);
    } catch (error) {
      const isAwaited = rendezvous.has(job.callId);
      waiting?.reject(error);
      await dialAttempt.recordFailure(job, error, isAwaited);
    } finally {
      for (const listener of listeners) listener(job);
    }
  }

  function track<T>(work: Promise<T>): Promise<T> {
    const tracked: Promise<T> = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  }
}
