import { createPollLoop } from "../../utils/pollLoop.ts";
import type { CallBudget, DialPolicy } from "../spending.ts";
import type { BatchHead, BatchStore, ItemInTurn } from "../store.ts";
import { batchJob } from "./batch/batchJob.ts";
import { readPlan } from "./batch/batchPlan.ts";
import { type BatchNews, newsOf } from "./batch/batchView.ts";
import { OpeningTimes } from "./batch/openingTimes.ts";
import type { Dialer } from "./dialer.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface BatchFeederDeps extends Clock {
  readonly batchStore: Pick<
    BatchStore,
    "feed" | "inTurn" | "postpone" | "nextAt" | "sweep" | "untold" | "markTold" | "get"
  >;
  readonly callRecords: Pick<PlacedCallRecords, "admission">;
  readonly dialer: Pick<Dialer, "wake">;
  readonly policy: () => Promise<DialPolicy>;
  readonly callBudget: Pick<CallBudget, "accountsOf">;
  /** How often to look at all, at the latest. */
  readonly pollMs?: number | undefined;
  readonly log: Pick<Log, "warn">;
}

/** Calls of batches that wait in the queue at a time. */
const MAX_QUEUED = 2;
/** How often to look for items that a process has left when it ended. */
const POLL_MS = 5000;
const MAX_UNTOLD = 50;
/** Items that are looked at when the hours of one are over. */
const LOOK_AHEAD = 200;

/**
 * Queues the calls of batches, a few at a time, so that single calls need not wait for all of them. Any number of
 * processes may do so at the same time.
 */
export function createBatchFeeder(deps: BatchFeederDeps) {
  const { batchStore, callRecords, dialer, policy, callBudget, pollMs = POLL_MS } = deps;
  const { now, setTimer, log } = deps;
  const listeners: ((news: BatchNews) => Promise<void>)[] = [];
  const pollLoop = createPollLoop(feed, setTimer);
  const roomAt = (time: number) => ({
    most: MAX_QUEUED,
    now: time,
    paceOf: ({ plan }: BatchHead) => readPlan(plan),
    accountsOf: ({ keyName = "" }: BatchHead) =>
      callBudget.accountsOf({ direction: "outbound", keyName }),
  });

  return {
    wake: pollLoop.wake,
    close: pollLoop.close,
    /** Registers a listener for what becomes of batches; one that rejects is told again later. */
    onEvent: (listener: (news: BatchNews) => Promise<void>): void => void listeners.push(listener),
  };

  async function feed(): Promise<number> {
    try {
      await batchStore.sweep(now());
      await tell();
      // Of one moment: what is fed has been looked at.
      const room = roomAt(now());
      if (await postponeClosed(room) > 0) return 0;
      const count = await batchStore.feed({
        ...room,
        callOf(item, batch) {
          const job = batchJob(batch, item, now());
          return job && callRecords.admission(job, job.requestedAt);
        },
      });
      if (count > 0) {
        dialer.wake();
        // Refused items leave room for others.
        return 0;
      }
      const nextAt = await batchStore.nextAt(now()) ?? Infinity;
      return Math.min(pollMs, Math.max(1, nextAt - now()));
    } catch (error) {
      log.warn("Batches not read", { error });
    }
    return pollMs;
  }

  /** Lets items wait whose numbers may not be called now; resolves with how many. */
  async function postponeClosed(room: ReturnType<typeof roomAt>): Promise<number> {
    const turns = await batchStore.inTurn(room);
    // The numbering plans are loaded by whoever dials.
    if (turns.length === 0) return 0;
    const times = new OpeningTimes(await policy(), room.now);
    const closed = await closedAmong(turns, times, room.now);
    if (closed.length === 0) return 0;
    // Where the hours of one are over, they are for many.
    const ahead = await batchStore.inTurn({ most: LOOK_AHEAD, now: room.now });
    const all = [...closed, ...await closedAmong(ahead, times, room.now)];
    await batchStore.postpone(all);
    return all.length;
  }

  async function closedAmong(turns: readonly ItemInTurn[], times: OpeningTimes, at: number) {
    const closed: (ItemInTurn & { readonly until: number })[] = [];
    for (const turn of turns) {
      const { item: { number }, batch } = turn;
      const call = batchJob(batch, turn.item, at);
      if (call === undefined) continue;
      const time = await times.of({ number, week: readPlan(batch.plan).week, call }, {
        scope: batch.id,
      });
      // What is refused for good is refused when it is dialled, so that it has a record.
      if (time.ok && time.at > at) closed.push({ ...turn, until: time.at });
    }
    return closed;
  }

  async function tell(): Promise<void> {
    for (const event of await batchStore.untold(MAX_UNTOLD)) {
      const batch = await batchStore.get(event.batchId);
      if (batch !== undefined) {
        for (const listener of listeners) await listener(newsOf(event, batch));
      }
      await batchStore.markTold(event);
    }
  }
}
