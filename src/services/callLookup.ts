import type { CallRegistry } from "../call/callSession.ts";
import type { ControlledCall } from "./callControl.ts";
import type { CallRecord } from "./store/callRecord.ts";
import type { CallStore } from "./store/calls.ts";

/** As much of a call as following it or acting on it takes. */
export type KnownCall = ControlledCall & Pick<CallRecord, "keyName" | "endedAt">;

/** Finds calls by their id, also those whose record is not written yet. */
export interface CallLookup {
  /** Rejects where the store cannot take what is queued: whether there is such a call is unknown then. */
  record(callId: string): Promise<CallRecord | undefined>;
  /** A call of this process is found without the store, which may be away. */
  known(callId: string): Promise<KnownCall | undefined>;
}

export interface CallLookupDeps {
  readonly registry: Pick<CallRegistry, "get">;
  readonly calls: Pick<CallStore, "get">;
  /** Settles when all that this process knew of calls before is in the store. */
  readonly flush: () => Promise<void>;
  readonly instanceId: string;
}

export function createCallLookup(
  { registry, calls, flush, instanceId }: CallLookupDeps,
): CallLookup {
  return {
    record,
    async known(callId) {
      const session = registry.get(callId);
      if (session === undefined) return await record(callId);
      const { callSid, request: { keyName } } = session;
      return {
        id: callId,
        instanceId,
        status: "live",
        ...(callSid !== undefined && { callSid }),
        ...(keyName !== undefined && { keyName }),
      };
    },
  };

  async function record(callId: string): Promise<CallRecord | undefined> {
    const written = await calls.get(callId);
    if (written !== undefined) return written;
    await flush();
    return await calls.get(callId);
  }
}
