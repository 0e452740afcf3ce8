import type { CallBudget, DialPolicy } from "../spending.ts";
import type { Routing } from "../routing.ts";
import type { StoredResponse } from "../store.ts";
import type { ActiveCalls } from "./activeCalls.ts";
import type { Dialer } from "./dialer.ts";
import type { Idempotency } from "./idempotency.ts";
import {
  awaitStore,
  BudgetExceeded,
  CallNotWanted,
  DestinationRefused,
  OutcomeUnknown,
  StoreUnavailable,
} from "./outboundErrors.ts";
import type { OutboundJob } from "./outboundJob.ts";
import { newId } from "../../utils/ids.ts";
import { sha256 } from "../../utils/sha256.ts";
import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import { isRecord } from "../../utils/isRecord.ts";

/** A call that a client asks for. */
export interface OutboundRequest extends
  Pick<
    OutboundJob,
    "to" | "agent" | "keyName" | "context" | "variables" | "machineDetection" | "retry" | "consent"
  > {
  /** Default: the server's own number. */
  readonly from?: string | undefined;
}

export interface CallPlacementDeps extends Pick<Clock, "now"> {
  readonly policy: () => Promise<DialPolicy>;
  readonly callBudget: Pick<CallBudget, "reserve" | "release">;
  readonly maxCallMs: number;
  readonly routing: Pick<Routing, "route">;
  readonly dialer: Pick<Dialer, "enqueue">;
  readonly idempotency: Idempotency;
  readonly activeCalls: Pick<ActiveCalls, "capacityRefusal">;
  /** False while the store is known to fail. */
  readonly storeAnswers: () => boolean;
  readonly ownNumber: string;
}

/** Places calls for clients of the API. */
export function createCallPlacement(deps: CallPlacementDeps) {
  const { callBudget, maxCallMs, now } = deps;

  return {
    /**
     * Places a call, or queues it where it has to wait; resolves with the answer to the request. Requests
     * with the same `requestKey` are one. Rejects with `DestinationRefused`, `BudgetExceeded`,
     * `CallRefused`, `OutcomeUnknown`, `StoreUnavailable` or a `TwilioProblem`.
     */
    async place(request: OutboundRequest, requestKey?: string): Promise<StoredResponse> {
      const callId = newId("call");
      if (requestKey === undefined) return await place(request, callId);
      const bodyHash = hashOf(request);
      const { keyName } = request;
      return await deps.idempotency.run(
        { keyName, requestKey, bodyHash, callId },
        () => place(request, callId),
      );
    },
  };

  async function place(request: OutboundRequest, callId: string): Promise<StoredResponse> {
    if (!deps.storeAnswers()) throw new StoreUnavailable("Cannot place the call: no store");
    const checkedAt = now();
    const policy = await deps.policy();
    const decision = await awaitStore(policy.check(request.to, checkedAt, request));
    if (!decision.ok) throw new DestinationRefused(decision);
    const refusal = deps.activeCalls.capacityRefusal();
    if (refusal !== undefined) throw refusal;
    const [to, from] = [decision.number, request.from ?? deps.ownNumber];
    const job: OutboundJob = {
      ...request,
      ...await routed(request, { callId, to, from }),
      callId,
      to,
      from,
      attempt: 1,
      requestedAt: now(),
    };
    const reserved = await awaitStore(
      callBudget.reserve(job, maxCallMs, now()),
      () => callBudget.release(callId),
    );
    if (!reserved.ok) throw new BudgetExceeded(reserved);
    return await enqueue({ ...job, minutes: reserved.minutes }, checkedAt);
  }

  /** What the operator's endpoint says of the call goes before what the request says. */
  async function routed(
    { agent: named, variables, context }: OutboundRequest,
    { callId, to: caller, from: called }: Pick<OutboundJob, "callId" | "to" | "from">,
  ) {
    const call = { callId, direction: "outbound", named, caller, called } as const;
    const { agent, refuse, told } = await deps.routing.route(call);
    if (refuse !== undefined) {
      throw new CallNotWanted(
        refuse === true ? "The endpoint of CALL_URL refuses this call." : refuse.sentence,
      );
    }
    const all = told.variables === undefined ? variables : { ...variables, ...told.variables };
    return { ...told, agent, ...present({ variables: all, context: told.context ?? context }) };
  }

  async function enqueue(job: OutboundJob, checkedAt: number): Promise<StoredResponse> {
    const { callId } = job;
    try {
      const result = await deps.dialer.enqueue(job, checkedAt);
      return "callSid" in result
        ? { status: 200, body: { success: true, callSid: result.callSid, callId } }
        : {
          status: 202,
          body: { success: true, callId, status: "queued", position: result.position },
        };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      // The store was only slow: the call may still be dialled.
      if (error.cause === undefined) throw new OutcomeUnknown(callId);
      await callBudget.release(callId).catch(() => {});
      throw error;
    }
  }
}

/** The same for the same request, however its fields are ordered. */
function hashOf(request: OutboundRequest): string {
  const text = JSON.stringify(
    request,
    (_, value) =>
      isRecord(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
        : value,
  );
  return sha256(text).toHex();
}
