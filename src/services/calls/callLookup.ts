import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { ControlledCall } from "./crossProcessControl.ts";
import type { Recorder } from "../records.ts";
import type { CallRecord, CallStore } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import { present } from "../../utils/present.ts";

/** What it takes to follow a call or act on it. */
export type KnownCall = ControlledCall & Pick<CallRecord, "keyName" | "endedAt">;

export interface CallLookupDeps extends Pick<Clock, "setTimer"> {
  readonly registry: Pick<CallRegistry, "get">;
  readonly callStore: Pick<CallStore, "get">;
  readonly recorder: Pick<Recorder, "holds" | "flush">;
  readonly instanceId: string;
}

/** Time for the store to answer for a call that has a session here. */
const PATIENCE_MS = 2000;

export type CallLookup = ReturnType<typeof createCallLookup>;

/** Finds calls by their id, also those whose record this process has yet to write. */
export function createCallLookup(
  { registry, callStore, recorder, instanceId, setTimer }: CallLookupDeps,
) {
  return {
    /** Rejects where the store cannot be read, or cannot take the record that is queued here. */
    record,
    /**
     * By its record: the call may have been handed off since its session began here. Where the store does
     * not answer, a call with a session here counts as held by this process.
     */
    async known(callId: string): Promise<KnownCall | undefined> {
      const session = registry.get(callId);
      if (session === undefined) return await record(callId);
      const written = await deadline(record(callId), PATIENCE_MS, setTimer)
        .catch(() => undefined);
      return written ?? heldHere(session);
    },
  };

  async function record(callId: string): Promise<CallRecord | undefined> {
    // Read first: the write may complete between the two.
    const isQueued = recorder.holds(callId);
    const written = await callStore.get(callId);
    if (written !== undefined || !isQueued) return written;
    await recorder.flush();
    return await callStore.get(callId);
  }

  function heldHere({ id, callSid, request: { keyName } }: CallSession): KnownCall {
    return {
      id,
      instanceId,
      status: "live",
      ...present({ callSid, keyName }),
    };
  }
}
