import { z } from "zod";
import {
  isFinal,
  type SpokenMessage,
  type TwilioCalls,
  writeHangUp,
} from "../../twilioOutbound.ts";
import { type InstanceRpc, InstanceTimeout } from "../../cluster.ts";
import type { CallRecord } from "../../store.ts";
import type { Handoff } from "../../calls.ts";
import type { OutboundJob } from "../outboundJob.ts";
import { readAmdResult } from "./amdResult.ts";
import type { PlacedCallRecords } from "../placedCallRecords.ts";
import type { ActiveCall, ActiveCalls } from "../activeCalls.ts";

export interface AmdCallbacksDeps {
  readonly placed: Pick<ActiveCalls, "get" | "judge">;
  readonly records: PlacedCallRecords;
  readonly calls: Pick<TwilioCalls, "update">;
  readonly rpc: InstanceRpc;
  readonly handoff: Pick<Handoff, "isHeldElsewhere">;
  /** What to leave on a machine; nothing means to hang up. */
  readonly voicemail: (job: OutboundJob) => SpokenMessage | undefined;
  /** A call of another process; nothing once it is over. */
  readonly elsewhere: (
    callId: string,
  ) => Promise<{ readonly job: OutboundJob; readonly record: CallRecord } | undefined>;
}

const KIND = "judgePlaced";
const question = z.object({ callId: z.string(), who: z.string() });

/**
 * Has the phone network's guess at who took a call judged by the process that holds the call, as that
 * one alone knows what was said. Where no process does, a guess at a call that was connected is written
 * down and not obeyed.
 */
export function createAmdCallbacks(deps: AmdCallbacksDeps) {
  const { placed, records, calls, rpc, handoff, voicemail, elsewhere } = deps;

  rpc.handle(KIND, async (body) => {
    const { data } = question.safeParse(body);
    const call = data && placed.get(data.callId);
    if (data === undefined || call === undefined || !await isHeld(call)) return undefined;
    judge(call, data.who);
    return {};
  });

  return {
    /** Of a call that this process has placed or taken over; its stream may have gone to another. */
    async here(call: ActiveCall, callSid: string, who: string): Promise<void> {
      if (call.who.connected || rpc.isSingle) return judge(call, who);
      if (await isHeld(call)) return judge(call, who);
      await there(call.job.callId, callSid, who);
    },
    there,
  };

  function judge(call: ActiveCall, who: string): void {
    const verdict = readAmdResult(who, voicemail(call.job)?.text);
    if (verdict === undefined) return;
    if (!isFinal(call.progress.status)) return placed.judge(call, verdict);
    records.changed(call.job.callId, { answeredBy: verdict.answeredBy });
  }

  async function isHeld({ who, job }: ActiveCall): Promise<boolean> {
    return who.connected || !await handoff.isHeldElsewhere(job.callId);
  }

  async function there(callId: string, callSid: string, who: string): Promise<void> {
    const other = await elsewhere(callId);
    const words = other && voicemail(other.job);
    const verdict = readAmdResult(who, words?.text);
    if (verdict === undefined) return;
    const { answeredBy, input } = verdict;
    if (other === undefined) return records.changed(callId, { answeredBy });
    if (await isJudged(callId, who)) return;
    const isUnheard = other.record.status !== "live";
    const outcome = verdict.voicemail === undefined ? verdict.outcome : "voicemail";
    const isObeyed = isUnheard || input === undefined;
    records.changed(callId, {
      answeredBy,
      ...(isObeyed && outcome !== undefined && { outcome }),
    });
    if (!isObeyed || input === undefined) return;
    await calls.update(callSid, {
      twiml: writeHangUp(verdict.voicemail === undefined ? undefined : words),
    });
  }

  async function isJudged(callId: string, who: string): Promise<boolean> {
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
