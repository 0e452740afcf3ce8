import type { PhoneMenuPolicy } from "../../../src/call/phoneMenu.ts";
import { CallDriver, type CallDriverOptions } from "./callDriver.ts";

/** The policy of a call into a phone system. */
export const MENU_CALL = {
  direction: "outbound",
  modelResponds: false,
  modelInterrupts: false,
  usesTools: true,
  phoneMenu: { maxMenuMs: 300_000, maxHoldMs: 1_800_000, maxRepeats: 3, keys: "network" },
} as const satisfies CallDriverOptions;

/** A call into a phone system that both ends have joined. */
export function menuCall(
  menu: Partial<PhoneMenuPolicy> = {},
  more: CallDriverOptions = {},
): CallDriver {
  return new CallDriver({
    ...MENU_CALL,
    phoneMenu: { ...MENU_CALL.phoneMenu, ...menu },
    ...more,
  }).live();
}

/** The model presses keys, or waits, in answer to what was heard. */
export function usesTool(call: CallDriver, name: "send_dtmf" | "wait_silently", digits = ""): void {
  const responseId = call.begin("reply");
  const callId = `call_${call.now}_${digits}`;
  call.finish(responseId, "completed", {
    tools: [{ callId, name, arguments: JSON.stringify({ digits }) }],
  });
  call.input({
    type: "toolReturned",
    callId,
    output: "{}",
    ok: true,
    effect: name === "send_dtmf" ? { type: "sendDigits", digits } : { type: "keepSilent" },
  });
}

export function music(call: CallDriver): void {
  call.input({ type: "lineSound", sound: "music" });
}

export function musicEnds(call: CallDriver): void {
  call.input({ type: "lineSound", sound: "other", sinceMs: 350 });
}
