import type { TwilioAccountFacts, TwilioAccountNumbers } from "../../twilioOutbound.ts";
import type { Finding } from "../setupCheck.ts";

/** More are not asked about. */
const MAX_NUMBERS = 20;
/** Twilio refuses many questions at once. */
const AT_ONCE = 6;

/** Numbers that calls may not be placed from: neither of the account nor verified. Rejects with a `TwilioProblem`. */
export async function unusableNumbers(
  from: readonly string[],
  numbers: Pick<TwilioAccountNumbers, "find">,
  facts: Pick<TwilioAccountFacts, "isCallerId">,
): Promise<readonly string[]> {
  const unusable: string[] = [];
  const asked = from.slice(0, MAX_NUMBERS);
  for (let at = 0; at < asked.length; at += AT_ONCE) {
    const group = asked.slice(at, at + AT_ONCE);
    const usable = await Promise.all(group.map(isUsable));
    unusable.push(...group.filter((_, index) => usable[index] !== true));
  }
  return unusable;

  async function isUsable(number: string): Promise<boolean> {
    return await numbers.find(number) !== undefined || await facts.isCallerId(number);
  }
}

/** Undefined where all can be used. */
export function callerIdFinding(unusable: readonly string[]): Finding | undefined {
  if (unusable.length === 0) return undefined;
  return {
    code: "calling_out_from_unknown_number",
    state: "broken",
    text: "Twilio lets nobody be called from {numbers}: they are not of the account.",
    remedy:
      "Correct OUTBOUND_FROM, or verify them in the Twilio console, under Phone Numbers, Verified Caller IDs.",
    values: { numbers: unusable.join(", ") },
  };
}
