import { z } from "zod";
import type { Batch, Batches, BatchItem } from "../store/batches.ts";
import type { DialQueue } from "../store/dialQueue.ts";
import type { CallStore } from "../store/calls.ts";
import { type OutboundJob, retryRule } from "./job.ts";

/** What all calls of a batch have in common. */
const batchRequest = z.object({
  agent: z.string(),
  from: z.string(),
  context: z.string().optional(),
  variables: z.record(z.string(), z.string()).optional(),
  machineDetection: z.boolean().optional(),
  retry: retryRule.optional(),
});

export type BatchRequest = Readonly<z.infer<typeof batchRequest>>;

const itemVariables = z.record(z.string(), z.string());

/** Brings the calls of batches into the queue, a few at a time, so that others need not wait for all. */
export interface BatchFeeder {
  wake(): void;
  /** A call is not on its way to being dialled any more. */
  left(callId: string): void;
  close(): Promise<void>;
}

export interface BatchFeederDeps {
  readonly batches: Batches;
  readonly queue: Pick<DialQueue, "find">;
  readonly calls: Pick<CallStore, "get">;
  /** Puts a call into the queue, written down before. */
  readonly enqueue: (job: OutboundJob) => Promise<unknown>;
  readonly now: () => number;
  readonly setTimer: (wake: () => void, delayMs: number) => () => void;
  readonly log: { warn(message: string, fields: Readonly<Record<string, unknown>>): void };
  /** Calls of batches that wait in the queue at a time. */
  readonly most?: number;
}

const LOOK_MS = 5000;

export function createBatchFeeder(deps: BatchFeederDeps): BatchFeeder {
  const { batches, queue, calls, enqueue, now, setTimer, log, most = 2 } = deps;
  const fed = new Set<string>();
  let feeding: Promise<void> | undefined;
  let feedAgain = false;
  let closed = false;
  let recovered = false;
  let cancelTimer = setTimer(wake, 0);

  function wake(): void {
    if (closed) return;
    feedAgain = feeding !== undefined;
    feeding ??= feed().finally(() => {
      feeding = undefined;
      if (feedAgain) wake();
    });
  }

  async function feed(): Promise<void> {
    cancelTimer();
    try {
      if (!recovered) await batches.recover();
      recovered = true;
      const room = most - fed.size;
      const items = room > 0 ? await batches.take(room) : [];
      for (const item of items) await begin(item);
      if (items.length > 0) feedAgain = true;
    } catch (error) {
      log.warn("Batches not read", { error });
    }
    if (!closed) cancelTimer = setTimer(wake, LOOK_MS);
  }

  async function begin(item: BatchItem): Promise<void> {
    const batch = await batches.get(item.batchId);
    const job = batch && jobOf(batch, item, now());
    if (job === undefined) {
      await batches.change(item, { state: "refused", detail: "not_understood" });
      return;
    }
    await batches.change(item, { state: "placing", callId: job.callId });
    // It may have been begun by a process that died before it could say so.
    const begun = await queue.find(job.callId) ?? await calls.get(job.callId);
    if (begun !== undefined) return;
    fed.add(job.callId);
    await enqueue(job);
  }

  return {
    wake,
    left(callId) {
      if (fed.delete(callId)) wake();
    },
    async close() {
      closed = true;
      cancelTimer();
      await feeding;
      cancelTimer();
    },
  };
}

/** The same call for the same item, whichever process begins with it. */
function jobOf(
  { id, keyName, request }: Batch,
  { item, number, variables }: BatchItem,
  now: number,
): OutboundJob | undefined {
  const common = batchRequest.safeParse(request).data;
  const own = variables === undefined ? {} : itemVariables.safeParse(variables).data;
  if (common === undefined || own === undefined || number === "") return undefined;
  return {
    ...common,
    callId: `call_${id.replace(/^batch_/, "")}n${item}`,
    to: number,
    keyName: keyName ?? "",
    variables: { ...common.variables, ...own },
    attempt: 1,
    batch: { id, item },
    requestedAt: now,
  };
}
