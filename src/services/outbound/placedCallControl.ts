import { z } from "zod";
import {
  advance,
  type CallProgress,
  callStatuses,
  isFinal,
  type TwilioCalls,
} from "../twilioOutbound.ts";
import { type InstanceRpc, InstanceTimeout } from "../cluster.ts";
import {
  type CallOutcome,
  type CallRecord,
  type CallStore,
  connectedMsOf,
  type DialQueue,
} from "../store.ts";
import { statusOf } from "../records.ts";
import { readJob, retryCallId } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import { type ActiveCall, type ActiveCalls, isUnanswered } from "./activeCalls.ts";
import type { CallFinalizer } from "./callFinalizer.ts";
import { awaitStore } from "./outboundErrors.ts";
import { present } from "../../utils/present.ts";

/** The client that asks about a call. */
export interface Asker {
  readonly keyName?: string;
  /** Sees the calls of every key. */
  readonly seesAll: boolean;
}

export const outboundStatuses = [...callStatuses, "unknown"] as const;
export type OutboundStatus = (typeof outboundStatuses)[number];

/** A placed call, as the API shows it. */
export interface OutboundState {
  readonly callId: string;
  /** Once Twilio has the call. */
  readonly callSid?: string;
  readonly agent: string;
  readonly to: string;
  /** `unknown` while it is not known whether the call was placed. */
  readonly status: OutboundStatus;
  /** Among the calls that wait to be placed from the same number, from 1. */
  readonly position?: number;
  readonly outcome?: CallOutcome;
  readonly answeredBy?: string;
  readonly durationSeconds?: number;
  readonly sipCode?: string;
  /** Why it could not be placed, or how it ended. */
  readonly detail?: string;
  /** The call that tries it again. */
  readonly retriedBy?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface PlacedCallControlDeps {
  readonly activeCalls: ActiveCalls;
  readonly callRecords: Pick<PlacedCallRecords, "update" | "end">;
  readonly twilio: Pick<TwilioCalls, "end">;
  readonly queue: Pick<DialQueue, "find" | "position" | "withdraw">;
  readonly callStore: Pick<CallStore, "get" | "bySid">;
  readonly finalizer: Pick<CallFinalizer, "whenFinalized">;
  readonly rpc: InstanceRpc;
}

const KIND = "hangUpPlaced";
const placedCall = z.object({ callId: z.string() });
const endedCall = z.object({ callSid: z.string().nullable() });

/** Shows and ends placed calls, by Twilio's id or ours. */
export function createPlacedCallControl(deps: PlacedCallControlDeps) {
  const { activeCalls, callRecords, twilio, queue, callStore, finalizer, rpc } = deps;

  rpc.handle(KIND, (body) => {
    const { data } = placedCall.safeParse(body);
    const call = data && activeCalls.get(data.callId);
    if (call === undefined || isOver(call)) return undefined;
    beginEnd(call);
    return { callSid: call.callSid ?? null };
  });

  return {
    async state(id: string, asker: Asker): Promise<OutboundState | undefined> {
      const record = await find(id, asker);
      return record && await view(record);
    },
    /** Ends a call in whatever state it is; undefined where there is none. */
    async hangUp(id: string, asker: Asker): Promise<OutboundState | undefined> {
      const record = await find(id, asker);
      if (record === undefined) return undefined;
      if (record.status !== "ended" && !isOver(activeCalls.get(record.id))) await end(record);
      const ended = await awaitStore(callStore.get(record.id));
      return await view(ended ?? record);
    },
  };

  async function find(id: string, { keyName, seesAll }: Asker): Promise<CallRecord | undefined> {
    const local = activeCalls.bySid(id);
    const record = await awaitStore(
      local === undefined && id.startsWith("CA")
        ? callStore.bySid(id)
        : callStore.get(local?.job.callId ?? id),
    );
    if (record === undefined || record.direction !== "outbound") return undefined;
    return seesAll || record.keyName === keyName ? record : undefined;
  }

  async function view(record: CallRecord): Promise<OutboundState> {
    const call = activeCalls.get(record.id);
    const waits = record.status === "queued" && call === undefined;
    const position = waits ? await awaitStore(queue.position(record.id)) : undefined;
    return stateOf(record, {
      progress: call?.progress,
      callSid: call?.callSid,
      position,
      unknown: record.outcome === "unknown" ||
        record.status === "queued" && record.callSid === undefined &&
          (call === undefined
            ? position === undefined
            : call.callSid === undefined && call.unresolved),
      retriedBy: await retryOf(record),
    });
  }

  /** The id of the next attempt is derived from this one's, as in `retryCallId`. */
  async function retryOf(record: CallRecord): Promise<string | undefined> {
    if (record.status !== "ended") return undefined;
    const [, first = record.id, retry = "0"] =
      /^(call_[0-9a-z]{26}(?:n\d+)?)r(\d+)$/.exec(record.id) ??
        [];
    const callId = retryCallId({ callId: first, attempt: Number(retry) + 1 });
    return (await awaitStore(callStore.get(callId)))?.id;
  }

  async function end(record: CallRecord): Promise<void> {
    const call = activeCalls.get(record.id);
    const isElsewhere = record.status === "live" && call?.detection.connected !== true;
    if (call !== undefined && !isElsewhere) return await endHere(call);
    const queued = await awaitStore(queue.find(record.id));
    const job = readJob(queued?.payload);
    if (job !== undefined && await awaitStore(queue.withdraw(record.id))) {
      callRecords.end(job, { reason: "operator_hung_up" }, "cancelled");
      return await finalizer.whenFinalized(record.id);
    }
    const isAnswered = record.status === "live";
    const callSid = await beginEndElsewhere(record);
    if (callSid === undefined) return;
    if (!isAnswered) callRecords.update(record.id, { outcome: "cancelled" });
    await twilio.end(callSid, { unanswered: !isAnswered });
  }

  /**
   * Makes the process that holds the call record why it ends; resolves with Twilio's id, if known. Where
   * that process does not answer, the call is ended at Twilio without it.
   */
  async function beginEndElsewhere({ id, callSid }: CallRecord): Promise<string | undefined> {
    if (rpc.isSingle) return callSid;
    try {
      const there = endedCall.parse(await rpc.request(KIND, { callId: id }));
      return there.callSid ?? callSid;
    } catch (error) {
      if (callSid !== undefined && error instanceof InstanceTimeout) return callSid;
      throw error;
    }
  }

  async function endHere(call: ActiveCall): Promise<void> {
    const { job, callSid } = call;
    const unanswered = isUnanswered(call);
    // The end of a session that has a stream is told to Twilio by its leg.
    const isToldByLeg = call.session?.hasLeg === true;
    beginEnd(call);
    // Without Twilio's id, `bindSid` ends it later.
    if (callSid === undefined) return;
    if (!isToldByLeg) await twilio.end(callSid, { unanswered });
    activeCalls.applyProgress(call, { status: unanswered ? "canceled" : "completed" });
    await finalizer.whenFinalized(job.callId);
  }

  /** Before Twilio ends the call, so that the operator is recorded as the reason, not the stopped stream. */
  function beginEnd(call: ActiveCall): void {
    call.hangingUp = true;
    if (isUnanswered(call)) callRecords.update(call.job.callId, { outcome: "cancelled" });
    call.session?.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
  }
}

function isOver(call: ActiveCall | undefined): boolean {
  return call !== undefined && isFinal(call.progress.status);
}

/** Combines the record with what only this process knows. */
function stateOf(
  record: CallRecord,
  { progress, callSid = record.callSid, position, unknown = false, retriedBy }: {
    readonly progress?: CallProgress | undefined;
    readonly callSid?: string | undefined;
    readonly position?: number | undefined;
    readonly unknown?: boolean;
    readonly retriedBy?: string | undefined;
  },
): OutboundState {
  const connectedMs = connectedMsOf(record);
  const ownSeconds = connectedMs === undefined ? undefined : Math.round(connectedMs / 1000);
  const seconds = progress?.durationSeconds ?? ownSeconds;
  // What another process has recorded may be ahead of the callbacks that came here.
  const recorded = { status: statusOf(record) };
  const { status } = progress === undefined ? recorded : advance(recorded, progress);
  const { outcome, answeredBy, end } = record;
  return {
    callId: record.id,
    ...present({ callSid }),
    agent: record.agent,
    to: record.to ?? "",
    status: unknown ? "unknown" : status,
    ...present({
      position,
      outcome,
      answeredBy,
      durationSeconds: seconds,
      sipCode: progress?.sipCode,
      detail: end?.detail,
      retriedBy,
    }),
    createdAt: new Date(record.startedAt).toISOString(),
  };
}
