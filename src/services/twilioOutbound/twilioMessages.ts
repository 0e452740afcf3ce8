import type { PhoneSettings } from "../../config/settings.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { TwilioProblem } from "./twilioProblem.ts";
import {
  createTwilioRequest,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

/** How far Twilio has come with a message. */
type TextStatus = "queued" | "sent" | "delivered" | "undelivered" | "failed";

export interface NewTextMessage {
  readonly to: string;
  /** A number of the account, or a messaging service (`MG...`). */
  readonly from: string;
  readonly text: string;
  readonly statusCallback: string;
}

/** A message as Twilio has taken it. */
export interface TakenText {
  readonly sid: string;
  readonly status: TextStatus;
}

export type TwilioMessages = ReturnType<typeof createTwilioMessages>;

/** Creates the client of Twilio's REST API for text messages. */
export function createTwilioMessages(
  { apiUrl, ...account }: TwilioAccount & Pick<PhoneSettings, "apiUrl">,
  options: TwilioRequestOptions = {},
) {
  const url = `${apiUrl}/2010-04-01/Accounts/${account.accountSid}/Messages.json`;
  const request = createTwilioRequest(account, options);
  return {
    /** Never retried: Twilio has no idempotency key. Rejects with a `TwilioProblem`. */
    async send({ to, from, text, statusCallback }: NewTextMessage): Promise<TakenText> {
      const form = new URLSearchParams({
        To: to,
        [from.startsWith("MG") ? "MessagingServiceSid" : "From"]: from,
        Body: text,
        StatusCallback: statusCallback,
      });
      const body = await request(url, form, { creates: true });
      const sid = isRecord(body) && typeof body["sid"] === "string" ? body["sid"] : "";
      if (!/^[SM]M[0-9a-f]{32}$/i.test(sid)) {
        throw new TwilioProblem(504, "outcome_unknown", "Twilio's answer cannot be read.");
      }
      const status = isRecord(body) ? readTextStatus(body["status"]) : undefined;
      return { sid, status: status ?? "queued" };
    },
  };
}

/** Twilio's word for how far a message has come; undefined for one that is none. */
export function readTextStatus(word: unknown): TextStatus | undefined {
  switch (word) {
    case "accepted":
    case "scheduled":
    case "queued":
    case "sending":
      return "queued";
    case "sent":
      return "sent";
    case "delivered":
    case "read":
      return "delivered";
    case "undelivered":
      return "undelivered";
    case "failed":
    case "canceled":
      return "failed";
    default:
      return undefined;
  }
}
