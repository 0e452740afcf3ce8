import { z } from "zod";
import {
  type ActionResult,
  actionResult,
  type CallAction,
  callAction,
  type CallActions,
} from "./callActions.ts";
import { type InstanceRpc, InstanceTimeout } from "../cluster.ts";
import type { CallRecord } from "../store.ts";
import type { TwilioCalls } from "../twilioOutbound.ts";

/** What it takes to reach the process that holds a call. */
export type ControlledCall = Pick<CallRecord, "id" | "instanceId" | "callSid" | "status">;

/**
 * Acts on a live call, whichever process holds it. Rejects with `InstanceTimeout` where that one does
 * not answer; a phone call is hung up even so.
 */
export type CrossProcessControl = (
  call: ControlledCall,
  action: CallAction,
) => Promise<ActionResult>;

export interface CrossProcessControlDeps {
  readonly instanceId: string;
  /** Acts on the calls of this process. */
  readonly act: CallActions;
  readonly rpc: InstanceRpc;
  /** Absent where there is no phone. */
  readonly twilio?: Pick<TwilioCalls, "end">;
  /** Ends a browser's call that no process holds; false where one may have it. */
  readonly endUnheld: (callId: string) => Promise<boolean>;
}

const KIND = "act";

const request = z.object({ callId: z.string(), action: callAction });

/** Also handles the requests of other processes from now on. */
export function createCrossProcessControl(
  { instanceId, act, rpc, twilio, endUnheld }: CrossProcessControlDeps,
): CrossProcessControl {
  rpc.handle(KIND, (body) => {
    const { data } = request.safeParse(body);
    return data && act(data.callId, data.action);
  });

  return async function control(call, action) {
    const result = await reach(call, action);
    if (result !== undefined && isHeld(result)) return result;
    if (action.type === "hangup" && await endUnheld(call.id)) return { ok: true };
    if (result === undefined) throw new InstanceTimeout();
    return result;
  };

  /** Undefined where the process that may have the call does not answer. */
  async function reach(
    call: ControlledCall,
    action: CallAction,
  ): Promise<ActionResult | undefined> {
    if (call.instanceId === instanceId) return await act(call.id, action);
    const there = await askOwner(call, action);
    if (there !== undefined && isHeld(there)) return there;
    // It may have been handed off to this process since its record was read.
    const here = await act(call.id, action);
    if (there !== undefined || isHeld(here)) return here;
    if (action.type === "hangup" && call.callSid !== undefined && twilio !== undefined) {
      await twilio.end(call.callSid, { unanswered: call.status !== "live" });
      return { ok: true };
    }
    return rpc.isSingle ? here : undefined;
  }

  /** Undefined where the owner does not answer. */
  async function askOwner(
    { id: callId, instanceId }: ControlledCall,
    action: CallAction,
  ): Promise<ActionResult | undefined> {
    if (rpc.isSingle) return undefined;
    try {
      return actionResult.parse(await rpc.request(KIND, { callId, action }, instanceId));
    } catch (error) {
      if (error instanceof InstanceTimeout) return undefined;
      throw error;
    }
  }
}

function isHeld(result: ActionResult): boolean {
  return result.ok || result.code !== "not_live";
}
