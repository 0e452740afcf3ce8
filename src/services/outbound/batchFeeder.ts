import { z } from "zod";
import { createPollLoop, type PollLoop } from "../../utils/pollLoop.ts";
import type { Batch, BatchItem, BatchStore } from "../store.ts";
import type { Dialer } from "./dialer.ts";
import { type OutboundJob, outboundJob } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** What all calls of a batch have in common. */
const batchRequest = outboundJob.pick({
  agent: true,
  from: true,
  context: true,
  variables: true,
  machineDetection: true,
  retry: true,
});

export type BatchRequest = Readonly<z.infer<typeof batchRequest>>;

const itemVariables = z.record(z.string(), z.string());

export interface BatchFeederDeps extends Clock {
  readonly batchStore: Pick<BatchStore, "feed">;
  readonly callRecords: Pick<PlacedCallRecords, "admission">;
  readonly dialer: Pick<Dialer, "wake">;
  readonly log: Pick<Log, "warn">;
}

/** Calls of batches that wait in the queue at a time. */
const MAX_QUEUED = 2;
/** How often to look for items that a process has left when it ended. */
const POLL_MS = 5000;

/** Queues the calls of batches, a few at a time, so that single calls need not wait for all of them. */
export function createBatchFeeder(deps: BatchFeederDeps): PollLoop {
  const { batchStore, callRecords, dialer, now, setTimer, log } = deps;
  return createPollLoop(feed, setTimer);

  async function feed(): Promise<number> {
    try {
      const count = await batchStore.feed({
        most: MAX_QUEUED,
        now: now(),
        callOf(item, batch) {
          const job = jobOf(batch, item, now());
          return job && callRecords.admission(job, job.requestedAt);
        },
      });
      if (count > 0) {
        dialer.wake();
        // Refused items leave room for others.
        return 0;
      }
    } catch (error) {
      log.warn("Batches not read", { error });
    }
    return POLL_MS;
  }
}

/** The job of an item; its call id is the same in every process, so that it is queued once. */
function jobOf(
  { id, keyName, request }: Pick<Batch, "id" | "keyName" | "request">,
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
