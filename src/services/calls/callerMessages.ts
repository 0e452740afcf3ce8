import { BoundedMap } from "../../utils/boundedMap.ts";
import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import { present } from "../../utils/present.ts";
import type { MessageBox } from "../records.ts";
import type { MessageStore } from "../store.ts";
import type { TakeMessage } from "../tools.ts";

export interface CallerMessagesDeps extends Pick<Clock, "now"> {
  readonly messages: Pick<MessageStore, "countFrom">;
  readonly messageBox: Pick<MessageBox, "take">;
}

/** People forget something and add it; more than this is no message. */
const MAX_PER_CALL = 5;
/** As for voicemails of one number. */
const MAX_DAILY = 20;
const MAX_CALLS = 10_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Creates the function that keeps what callers have agents write down. */
export function createCallerMessages(
  { messages, messageBox, now }: CallerMessagesDeps,
): TakeMessage {
  const taken = new BoundedMap<string, number>(MAX_CALLS);
  return async function takeMessage({ callId, agent, caller, redact }, said) {
    const before = taken.get(callId) ?? 0;
    if (before >= MAX_PER_CALL) return "too_many";
    taken.set(callId, before + 1);
    const from = caller !== undefined && isPhoneNumber(caller) ? caller : undefined;
    const at = now();
    if (from !== undefined && await messages.countFrom(from, at - DAY_MS) >= MAX_DAILY) {
      return "too_many";
    }
    const id = newId("msg");
    const text = redact?.(said) ?? said;
    await messageBox.take({ id, callId, agent, at, kind: "note", text, ...present({ from }) });
    return "taken";
  };
}
