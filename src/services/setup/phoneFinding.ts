import type { Settings } from "../../config/settings.ts";
import { type TwilioNumbers, withoutOverrides } from "../twilioOutbound.ts";
import type { Finding } from "./setupCheck.ts";

/** Whether calls to the number come here; asks Twilio. Never rejects. */
export async function phoneFinding(
  { phone }: Pick<Settings, "phone">,
  numbers: Pick<TwilioNumbers, "voiceOf"> | undefined,
): Promise<Finding> {
  if (phone === undefined || numbers === undefined) {
    return {
      code: "number_not_set",
      state: "off",
      text: "No phone number is connected.",
      remedy:
        "Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER and PUBLIC_URL, and start the server again.",
    };
  }
  const webhook = `${phone.publicUrl}/twilio/voice`;
  const values = { number: phone.number, webhook };
  try {
    const voice = await numbers.voiceOf(phone.number);
    if (voice === undefined) {
      return {
        code: "number_unknown",
        state: "broken",
        text: "The Twilio account does not have the number {number}.",
        remedy: "Correct TWILIO_PHONE_NUMBER, or the account in TWILIO_ACCOUNT_SID.",
        values,
      };
    }
    if (voice.application !== "" || withoutOverrides(voice.url) !== webhook) {
      return {
        code: "number_not_connected",
        state: "broken",
        text: "Calls to {number} do not come here: something else answers them.",
        remedy:
          "In the Twilio console, set what happens when a call comes in to: Webhook, {webhook}, HTTP POST.",
        values,
      };
    }
    if (voice.method.toUpperCase() !== "POST") {
      return {
        code: "number_asks_with_get",
        state: "broken",
        text: "Twilio asks with GET what to do with calls to {number}, which is refused.",
        remedy: "In the Twilio console, choose HTTP POST beside the webhook of the number.",
        values,
      };
    }
    return { code: "number_ok", state: "ok", text: "Calls to {number} come here.", values };
  } catch {
    return {
      code: "twilio_not_answering",
      state: "warning",
      text: "Twilio could not be asked about {number}.",
      remedy: "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, and whether Twilio can be reached.",
      values,
    };
  }
}
