import type { CrossProcessControl } from "./crossProcessControl.ts";
import type { CallRecord, KeyCalls } from "../store.ts";
import type { Log } from "../../utils/logger.ts";

/** Ends a call in any state, whichever process holds it; false where none does. */
export type EndCall = (
  call: CallRecord,
  options: { readonly goodbye: boolean },
) => Promise<boolean>;

/** An outbound call that is not live is hung up at Twilio, any other through its session. */
export function createEndCall({ control, hangUpPlaced }: {
  readonly control: CrossProcessControl;
  /** Ends a placed call that is not answered yet; absent where there is no phone. */
  readonly hangUpPlaced?: ((callId: string) => Promise<unknown>) | undefined;
}): EndCall {
  return async function endCall(call, { goodbye }) {
    if (call.direction === "outbound" && call.status !== "live" && hangUpPlaced !== undefined) {
      await hangUpPlaced(call.id);
      return true;
    }
    return (await control(call, { type: "hangup", ...(goodbye && { goodbye: true }) })).ok;
  };
}

/** How many live calls of a key go on, and how many end. */
interface LiveCallsOfKey {
  /** Calls that go on. */
  readonly liveCalls: number;
  /** Calls that end: after a goodbye, or at once where they are not answered yet. */
  readonly endingCalls: number;
}

interface LiveCallsOfKeyDeps {
  readonly keyCalls: Pick<KeyCalls, "activeCalls">;
  /** Settles when all queued writes of this process are in the store. */
  readonly flush: () => Promise<void>;
  readonly endCall: EndCall;
  readonly log: Pick<Log, "info" | "warn">;
}

/** Creates the function that counts the calls of a key, and ends them if asked to, whichever process holds them. */
export function createLiveCallsOfKey(
  { keyCalls, flush, endCall, log }: LiveCallsOfKeyDeps,
): (keyName: string, options: { readonly end: boolean }) => Promise<LiveCallsOfKey> {
  return async function liveCallsOf(keyName, { end }) {
    const calls = await activeCalls(keyName);
    if (!end) return { liveCalls: calls.length, endingCalls: 0 };
    const ending = new Set<string>();
    await Promise.all(calls.map(async (call) => {
      if (await endOrWarn(call)) ending.add(call.id);
    }));
    // Calls may have ended since, or begun on processes that have not received the revocation yet.
    const left = (await activeCalls(keyName)).filter(({ id }) => !ending.has(id));
    const counts = { liveCalls: left.length, endingCalls: ending.size };
    log.info("Calls of a revoked key ended", { keyName, ...counts });
    return counts;
  };

  async function activeCalls(keyName: string): Promise<readonly CallRecord[]> {
    await flush();
    return await keyCalls.activeCalls(keyName);
  }

  async function endOrWarn(call: CallRecord): Promise<boolean> {
    try {
      return await endCall(call, { goodbye: true });
    } catch (error) {
      log.warn("Call of a revoked key not ended", { callId: call.id, error });
      return false;
    }
  }
}
