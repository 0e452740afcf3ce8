import type { CallStore } from "../store.ts";
import type { TwilioCalls, TwilioConferences } from "../twilioOutbound.ts";
import { roomOf } from "./consult.ts";

interface WithPersonDeps {
  readonly twilio: Pick<TwilioCalls, "isDialling">;
  readonly conferences: Pick<TwilioConferences, "isAccompanied">;
  readonly callStore: Pick<CallStore, "transferCount">;
}

/**
 * Whether the caller of a call is being put through to a person, or talks with one, by a dial or in a conference of
 * the latest transfer. Rejects where Twilio or the store does not answer.
 */
export async function isWithPerson(
  { twilio, conferences, callStore }: WithPersonDeps,
  { callId, callSid }: { readonly callId: string; readonly callSid: string },
): Promise<boolean> {
  if (await twilio.isDialling(callSid)) return true;
  const number = await callStore.transferCount(callId);
  return number > 0 && await conferences.isAccompanied(roomOf(callId, number), callSid);
}
