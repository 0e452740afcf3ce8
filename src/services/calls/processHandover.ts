import type { CallSession } from "../../call/sessionApi.ts";
import type { Recorder } from "../records.ts";
import type { CallRecord, CallStore } from "../store.ts";
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
    isHeldElsewhere: (callId: string): Promise<boolean> =>
      staysTrue(callId, ({ status, instanceId }) => status === "ended" || isOther(instanceId)),
    /**
     * Whether another process goes on with the call, as when this one was stopped for a while. Never
     * rejects: where the store does not say so within a second, the call is this process's.
     */
    isTakenOver(callId: string): Promise<boolean> {
      const looked = staysTrue(callId, ({ instanceId }) => isOther(instanceId));
      return deadline(looked, LOOK_MS, setTimer).catch(() => false);
    },
    /** Ends the session here; the call and its record belong to the other process. */
    releaseSession(session: CallSession): void {
      recorder.releaseCall(session.id);
      session.input({ type: "hangUp", end: { reason: "handed_over", detail: "joined_elsewhere" } });
    },
  };

  function isOther(holder: string): boolean {
    return holder !== instanceId;
  }

  /** Whether that is so of a call, also once all is stored: the claim by this process may not be written yet. */
  async function staysTrue(
    callId: string,
    isSo: (record: CallRecord) => boolean,
  ): Promise<boolean> {
    const look = async () => {
      const record = await callStore.get(callId);
      return record !== undefined && isSo(record);
    };
    if (!await look()) return false;
    await recorder.flush();
    return await look();
  }

  async function written(): Promise<void> {
    // The event that a session has begun reaches the recorder in a microtask.
    await Promise.resolve();
    await deadline(recorder.flush(), FLUSH_MS, setTimer).catch(() => {});
  }
}
