import type { DialPolicy, DialRefusal } from "../spending.ts";
import type { Batch, BatchItem, BatchStore, DialQueue } from "../store.ts";
import { type BatchRequest, createBatchFeeder } from "./batchFeeder.ts";
import type { Dialer } from "./dialer.ts";
import { readJob } from "./outboundJob.ts";
import type { Asker } from "./placedCallControl.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import { awaitStore, PendingExceeded } from "./outboundErrors.ts";
import { newId } from "../../utils/ids.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import { sleep } from "../../utils/sleep.ts";

export interface BatchOfCalls extends BatchRequest {
  readonly keyName: string;
  readonly calls: readonly {
    readonly to: string;
    readonly variables?: Readonly<Record<string, string>> | undefined;
  }[];
}

export interface RefusedItem {
  /** In the list of the request, from 0. */
  readonly index: number;
  readonly refusal: DialRefusal | typeof DUPLICATE;
}

export interface AcceptedBatch {
  readonly batchId: string;
  readonly accepted: number;
  readonly refused: readonly RefusedItem[];
}

export interface BatchState {
  readonly batch: Batch;
  readonly items: readonly BatchItem[];
}

export interface OutboundBatchesDeps extends Clock {
  readonly batchStore: BatchStore;
  readonly queue: Pick<DialQueue, "find" | "withdraw">;
  readonly dialer: Pick<Dialer, "wake" | "onDequeued">;
  readonly callRecords: PlacedCallRecords;
  readonly policy: () => Promise<DialPolicy>;
  /** Calls of one key that may wait. */
  readonly maxPending: number;
  readonly log: Pick<Log, "warn">;
}

const CANCEL_TRIES = 6;
const CANCEL_RETRY_MS = 100;
const DUPLICATE = {
  kind: "duplicate",
  code: "duplicate_number",
  sentence: "This number is in the batch already.",
} as const;

/** Lists of calls, placed one after another. */
export function createOutboundBatches(deps: OutboundBatchesDeps) {
  const { batchStore, queue, dialer, callRecords, policy, now, setTimer } = deps;
  const feeder = createBatchFeeder(deps);
  dialer.onDequeued(({ batch }) => {
    if (batch !== undefined) feeder.wake();
  });

  return {
    /** Rejects with `PendingExceeded` where too many calls of the key wait already. */
    async create({ calls, keyName, ...request }: BatchOfCalls): Promise<AcceptedBatch> {
      const spending = await policy();
      const refused: RefusedItem[] = [];
      const items: { readonly number: string; readonly variables?: unknown }[] = [];
      const seen = new Set<string>();
      for (const [index, { to, variables }] of calls.entries()) {
        const decision = await awaitStore(spending.check(to, now()));
        if (decision.ok && seen.has(decision.number)) {
          refused.push({ index, refusal: DUPLICATE });
          continue;
        }
        if (decision.ok) seen.add(decision.number);
        // Outside calling hours a call waits; all other refusals are final.
        if (decision.ok || decision.code === "outside_hours" && decision.opensAt !== undefined) {
          items.push({ number: to, ...present({ variables }) });
        } else refused.push({ index, refusal: decision });
      }
      const batchId = newId("batch");
      if (items.length > 0) {
        const batch = { id: batchId, keyName, request, items };
        const isCreated = await awaitStore(batchStore.create(batch, now(), deps.maxPending));
        if (!isCreated) throw new PendingExceeded();
        feeder.wake();
      }
      return { batchId, accepted: items.length, refused };
    },
    async state(
      id: string,
      asker: Asker,
      page: { readonly limit: number; readonly after?: number },
    ): Promise<BatchState | undefined> {
      const batch = await find(id, asker);
      return batch && { batch, items: await awaitStore(batchStore.items(id, page)) };
    },
    /** Cancels what has not been dialled yet; resolves with the number of those calls. */
    async cancel(id: string, asker: Asker): Promise<number | undefined> {
      const batch = await find(id, asker);
      if (batch === undefined) return undefined;
      const cancelled = await awaitStore(batchStore.cancel(id, now()));
      return cancelled + await cancelQueued(id, CANCEL_TRIES);
    },
    close: feeder.close,
  };

  async function find(id: string, { keyName, isAdmin }: Asker): Promise<Batch | undefined> {
    const batch = await awaitStore(batchStore.get(id));
    return batch !== undefined && (isAdmin || batch.keyName === keyName) ? batch : undefined;
  }

  /**
   * Withdraws the batch's calls from the dial queue. One that is being queued or dialled at this moment
   * cannot be withdrawn and is tried again.
   */
  async function cancelQueued(id: string, tries: number): Promise<number> {
    let cancelled = 0;
    let claimed = 0;
    for (const { state, callId } of await awaitStore(batchStore.items(id, { limit: 10_000 }))) {
      if (state !== "placing" || callId === undefined) continue;
      const queued = await awaitStore(queue.find(callId));
      const job = readJob(queued?.payload);
      if (job === undefined || !await awaitStore(queue.withdraw(callId))) {
        claimed++;
        continue;
      }
      callRecords.end(job, { reason: "operator_hung_up" }, "cancelled");
      cancelled++;
    }
    if (claimed === 0 || tries <= 1) return cancelled;
    await sleep(CANCEL_RETRY_MS, { setTimer });
    return cancelled + await cancelQueued(id, tries - 1);
  }
}
