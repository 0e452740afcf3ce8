import type { CallEnd } from "../../call/types.ts";
import type { Recorder } from "../records.ts";
import type { AdmittedCall, CallChanges, CallOutcome } from "../store.ts";
import { type OutboundJob, requestOf } from "./outboundJob.ts";
import { present } from "../../utils/present.ts";
import type { Clock } from "../../utils/clock.ts";

export interface PlacedCallRecordsDeps extends Pick<Clock, "now"> {
  readonly recorder: Pick<Recorder, "openCall" | "updateCall" | "endCall">;
  readonly onEndedWithoutSession: (callId: string) => void;
  readonly instanceId: string;
}

/** What is recorded of placed calls beside the events of their sessions. */
export class PlacedCallRecords {
  readonly #deps: PlacedCallRecordsDeps;

  constructor(deps: PlacedCallRecordsDeps) {
    this.#deps = deps;
  }

  /** What is recorded of a call, and queued with it, before anything is dialled. */
  admission(job: OutboundJob, dueAt: number): AdmittedCall {
    const { callId, to, from, agent, keyName, metadata, precall, consent } = job;
    const { instanceId, now } = this.#deps;
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
        ...present({ metadata, precall, consent }),
      },
      waiting: { from, dueAt, payload: job },
    };
  }

  update(callId: string, changes: CallChanges): void {
    this.#deps.recorder.updateCall(callId, changes);
  }

  /** The end of a call that has no session. */
  end(job: OutboundJob, end: CallEnd, outcome: CallOutcome): void {
    const { recorder, onEndedWithoutSession } = this.#deps;
    recorder.openCall(job.callId, { request: requestOf(job) });
    recorder.endCall(job.callId, end, outcome);
    onEndedWithoutSession(job.callId);
  }
}
