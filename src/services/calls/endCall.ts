import type { CrossProcessControl } from "./crossProcessControl.ts";
import type { CallRecord } from "../store.ts";

export interface EndCallDeps {
  readonly control: CrossProcessControl;
  /** Ends a placed call that is not answered yet; absent where there is no phone. */
  readonly hangUpPlaced?: (callId: string) => Promise<unknown>;
}

/** Ends a call in any state, whichever process holds it; false where none does. */
export type EndCall = (
  call: CallRecord,
  options: { readonly goodbye: boolean },
) => Promise<boolean>;

/** An outbound call that is not live is hung up at Twilio, any other through its session. */
export function createEndCall({ control, hangUpPlaced }: EndCallDeps): EndCall {
  return async function endCall(call, { goodbye }) {
    if (call.direction === "outbound" && call.status !== "live" && hangUpPlaced !== undefined) {
      await hangUpPlaced(call.id);
      return true;
    }
    return (await control(call, { type: "hangup", ...(goodbye && { goodbye: true }) })).ok;
  };
}
