import type { CallEnd } from "../../call/types.ts";
import type { Recorder } from "../records.ts";
import type { AdmittedCall, CallChanges, CallOutcome } from "../store.ts";
import { type OutboundJob, requestOf } from "./outboundJob.ts";

/** What is written down of placed calls beside what their sessions tell. */
export interface PlacedCallRecords {
  /** What is written down of a call, and queued with it, before anything is dialled. */
  admission(job: OutboundJob, dueAt: number): AdmittedCall;
  changed(callId: string, changes: CallChanges): void;
  /** The end of a call that has no session. */
  ended(job: OutboundJob, end: CallEnd, outcome: CallOutcome): void;
}

export interface PlacedCallRecordsDeps {
  readonly recorder: Pick<Recorder, "openCall" | "updateCall" | "endCall">;
  /** Hears of the ends of calls without a session. */
  readonly ended: (callId: string) => void;
  readonly instanceId: string;
  readonly now: () => number;
}

export function createPlacedCallRecords(
  { recorder, ended, instanceId, now }: PlacedCallRecordsDeps,
): PlacedCallRecords {
  return {
    admission(job, dueAt) {
      const { callId, to, from, agent, keyName } = job;
      return {
        call: {
          id: callId,
          direction: "outbound",
          status: "queued",
          agent,
          keyName,
          from,
          to,
          instanceId,
          startedAt: now(),
        },
        waiting: { from, dueAt, payload: job },
      };
    },
    changed: (callId, changes) => recorder.updateCall(callId, changes),
    ended(job, end, outcome) {
      recorder.openCall(job.callId, { request: requestOf(job) });
      recorder.endCall(job.callId, end, outcome);
      ended(job.callId);
    },
  };
}
