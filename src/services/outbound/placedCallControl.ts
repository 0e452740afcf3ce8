import { z } from "zod";
import { isFinal, type TwilioCalls } from "../twilioOutbound.ts";
import { type InstanceRpc, InstanceTimeout } from "../cluster.ts";
import type { CallRecord, CallStore, DialQueue } from "../store.ts";
import { readJob, retryCallId } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import { type OutboundState, stateOf } from "./placedCallState.ts";
import { type ActiveCall, type ActiveCalls, isUnanswered } from "./activeCalls.ts";
import type { CallFinalizer } from "./callFinalizer.ts";
import { stored } from "./placementDeadline.ts";

/** Who asks about a call. */
export interface Asker {
  readonly keyName?: string;
  /** Sees the calls of every key. */
  readonly isAdmin: boolean;
}

/** What can be seen of placed calls, and done with them; by the phone network's id or ours. */
export interface PlacedCallControl {
  state(id: string, asker: Asker): Promise<OutboundState | undefined>;
  /** Ends a call in whatever state it is; undefined where there is none. */
  hangUp(id: string, asker: Asker): Promise<OutboundState | undefined>;
}

export interface PlacedCallControlDeps {
  readonly placed: ActiveCalls;
  readonly records: PlacedCallRecords;
  readonly calls: Pick<TwilioCalls, "end">;
  readonly queue: Pick<DialQueue, "find" | "position" | "withdraw">;
  readonly store: Pick<CallStore, "get" | "bySid">;
  readonly settlement: Pick<CallFinalizer, "settled">;
  readonly rpc: InstanceRpc;
}

const KIND = "hangUpPlaced";
const placedCall = z.object({ callId: z.string() });
const endedCall = z.object({ callSid: z.string().nullable() });

export function createPlacedCallControl(deps: PlacedCallControlDeps): PlacedCallControl {
  const { placed, records, calls, queue, store, settlement, rpc } = deps;

  rpc.handle(KIND, (body) => {
    const { data } = placedCall.safeParse(body);
    const call = data && placed.get(data.callId);
    if (call === undefined || isOver(call)) return undefined;
    beginEnd(call);
    return { callSid: call.callSid ?? null };
  });

  return {
    async state(id, asker) {
      const record = await find(id, asker);
      return record && await view(record);
    },
    async hangUp(id, asker) {
      const record = await find(id, asker);
      if (record === undefined) return undefined;
      if (record.status !== "ended" && !isOver(placed.get(record.id))) await end(record);
      const ended = await stored(store.get(record.id));
      return await view(ended ?? record);
    },
  };

  async function find(id: string, { keyName, isAdmin }: Asker): Promise<CallRecord | undefined> {
    const local = placed.bySid(id);
    const record = await stored(
      local === undefined && id.startsWith("CA")
        ? store.bySid(id)
        : store.get(local?.job.callId ?? id),
    );
    if (record === undefined || record.direction !== "outbound") return undefined;
    return isAdmin || record.keyName === keyName ? record : undefined;
  }

  async function view(record: CallRecord): Promise<OutboundState> {
    const call = placed.get(record.id);
    const waits = record.status === "queued" && call === undefined;
    const position = waits ? await stored(queue.position(record.id)) : undefined;
    return stateOf(record, {
      progress: call?.progress,
      callSid: call?.callSid,
      position,
      unknown: record.outcome === "unknown" ||
        record.status === "queued" && record.callSid === undefined &&
          (call === undefined
            ? position === undefined
            : call.callSid === undefined && call.unknown),
      retriedBy: await retryOf(record),
    });
  }

  /** Where there is another attempt, its id follows from this one's. */
  async function retryOf(record: CallRecord): Promise<string | undefined> {
    if (record.status !== "ended") return undefined;
    const [, first = record.id, retry = "0"] =
      /^(call_[0-9a-z]{26}(?:n\d+)?)r(\d+)$/.exec(record.id) ??
        [];
    const callId = retryCallId({ callId: first, attempt: Number(retry) + 1 });
    return (await stored(store.get(callId)))?.id;
  }

  async function end(record: CallRecord): Promise<void> {
    const call = placed.get(record.id);
    const isElsewhere = record.status === "live" && call?.who.connected !== true;
    if (call !== undefined && !isElsewhere) return await endHere(call);
    const queued = await stored(queue.find(record.id));
    const job = readJob(queued?.payload);
    if (job !== undefined && await stored(queue.withdraw(record.id))) {
      records.ended(job, { reason: "operator_hung_up" }, "cancelled");
      return await settlement.settled(record.id);
    }
    const isAnswered = record.status === "live";
    const callSid = await beginEndElsewhere(record);
    if (callSid === undefined) return;
    if (!isAnswered) records.changed(record.id, { outcome: "cancelled" });
    await calls.end(callSid, { unanswered: !isAnswered });
  }

  /**
   * Lets the process that has placed the call, or holds it, know why it ends; gives the phone
   * network's id, if there is one yet. Without that process the phone network ends the call all the same.
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
    const waiting = isUnanswered(call);
    beginEnd(call);
    // Without an id yet, it is ended as soon as there is one.
    if (callSid === undefined) return;
    await calls.end(callSid, { unanswered: waiting });
    placed.take(call, { status: waiting ? "canceled" : "completed" });
    await settlement.settled(job.callId);
  }

  /** First ours, so that the call's end has our reason and not that the stream stopped. */
  function beginEnd(call: ActiveCall): void {
    call.hangingUp = true;
    if (isUnanswered(call)) records.changed(call.job.callId, { outcome: "cancelled" });
    call.session?.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
  }
}

function isOver(call: ActiveCall | undefined): boolean {
  return call !== undefined && isFinal(call.progress.status);
}
