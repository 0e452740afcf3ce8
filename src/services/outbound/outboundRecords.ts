import type { CallEnd } from "../../call/types.ts";
import type { Recorder } from "../recorder.ts";
import type { CallChanges, CallOutcome } from "../store/callRecord.ts";
import type { CallStore } from "../store/calls.ts";
import { type OutboundJob, requestOf } from "./job.ts";

/** What is written down of placed calls beside what their sessions tell. */
export interface OutboundRecords {
  /** Settles when it is durable: nothing is dialled that is not written down. */
  open(job: OutboundJob): Promise<void>;
  changed(callId: string, changes: CallChanges): void;
  /** The end of a call that has no session. */
  ended(job: OutboundJob, end: CallEnd, outcome: CallOutcome): void;
}

export interface OutboundRecordsDeps {
  readonly calls: Pick<CallStore, "write">;
  readonly recorder: Pick<Recorder, "opened" | "changed" | "ended">;
  /** Hears of the ends of calls without a session. */
  readonly ended: (callId: string) => void;
  readonly instanceId: string;
  readonly now: () => number;
}

export function createOutboundRecords(
  { calls, recorder, ended, instanceId, now }: OutboundRecordsDeps,
): OutboundRecords {
  return {
    open: ({ callId, to, from, agent, keyName }) =>
      calls.write([{
        type: "opened",
        callId,
        call: {
          ...{ id: callId, direction: "outbound", status: "queued" },
          ...{ agent, keyName, from, to, instanceId },
          startedAt: now(),
        },
      }]),
    changed: (callId, changes) => recorder.changed(callId, changes),
    ended(job, end, outcome) {
      recorder.opened(job.callId, { request: requestOf(job) });
      recorder.ended(job.callId, end, outcome);
      ended(job.callId);
    },
  };
}
