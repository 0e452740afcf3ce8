import type { CallSession } from "../../call/sessionApi.ts";
import type { Recorder } from "../records.ts";
import type { CallStore } from "../store.ts";

/** Sessions whose call goes on in another process, because Twilio's requests or stream came to that one. */
export type Handoff = ReturnType<typeof createHandoff>;

export function createHandoff({ callStore, recorder, instanceId }: {
  readonly callStore: Pick<CallStore, "get">;
  readonly recorder: Pick<Recorder, "releaseCall">;
  readonly instanceId: string;
}) {
  return {
    /** Whether the call is over, or held by another process by now. */
    async isHeldElsewhere(callId: string): Promise<boolean> {
      const record = await callStore.get(callId);
      return record !== undefined &&
        (record.status === "ended" || record.instanceId !== instanceId);
    },
    /** Ends the session here; the call and its record belong to the other process. */
    releaseSession(session: CallSession): void {
      recorder.releaseCall(session.id);
      session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "joined_elsewhere" } });
    },
  };
}
