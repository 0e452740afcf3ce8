import { z } from "zod";
import type { Agents } from "../../config/agents.ts";
import { WorkSlices } from "../../utils/workSlices.ts";
import type { CallBudget, DialPolicy } from "../spending.ts";
import type { Batch, BatchFigures, BatchItem, BatchResult, NewBatchItem } from "../store.ts";
import type { BatchRequest } from "./batch/batchJob.ts";
import { type BatchPlan, readPlan } from "./batch/batchPlan.ts";
import { type BatchControlDeps, createBatchControl } from "./batch/batchControl.ts";
import { checkCalls, type CheckedCall, normalConsent } from "./batch/callChecks.ts";
import { type BatchEstimate, estimateOf } from "./batch/estimate.ts";
import type { RequestedCall } from "./batch/requestedCall.ts";
import { createBatchFeeder } from "./batchFeeder.ts";
import type { Dialer } from "./dialer.ts";
import type { Asker } from "./placedCallControl.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import { awaitStore, PendingExceeded, RequestKeyReused } from "./outboundErrors.ts";
import { sha256 } from "../../utils/sha256.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

export interface BatchOfCalls extends BatchRequest {
  readonly keyName: string;
  readonly name?: string | undefined;
  readonly plan: BatchPlan;
  /** Milliseconds since 1970. */
  readonly startsAt?: number | undefined;
  readonly endsAt?: number | undefined;
  /** Begins paused. */
  readonly paused?: boolean | undefined;
  /** Of numbers without a country code. */
  readonly country?: string | undefined;
  readonly calls: readonly RequestedCall[];
}

export type RefusedCall = Extract<CheckedCall, { ok: false }>;

export interface AcceptedBatch {
  readonly batchId: string;
  readonly accepted: number;
  readonly refused: readonly RefusedCall[];
}

/** What would become of a batch. */
export interface BatchPreview {
  readonly calls: readonly CheckedCall[];
  readonly estimate: BatchEstimate;
  /** Calls of the key's batches that may still be added. */
  readonly room: number;
}

export interface BatchState {
  readonly batch: Batch;
  readonly items: readonly BatchItem[];
}

export interface BatchDetail {
  readonly batch: Batch;
  readonly figures: BatchFigures;
  readonly events: readonly {
    readonly type: string;
    readonly at: number;
    readonly reason?: string;
  }[];
}

export interface OutboundBatchesDeps extends BatchControlDeps {
  readonly dialer: Pick<Dialer, "wake" | "onDequeued">;
  readonly callRecords: PlacedCallRecords;
  readonly policy: () => Promise<DialPolicy>;
  readonly agents: Pick<Agents, "get">;
  readonly callBudget: Pick<CallBudget, "attemptsRefusal">;
  /** Calls of a key that may wait. */
  readonly maxPendingOf: (keyName: string) => number;
  readonly pollMs?: number | undefined;
  readonly log: Pick<Log, "warn">;
}

