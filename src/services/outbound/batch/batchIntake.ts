import { z } from "zod";
import type { Agents } from "../../../config/agents.ts";
import { newId } from "../../../utils/ids.ts";
import { present } from "../../../utils/present.ts";
import { sha256 } from "../../../utils/sha256.ts";
import { WorkSlices } from "../../../utils/workSlices.ts";
import type { CallBudget, DialPolicy } from "../../spending.ts";
import type { Batch, BatchItem, BatchStore, NewBatchItem } from "../../store.ts";
import { awaitStore, BatchRefused, PendingExceeded, RequestKeyReused } from "../outboundErrors.ts";
import type { BatchColumn } from "./batchColumns.ts";
import type { BatchRequest } from "./batchJob.ts";
import { type BatchPlan, readPlan } from "./batchPlan.ts";
import { checkCalls, type CheckedCall } from "./callChecks.ts";
import { describeCalls, missingAmong } from "./describeCalls.ts";
import { type BatchEstimate, estimateOf } from "./estimate.ts";
import { detailsOf, type RefusedLine, refusedLineOf } from "./lineDetails.ts";
import type { RequestedCall } from "./requestedCall.ts";

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
  /** Of the table that they come from. */
  readonly columns?: readonly BatchColumn[] | undefined;
}

interface AcceptedBatch {
  readonly batchId: string;
  readonly accepted: number;
  readonly refused: readonly RefusedLine[];
  /** Variables that at least one call has no value for. */
  readonly missing: readonly string[];
}

/** What would become of a batch. */
export interface BatchPreview {
  readonly calls: readonly CheckedCall[];
  readonly estimate: BatchEstimate;
  /** Calls of the key's batches that may still be added. */
  readonly room: number;
}

export interface BatchIntakeDeps {
  readonly batchStore: Pick<
    BatchStore,
    "create" | "get" | "pending" | "refusedItems" | "taken" | "usualCall"
  >;
  readonly policy: () => Promise<DialPolicy>;
  readonly agents: Pick<Agents, "get">;
  readonly callBudget: Pick<CallBudget, "accountsOf" | "calledEnough">;
  /** Calls of a key that may wait. */
  readonly maxPendingOf: (keyName: string) => number;
  readonly now: () => number;
}

/** Checks lists of calls, and stores those that are to be placed. */
export function createBatchIntake(
  deps: BatchIntakeDeps & { readonly onStored: () => void },
) {
  const { batchStore, policy, now } = deps;

  return {
    /**
     * Rejects with `PendingExceeded` where too many calls of the key wait already, and with
     * `RequestKeyReused`, or `BatchRefused` where its options fit no call. Requests with the same
     * `requestKey` are one, and have one answer.
     */
    create,
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
        estimate: await estimateOf(calls, usual, estimatedUsdPerMinute, new WorkSlices()),
        room: Math.max(0, deps.maxPendingOf(keyName) - pending),
      };
    },
  };

  async function create(
    { calls, columns, ...request }: BatchOfCalls,
    requestKey?: string,
  ): Promise<AcceptedBatch> {
    const named = requestKey === undefined
      ? { id: newId("batch") }
      : await nameByKey({ calls, ...request }, requestKey);
    const earlier = requestKey === undefined
      ? undefined
      : await awaitStore(batchStore.get(named.id));
    if (earlier !== undefined) return await repeatedAnswer(earlier, named);
    const checked = await check({ calls, columns, ...request });
    const { keyName, name, plan, startsAt, endsAt, paused, country: _, ...common } = request;
    const batch = {
      ...{ id: named.id, keyName, name, plan, startsAt, endsAt },
      request: { ...common, bodyHash: named.bodyHash, missing: missingAmong(checked) },
      items: await mapped(checked, itemOf),
      ...(paused === true && { isPaused: true }),
    };
    const most = deps.maxPendingOf(keyName);
    switch (await awaitStore(batchStore.create(batch, now(), most))) {
      case "full":
        throw new PendingExceeded(most);
      case "exists":
      case "taken":
        // Another request came first: now it is known.
        return await create({ calls, columns, ...request }, requestKey);
      case "stored":
        deps.onStored();
        return await answerOf(named.id, checked);
    }
  }

  /** As the first one was answered. */
  async function repeatedAnswer(
    { id, request, progress }: Batch,
    { bodyHash }: NamedBatch,
  ): Promise<AcceptedBatch> {
    const { bodyHash: known, missing = [] } = storedAnswer.safeParse(request).data ?? {};
    // That of a batch whose people are all erased is gone.
    if (known !== undefined && known !== bodyHash) throw new RequestKeyReused();
    const refused: RefusedLine[] = [];
    for (let after: number | undefined = -1; after !== undefined;) {
      const items: readonly BatchItem[] = await awaitStore(
        batchStore.refusedItems(id, { limit: PAGE, after }),
      );
      refused.push(...items.flatMap((item) => refusedLineOf(item) ?? []));
      after = items.length < PAGE ? undefined : items.at(-1)?.item;
    }
    const total = Object.values(progress).reduce((sum, items) => sum + items, 0);
    return { batchId: id, accepted: total - refused.length, refused, missing };
  }

  async function check(
    { plan, columns, ...request }: BatchOfCalls,
  ): Promise<readonly CheckedCall[]> {
    const rules = await policy();
    const { country, endsAt = Infinity } = request;
    if (country !== undefined && !rules.hasNumbers(country)) {
      throw new BatchRefused("unknown_country");
    }
    if (endsAt <= now()) throw new BatchRefused("ends_in_past");
    const slices = new WorkSlices();
    const checked = await checkCalls(
      { ...request, plan: readPlan(plan), now: now() },
      {
        policy: rules,
        taken: batchStore.taken,
        callBudget: deps.callBudget,
        agentProblem: (agent) =>
          deps.agents.get(agent) === undefined ? "There is no agent of this name." : undefined,
      },
      slices,
    );
    return await describeCalls(checked, request, { columns, agents: deps.agents, slices });
  }
}

/** Refused lines that are read at a time. */
const PAGE = 500;

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

const storedAnswer = z.object({
  bodyHash: z.string().optional(),
  missing: z.array(z.string()).optional(),
});

async function answerOf(
  batchId: string,
  checked: readonly CheckedCall[],
): Promise<AcceptedBatch> {
  const refused = await mapped(checked.filter((each) => !each.ok), (each) => {
    const { index, call: { line }, refusal } = each;
    return { index, ...present({ line }), refusal };
  });
  return {
    batchId,
    accepted: checked.length - refused.length,
    refused,
    missing: missingAmong(checked),
  };
}

/** A refused line is kept as well, so that results tell of it; its id stays free. */
function itemOf(checked: CheckedCall): NewBatchItem {
  const { call: { to, variables, id } } = checked;
  return {
    number: checked.number ?? to.slice(0, MAX_WRITTEN),
    ...present({ variables, reference: id, details: detailsOf(checked) }),
    ...(checked.ok
      ? present({ requestKey: checked.requestKey, dueAt: checked.opensAt })
      : { refusal: checked.refusal.code }),
  };
}

/** What is kept of a number that cannot be read, in characters. */
const MAX_WRITTEN = 100;

/** In slices. */
async function mapped<From, To>(
  list: readonly From[],
  toOther: (each: From) => To,
): Promise<readonly To[]> {
  const slices = new WorkSlices();
  const others: To[] = [];
  for (const each of list) {
    await slices.pause();
    others.push(toOther(each));
  }
  return others;
}
