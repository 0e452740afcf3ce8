import type { DialPolicy, DialRefusal } from "../spending.ts";
import type { Batch, BatchItem, BatchStore, DialQueue } from "../store.ts";
import { type BatchRequest, createBatchFeeder } from "./batchFeeder.ts";
import { readJob } from "./outboundJob.ts";
import type { Asker } from "./placedCallControl.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import { PendingExceeded } from "./outboundErrors.ts";
import { stored } from "./placementDeadline.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

export interface BatchOfCalls extends BatchRequest {
  readonly keyName: string;
  readonly calls: readonly {
    readonly to: string;
    readonly variables?: Readonly<Record<string, string>> | undefined;
  }[];
}

export interface RefusedItem {
  /** In the list of calls that was given, from 0. */
  readonly index: number;
  readonly refusal: DialRefusal | Duplicate;
}

export interface Duplicate {
  readonly kind: "duplicate";
  readonly code: "duplicate_number";
  readonly sentence: string;
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

/** Lists of calls, placed one after another. */
export interface OutboundBatches {
  /** Rejects with `PendingExceeded` where too many calls of the key wait already. */
  add(batch: BatchOfCalls): Promise<AcceptedBatch>;
  state(
    id: string,
    asker: Asker,
    page: { readonly limit: number; readonly after?: number },
  ): Promise<BatchState | undefined>;
  /** Cancels what has not been dialled yet; gives how many calls that were. */
  cancel(id: string, asker: Asker): Promise<number | undefined>;
  /** Some call of a batch waits in the queue no more. */
  wake(): void;
  close(): Promise<void>;
}

export interface OutboundBatchesDeps {
  readonly batches: BatchStore;
  readonly queue: Pick<DialQueue, "find" | "withdraw">;
  readonly records: PlacedCallRecords;
  readonly policy: () => Promise<DialPolicy>;
  /** There are new calls in the queue. */
  readonly fed: () => void;
  readonly ownNumber: string;
  /** Calls of one key that may wait. */
  readonly maxPending: number;
  readonly newId: () => string;
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
}

const CANCEL_TRIES = 6;
const CANCEL_RETRY_MS = 100;
const TWICE: Duplicate = {
  kind: "duplicate",
  code: "duplicate_number",
  sentence: "The number stands in this batch already: nobody is to be rung twice at once.",
};

export function createOutboundBatches(deps: OutboundBatchesDeps): OutboundBatches {
  const { batches, queue, records, policy, now } = deps;
  const feeder = createBatchFeeder(deps);

  return {
    async add({ calls, keyName, ...request }) {
      const spending = await policy();
      const refused: RefusedItem[] = [];
      const items: { readonly number: string; readonly variables?: unknown }[] = [];
      const seen = new Set<string>();
      for (const [index, { to, variables }] of calls.entries()) {
        const decision = await stored(spending.check(to, now()));
        if (decision.ok && seen.has(decision.number)) {
          refused.push({ index, refusal: TWICE });
          continue;
        }
        if (decision.ok) seen.add(decision.number);
        // Hours come round again; everything else stays as it is.
        if (decision.ok || decision.code === "outside_hours" && decision.opensAt !== undefined) {
          items.push({ number: to, ...present({ variables }) });
        } else refused.push({ index, refusal: decision });
      }
      const batchId = deps.newId();
      if (items.length > 0) {
        const batch = { id: batchId, keyName, request, items };
        const isTaken = await stored(batches.create(batch, now(), deps.maxPending));
        if (!isTaken) throw new PendingExceeded();
        feeder.wake();
      }
      return { batchId, accepted: items.length, refused };
    },
    async state(id, asker, page) {
      const batch = await find(id, asker);
      return batch && { batch, items: await stored(batches.items(id, page)) };
    },
    async cancel(id, asker) {
      const batch = await find(id, asker);
      if (batch === undefined) return undefined;
      const cancelled = await stored(batches.cancel(id, now()));
      return cancelled + await cancelQueued(id, CANCEL_TRIES);
    },
    wake: feeder.wake,
    close: feeder.close,
  };

  async function find(id: string, { keyName, isAdmin }: Asker): Promise<Batch | undefined> {
    const batch = await stored(batches.get(id));
    return batch !== undefined && (isAdmin || batch.keyName === keyName) ? batch : undefined;
  }

  /**
   * Those that wait in the queue have a record already. One that is on its way into the queue, or
   * whose turn is being tried just now, is either placed in a moment or waits again.
   */
  async function cancelQueued(id: string, tries: number): Promise<number> {
    let cancelled = 0;
    let taken = 0;
    for (const { state, callId } of await stored(batches.items(id, { limit: 10_000 }))) {
      if (state !== "placing" || callId === undefined) continue;
      const queued = await stored(queue.find(callId));
      const job = readJob(queued?.payload);
      if (job === undefined || !await stored(queue.withdraw(callId))) {
        taken++;
        continue;
      }
      records.ended(job, { reason: "operator_hung_up" }, "cancelled");
      cancelled++;
    }
    if (taken === 0 || tries <= 1) return cancelled;
    await new Promise<void>((resolve) => deps.setTimer(resolve, CANCEL_RETRY_MS));
    return cancelled + await cancelQueued(id, tries - 1);
  }
}
