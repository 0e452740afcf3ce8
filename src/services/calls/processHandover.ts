import type { CallSession } from "../../call/sessionApi.ts";
import type { Recorder } from "../records.ts";
import type { CallStore } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";

const FLUSH_MS = 1000;
const LOOK_MS = 1000;

export type ProcessHandover = ReturnType<typeof createProcessHandover>;

/** Sessions whose call goes on in another process, because Twilio's requests or stream came to that one. */
export function createProcessHandover({ callStore, recorder, instanceId, setTimer }: {
  readonly callStore: Pick<CallStore, "get">;
  readonly recorder: Pick<Recorder, "releaseCall" | "flush">;
  readonly instanceId: string;
  readonly setTimer: Clock["setTimer"];
}) {
  return {
    /**
     * Waits until the store says that this process holds the calls it has taken over, for a second at
     * most: before that, actions on them still go to the process that held them. Never rejects.
     */
    recordTakenOver: written,
    /** Waits until all that has happened is in the store, for a second at most. Never rejects. */
    written,
    /** Whether the call is over, or held by another process by now. */
    async isHeldElsewhere(callId: string): Promise<boolean> {
      const record = await callStore.get(callId);
      return record !== undefined &&
        (record.status === "ended" || record.instanceId !== instanceId);
    },
    /**
     * Whether another process goes on with the call, as when this one was stopped for a while. Never
     * rejects: where the store does not say so within a second, the call is this process's.
     */
    isTakenOver(callId: string): Promise<boolean> {
      return deadline(isTakenOver(callId), LOOK_MS, setTimer).catch(() => false);
    },
    /** Ends the session here; the call and its record belong to the other process. */
    releaseSession(session: CallSession): void {
      recorder.releaseCall(session.id);
      session.input({ type: "hangUp", end: { reason: "handed_over", detail: "joined_elsewhere" } });
    },
  };

  async function isTakenOver(callId: string): Promise<boolean> {
    if (!await isOfAnother(callId)) return false;
    // The claim by this process may not be written yet.
    await recorder.flush();
    return await isOfAnother(callId);
  }

  async function isOfAnother(callId: string): Promise<boolean> {
    const record = await callStore.get(callId);
    return record !== undefined && record.instanceId !== instanceId;
  }

  async function written(): Promise<void> {
    // The event that a session has begun reaches the recorder in a microtask.
    await Promise.resolve();
    await deadline(recorder.flush(), FLUSH_MS, setTimer).catch(() => {});
  }
}
