import type { CallSession } from "../../call/sessionApi.ts";
import type { Recorder } from "../records.ts";
import type { CallStore } from "../store.ts";

/** Sessions whose call has gone on in another process, because the phone network reached that one. */
export interface Takeover {
  /** Whether the call is over, or held by another process by now. */
  isElsewhere(callId: string): Promise<boolean>;
  /** Lets go of the session here; the call and its record are the other's. */
  release(session: CallSession): void;
}

export function createTakeover({ calls, recorder, instanceId }: {
  readonly calls: Pick<CallStore, "get">;
  readonly recorder: Pick<Recorder, "released">;
  readonly instanceId: string;
}): Takeover {
  return {
    async isElsewhere(callId) {
      const record = await calls.get(callId);
      return record !== undefined &&
        (record.status === "ended" || record.instanceId !== instanceId);
    },
    release(session) {
      recorder.released(session.id);
      session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "joined_elsewhere" } });
    },
  };
}