/** Lists of calls, placed one after another. */
export function createOutboundBatches(deps: OutboundBatchesDeps) {
  const { batchStore, dialer, policy, now } = deps;
  const feeder = createBatchFeeder(deps);
  dialer.onDequeued(({ batch }) => {
    if (batch !== undefined) feeder.wake();
  });
  const control = createBatchControl({ ...deps, onChanged: feeder.wake });

  return {
    ...control,
    /**
     * Rejects with `PendingExceeded` where too many calls of the key wait already, and with
     * `RequestKeyReused`. Requests with the same `requestKey` are one: a repeated one is answered without the
     * refused calls.
     */
    async create(
      { calls, ...request }: BatchOfCalls,
      requestKey?: string,
    ): Promise<AcceptedBatch> {
      const named = requestKey === undefined
        ? { id: newId("batch") }
        : await nameByKey({ calls, ...request }, requestKey);
      const earlier = requestKey === undefined
        ? undefined
        : await awaitStore(batchStore.get(named.id));
      if (earlier !== undefined) return repeatedAnswer(earlier, named);
      const checked = await check({ calls, ...request });
      const { keyName, name, plan, startsAt, endsAt, paused, country: _, ...common } = request;
      const items = checked.flatMap((each) => each.ok ? [itemOf(each)] : []);
      const batchId = named.id;
      if (items.length > 0) {
        const batch = {
          ...{
            id: batchId,
            keyName,
            name,
            request: { ...common, bodyHash: named.bodyHash },
            plan,
            startsAt,
            endsAt,
            items,
          },
          ...(paused === true && { isPaused: true }),
        };
        const most = deps.maxPendingOf(keyName);
        const isCreated = await awaitStore(batchStore.create(batch, now(), most));
        if (!isCreated) throw new PendingExceeded(most);
        feeder.wake();
      }
      return { batchId, accepted: items.length, refused: checked.filter((each) => !each.ok) };
    },
    /** What `create` would do; keeps and places nothing. */
    async preview(request: BatchOfCalls): Promise<BatchPreview> {
      const calls = await check(request);
      const { keyName, agent } = request;
      const [pending, usual] = await Promise.all([
        awaitStore(batchStore.pending(keyName)),
        awaitStore(batchStore.usualCall(agent)),
      ]);
      const { estimatedUsdPerMinute } = await policy();
      return {
        calls,
        estimate: estimateOf(calls, usual, estimatedUsdPerMinute),
        room: Math.max(0, deps.maxPendingOf(keyName) - pending),
      };
    },
    async state(
      id: string,
      asker: Asker,
      page: { readonly limit: number; readonly after?: number },
    ): Promise<BatchState | undefined> {
      const batch = await control.find(id, asker);
      return batch && { batch, items: await awaitStore(batchStore.items(id, page)) };
    },
    async detail(id: string, asker: Asker): Promise<BatchDetail | undefined> {
      const batch = await control.find(id, asker);
      if (batch === undefined) return undefined;
      const [figures, events] = await Promise.all([
        awaitStore(batchStore.figures(id, now())),
        awaitStore(batchStore.eventsOf(id, MAX_EVENTS)),
      ]);
      return { batch, figures, events };
    },
    /** The latest first; those of the asker's key, or for an admin of all. */
    list: (
      { keyName, isAdmin }: Asker,
      page: { readonly limit: number; readonly before?: string | undefined },
    ): Promise<readonly Batch[]> =>
      awaitStore(batchStore.list({ ...page, keyName: isAdmin ? undefined : keyName ?? "" })),
    /** The items from after one on, with their calls. Of a batch that `find` has found. */
    results: (
      id: string,
      page: { readonly limit: number; readonly after?: number },
    ): Promise<readonly BatchResult[]> => awaitStore(batchStore.results(id, page)),
    onEvent: feeder.onEvent,
    wake: feeder.wake,
    close: feeder.close,
  };

  async function check(
    { plan, ...request }: BatchOfCalls,
  ): Promise<readonly CheckedCall[]> {
    return await checkCalls(
      { ...request, plan: readPlan(plan), now: now() },
      {
        policy: await policy(),
        taken: batchStore.taken,
        callBudget: deps.callBudget,
        agentProblem: (agent) =>
          deps.agents.get(agent) === undefined ? "There is no agent of this name." : undefined,
      },
      new WorkSlices(),
    );
  }
}

const MAX_EVENTS = 50;

interface NamedBatch {
  readonly id: string;
  readonly bodyHash?: string;
}

/** The same request gets the same name in every process, however often it is sent. */
async function nameByKey(
  { calls, ...rest }: BatchOfCalls,
  requestKey: string,
): Promise<NamedBatch> {
  const slices = new WorkSlices();
  let bodyHash = sha256(JSON.stringify(rest)).toHex();
  for (const call of calls) {
    await slices.pause();
    bodyHash = sha256(bodyHash + JSON.stringify(call)).toHex();
  }
  const digest = sha256(`${rest.keyName}\n${requestKey}`).toHex();
  return { id: `batch_${digest.slice(0, 40)}`, bodyHash };
}

function repeatedAnswer({ id, request, progress }: Batch, { bodyHash }: NamedBatch): AcceptedBatch {
  const known = storedHash.safeParse(request).data?.bodyHash;
  // That of a batch whose people are all erased is gone.
  if (known !== undefined && known !== bodyHash) throw new RequestKeyReused();
  const accepted = Object.values(progress).reduce((sum, items) => sum + items, 0);
  return { batchId: id, accepted, refused: [] };
}

const storedHash = z.object({ bodyHash: z.string().optional() });

function itemOf(checked: Extract<CheckedCall, { ok: true }>): NewBatchItem {
  const { number, call: { variables, id, agent, language, consent }, requestKey, opensAt } =
    checked;
  const details = present({
    ...{ agent, language },
    consent: consent && normalConsent(consent),
  });
  return {
    number,
    ...present({ variables, reference: id, requestKey, dueAt: opensAt }),
    ...(Object.keys(details).length > 0 && { details }),
  };
}
