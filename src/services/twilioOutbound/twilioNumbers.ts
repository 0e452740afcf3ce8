import type { PhoneSettings } from "../../config/settings.ts";
import { isRecord } from "../../utils/isRecord.ts";
import {
  createTwilioRequest,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

/** What answers calls to a number of the account. */
export interface NumberVoice {
  /** Empty where nothing does. */
  readonly url: string;
  readonly method: string;
  /** Of a TwiML application, which then counts in place of the URL. */
  readonly application: string;
}

export type TwilioNumbers = ReturnType<typeof createTwilioNumbers>;

/** Creates the client of Twilio's REST API for the account's numbers. */
export function createTwilioNumbers(
  { apiUrl, ...account }: TwilioAccount & Pick<PhoneSettings, "apiUrl">,
  options: TwilioRequestOptions = {},
) {
  const request = createTwilioRequest(account, options);
  const url = `${apiUrl}/2010-04-01/Accounts/${account.accountSid}/IncomingPhoneNumbers.json`;
  return {
    /** Undefined for a number that the account does not have. Rejects with a `TwilioProblem`. */
    async voiceOf(number: string): Promise<NumberVoice | undefined> {
      const query = new URLSearchParams({ PhoneNumber: number });
      const body = await request(`${url}?${query}`);
      const numbers = isRecord(body) ? body["incoming_phone_numbers"] : undefined;
      const found = Array.isArray(numbers)
        ? numbers.filter(isRecord).find((it) => it["phone_number"] === number)
        : undefined;
      if (found === undefined) return undefined;
      return {
        url: textOf(found["voice_url"]),
        method: textOf(found["voice_method"]),
        application: textOf(found["voice_application_sid"]),
      };
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 2000) : "";
}
