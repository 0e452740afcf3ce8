import { z } from "zod";
import {
  isFinal,
  type SpokenMessage,
  type TwilioCalls,
  writeHangUp,
} from "../../twilioOutbound.ts";
import { type InstanceRpc, InstanceTimeout } from "../../cluster.ts";
import type { CallRecord } from "../../store.ts";
import type { ProcessHandover } from "../../calls.ts";
import type { ActiveCall, ActiveCalls } from "../activeCalls.ts";
import type { OutboundJob } from "../outboundJob.ts";
import type { PlacedCallRecords } from "../placedCallRecords.ts";
import { BoundedMap } from "../../../utils/boundedMap.ts";
import { readAmdResult } from "./amdResult.ts";

/** A call that another process holds. */
export interface CallElsewhere {
  readonly job: OutboundJob;
  readonly record: CallRecord;
}

export interface AmdCallbacksDeps {
  readonly activeCalls: Pick<ActiveCalls, "get">;
  readonly callRecords: Pick<PlacedCallRecords, "update">;
  readonly twilio: Pick<TwilioCalls, "update">;
  readonly rpc: InstanceRpc;
  readonly processHandover: Pick<ProcessHandover, "isHeldElsewhere">;
  /** What to leave on a machine; undefined means to hang up. */
  readonly voicemail: (job: OutboundJob) => SpokenMessage | undefined;
  /** Undefined once the call is over. */
  readonly findElsewhere: (callId: string) => Promise<CallElsewhere | undefined>;
}

const MAX_UNHELD = 1000;
const KIND = "judgePlaced";
const question = z.object({ callId: z.string(), who: z.string() });

/**
 * Applies AMD results in the process that holds the call, as only that one knows what was said. Where
 * no process does, a result for a call that was connected is recorded, and obeyed when the call goes on here.
 */
export function createAmdCallbacks(deps: AmdCallbacksDeps) {
  const { activeCalls, callRecords, twilio, rpc, processHandover, voicemail } = deps;
  /** Results for connected calls that no process held, by call id. */
  const unheld = new BoundedMap<string, string>(MAX_UNHELD);

  rpc.handle(KIND, async (body) => {
    const { data } = question.safeParse(body);
    const call = data && activeCalls.get(data.callId);
    if (data === undefined || call === undefined || !await isHeld(call)) return undefined;
    apply(call, data.who);
    return {};
  });

  return {
    /** For a call that this process has placed or adopted; its stream may have gone to another. */
    async local(call: ActiveCall, callSid: string, answeredBy: string): Promise<void> {
      if (call.detection.connected || rpc.isSingle) return apply(call, answeredBy);
      if (await isHeld(call)) return apply(call, answeredBy);
      await remote(call.job.callId, callSid, answeredBy);
    },
    remote,
    /** This process goes on with a call: what came while none held it is applied. */
    adopted(call: ActiveCall): void {
      const who = unheld.get(call.job.callId);
      if (who === undefined) return;
      unheld.delete(call.job.callId);
      apply(call, who);
    },
  };

  function apply(call: ActiveCall, answeredBy: string): void {
    const result = readAmdResult(answeredBy, voicemail(call.job)?.text);
    if (result === undefined) return;
    if (!isFinal(call.progress.status)) return call.detection.apply(result);
    callRecords.update(call.job.callId, { answeredBy: result.answeredBy });
  }

  async function isHeld({ detection, job }: ActiveCall): Promise<boolean> {
    return detection.connected || !await processHandover.isHeldElsewhere(job.callId);
  }

  async function remote(callId: string, callSid: string, who: string): Promise<void> {
    const other = await deps.findElsewhere(callId);
    const message = other && voicemail(other.job);
    const result = readAmdResult(who, message?.text);
    if (result === undefined) return;
    const { answeredBy, input } = result;
    if (other === undefined) return callRecords.update(callId, { answeredBy });
    if (await isAppliedElsewhere(callId, who)) return;
    const isObeyed = other.record.status !== "live" || input === undefined;
    const outcome = result.voicemail === undefined ? result.outcome : "voicemail";
    callRecords.update(callId, {
      answeredBy,
      ...(isObeyed && outcome !== undefined && { outcome }),
    });
    if (!isObeyed) return applyLater(callId, who);
    if (input === undefined) return;
    await twilio.update(callSid, {
      twiml: writeHangUp(result.voicemail === undefined ? undefined : message),
    });
  }

  function applyLater(callId: string, who: string): void {
    const adopted = activeCalls.get(callId);
    if (adopted === undefined) unheld.set(callId, who);
    else apply(adopted, who);
  }

  async function isAppliedElsewhere(callId: string, who: string): Promise<boolean> {
    if (rpc.isSingle) return false;
    try {
      await rpc.request(KIND, { callId, who });
      return true;
    } catch (error) {
      if (error instanceof InstanceTimeout) return false;
      throw error;
    }
  }
}
