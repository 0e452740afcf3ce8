import { sleep } from "../../../utils/sleep.ts";
import type { Clock } from "../../../utils/clock.ts";
import type { DialPolicy } from "../../spending.ts";
import type { Batch, BatchStore, DialQueue } from "../../store.ts";
import { awaitStore, BatchConflict, DestinationRefused } from "../outboundErrors.ts";
import { readJob } from "../outboundJob.ts";
import type { Asker } from "../placedCallControl.ts";
import type { PlacedCallRecords } from "../placedCallRecords.ts";
import { batchJob } from "./batchJob.ts";
import { type BatchPlan, readPlan } from "./batchPlan.ts";

export interface BatchControlDeps extends Clock {
  readonly batchStore: BatchStore;
  readonly queue: Pick<DialQueue, "find" | "withdraw">;
  readonly callRecords: Pick<PlacedCallRecords, "end">;
  readonly policy: () => Promise<DialPolicy>;
}

/** What an operator changes of a paused batch; null takes a bound away. */
export interface BatchEdit {
  readonly name?: string | undefined;
  readonly startsAt?: number | null | undefined;
  readonly endsAt?: number | null | undefined;
  readonly plan?: { readonly [Name in keyof BatchPlan]?: BatchPlan[Name] | null } | undefined;
}

/** How long a cancellation waits for calls that are being dialled. */
const CANCEL_TRIES = 50;
const CANCEL_RETRY_MS = 100;

/** What operators do with batches. All of it resolves with undefined for a batch the asker cannot see. */
export function createBatchControl(
  deps: BatchControlDeps & { readonly onChanged: () => void },
) {
  const { batchStore, queue, callRecords, policy, now, setTimer, onChanged } = deps;

  return {
    find,
    /**
     * Cancels what has not been dialled yet; resolves with the number of those calls, none of which is dialled
     * any more: 0 where it was cancelled before. Rejects with `BatchConflict` where it is done.
     */
    async cancel(id: string, asker: Asker): Promise<number | undefined> {
      const batch = await find(id, asker);
      if (batch === undefined) return undefined;
      if (batch.state !== "cancelled" && batch.doneAt !== undefined) {
        throw new BatchConflict("batch_over");
      }
      const cancelled = await awaitStore(batchStore.cancel(id, now()));
      const queued = await awaitStore(batchStore.queuedCalls(id));
      await cancelQueued(id, queued);
      onChanged();
      return cancelled + await awaitStore(batchStore.cancelledAmong(queued));
    },
    /** Dials nothing more; calls that have been dialled go on. Rejects with `BatchConflict`. */
    async pause(id: string, asker: Asker): Promise<Batch | undefined> {
      const batch = await find(id, asker);
      if (batch === undefined) return undefined;
      const isPaused = await awaitStore(batchStore.pause(id, now()));
      if (!isPaused && batch.state !== "paused") throw new BatchConflict("batch_over");
      onChanged();
      return await find(id, asker);
    },
    /** Rejects with `BatchConflict`, also where what it may cost is spent. */
    async resume(id: string, asker: Asker): Promise<Batch | undefined> {
      const batch = await find(id, asker);
      if (batch === undefined) return undefined;
      const { usd } = await awaitStore(batchStore.figures(id, now()));
      if (batch.state === "paused" && usd >= readPlan(batch.plan).breaker.usd) {
        throw new BatchConflict("batch_spent");
      }
      const isResumed = await awaitStore(batchStore.resume(id, now()));
      if (!isResumed && (batch.state !== "running" || batch.doneAt !== undefined)) {
        throw new BatchConflict("batch_over");
      }
      onChanged();
      return await find(id, asker);
    },
    /** Rejects with `BatchConflict` where it is not paused. */
    async edit(id: string, asker: Asker, edit: BatchEdit): Promise<Batch | undefined> {
      const batch = await find(id, asker);
      if (batch === undefined) return undefined;
      const { plan, ...changes } = edit;
      const [startsAt = batch.startsAt, endsAt = batch.endsAt] = [edit.startsAt, edit.endsAt];
      if (endsAt != null && endsAt <= Math.max(now(), startsAt ?? 0)) {
        throw new BatchConflict("ends_before");
      }
      const isChanged = await awaitStore(
        batchStore.change(id, {
          ...changes,
          ...(plan !== undefined && { plan: merged(batch.plan, plan) }),
        }),
      );
      if (!isChanged) throw new BatchConflict("batch_not_paused");
      return await find(id, asker);
    },
    /** Changes whom an item calls, or what is said. Rejects with `BatchConflict`. */
    async editItem(
      id: string,
      asker: Asker,
      { item, to, variables }: {
        readonly item: number;
        readonly to?: string | undefined;
        readonly variables?: Readonly<Record<string, string>> | undefined;
      },
    ): Promise<true | undefined> {
      const batch = await find(id, asker);
      if (batch === undefined) return undefined;
      const [known] = await awaitStore(batchStore.items(id, { limit: 1, after: item - 1 }));
      if (known === undefined || known.item !== item) return undefined;
      if (known.state === "refused") throw new BatchConflict("item_refused");
      const number = to ?? known.number;
      if (to !== undefined) {
        const decision = await awaitStore(
          (await policy()).check(to, now(), batchJob(batch, known, now())),
        );
        if (!decision.ok && decision.code !== "outside_hours") {
          throw new DestinationRefused(decision);
        }
      }
      const outcome = await awaitStore(
        batchStore.changeItem(id, item, { number, variables: variables ?? known.variables }),
      );
      if (outcome !== "changed") throw new BatchConflict(outcome);
      return true;
    },
    /** Takes one item out that has not been dialled. Rejects with `BatchConflict`. */
    async cancelItem(id: string, asker: Asker, item: number): Promise<true | undefined> {
      if (await find(id, asker) === undefined) return undefined;
      const [known] = await awaitStore(batchStore.items(id, { limit: 1, after: item - 1 }));
      if (known?.item === item && known.state === "refused") {
        throw new BatchConflict("item_refused");
      }
      if (!await awaitStore(batchStore.cancelItem(id, item))) {
        throw new BatchConflict("item_not_pending");
      }
      onChanged();
      return true;
    },
  };

  async function find(id: string, { keyName, seesAll }: Asker): Promise<Batch | undefined> {
    const batch = await awaitStore(batchStore.get(id));
    return batch !== undefined && (seesAll || batch.keyName === keyName) ? batch : undefined;
  }

  /**
   * Takes the queued calls of a batch out of the queue. One that has been taken to be dialled is waited for:
   * whoever dials it notices that its batch is cancelled, or has dialled it already.
   */
  async function cancelQueued(id: string, queued: readonly string[]): Promise<void> {
    let left = queued;
    for (let tries = 1; left.length > 0; tries++) {
      for (const callId of left) {
        const job = readJob((await awaitStore(queue.find(callId)))?.payload);
        if (job === undefined || !await awaitStore(queue.withdraw(callId))) continue;
        callRecords.end(job, { reason: "operator_hung_up" }, "cancelled");
      }
      left = await awaitStore(batchStore.queuedCalls(id));
      if (left.length === 0 || tries >= CANCEL_TRIES) return;
      await sleep(CANCEL_RETRY_MS, { setTimer });
    }
  }
}

function merged(stored: unknown, changes: NonNullable<BatchEdit["plan"]>): unknown {
  const plan = Object.entries({ ...(stored as object | undefined), ...changes });
  return Object.fromEntries(plan.filter(([, value]) => value !== null && value !== undefined));
}
