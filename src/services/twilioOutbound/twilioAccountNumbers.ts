import type { PhoneSettings } from "../../config/settings.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { TwilioProblem } from "./twilioProblem.ts";
import {
  createTwilioRequest,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

/** What decides who answers the calls to a number, by the names of Twilio's API, and of its answers. */
export const numberSettings = {
  VoiceUrl: "voice_url",
  VoiceMethod: "voice_method",
  VoiceFallbackUrl: "voice_fallback_url",
  VoiceFallbackMethod: "voice_fallback_method",
  StatusCallback: "status_callback",
  StatusCallbackMethod: "status_callback_method",
  VoiceApplicationSid: "voice_application_sid",
  TrunkSid: "trunk_sid",
  VoiceReceiveMode: "voice_receive_mode",
} as const;

/** Empty texts where nothing is set. */
export type NumberSettings = Readonly<Record<keyof typeof numberSettings, string>>;

/** A number of the account. */
export interface AccountNumber {
  readonly sid: string;
  readonly number: string;
  readonly name: string;
  readonly hasVoice: boolean;
  readonly settings: NumberSettings;
}

/** A TwiML application, to which a number may leave its calls. */
export interface AccountApplication {
  readonly name: string;
  readonly voiceUrl: string;
  readonly voiceMethod: string;
}

/** A call as Twilio's records have it. */
export interface IncomingCall {
  readonly sid: string;
  readonly from: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type TwilioAccountNumbers = ReturnType<typeof createTwilioAccountNumbers>;

const PAGE_SIZE = 50;
const MAX_PAGES = 20;

/** Creates the client of Twilio's REST API that reads and changes who answers the numbers of the account. */
export function createTwilioAccountNumbers(
  { apiUrl, ...account }: TwilioAccount & Pick<PhoneSettings, "apiUrl">,
  options: TwilioRequestOptions = {},
) {
  const request = createTwilioRequest(account, options);
  const root = `${apiUrl}/2010-04-01/Accounts/${account.accountSid}`;

  return {
    /** The first thousand. Rejects with a `TwilioProblem`. */
    async list(): Promise<readonly AccountNumber[]> {
      const all: AccountNumber[] = [];
      let path = `/2010-04-01/Accounts/${account.accountSid}/IncomingPhoneNumbers.json` +
        `?PageSize=${PAGE_SIZE}`;
      for (let page = 0; page < MAX_PAGES; page++) {
        const body = await request(`${apiUrl}${path}`);
        const numbers = isRecord(body) ? body["incoming_phone_numbers"] : undefined;
        if (!Array.isArray(numbers)) throw unreadable();
        all.push(...numbers.map(readNumber).filter((it) => it !== undefined));
        const next = isRecord(body) ? body["next_page_uri"] : undefined;
        if (typeof next !== "string" || !next.startsWith("/2010-04-01/")) break;
        path = next;
      }
      return all;
    },
    /** Undefined for a number that the account does not have. */
    async find(number: string): Promise<AccountNumber | undefined> {
      const query = new URLSearchParams({ PhoneNumber: number });
      const body = await request(`${root}/IncomingPhoneNumbers.json?${query}`);
      const numbers = isRecord(body) ? body["incoming_phone_numbers"] : undefined;
      if (!Array.isArray(numbers)) throw unreadable();
      return numbers.map(readNumber).find((it) => it?.number === number);
    },
    /** As it is now; rejects where there is none any more. */
    async read(sid: string): Promise<AccountNumber> {
      return readNumber(await request(addressOf(sid))) ?? fail();
    },
    /** Returns the number as it is after that. */
    async change(sid: string, changes: Partial<NumberSettings>): Promise<AccountNumber> {
      return readNumber(await request(addressOf(sid), new URLSearchParams(changes))) ?? fail();
    },
    /** The latest calls that came in at a number since a time (milliseconds since 1970), the newest first. */
    async callsTo(number: string, since: number): Promise<readonly IncomingCall[]> {
      const query = new URLSearchParams({ To: number, PageSize: "20" });
      const body = await request(`${root}/Calls.json?${query}`);
      const calls = isRecord(body) ? body["calls"] : undefined;
      if (!Array.isArray(calls)) throw unreadable();
      return calls.filter(isRecord).filter(({ direction }) => direction === "inbound")
        .map((call) => ({
          sid: textOf(call["sid"]),
          from: textOf(call["from"]).slice(0, 100),
          status: textOf(call["status"]).slice(0, 20),
          // Twilio's StartTime leaves out calls that have not begun yet.
          at: Date.parse(textOf(call["date_created"])),
        })).filter(({ at }) => at >= since);
    },
    /** A TwiML application; undefined where it is gone. */
    async application(sid: string): Promise<AccountApplication | undefined> {
      try {
        const body = await request(`${root}/Applications/${encodeURIComponent(sid)}.json`);
        if (!isRecord(body)) return undefined;
        return {
          name: textOf(body["friendly_name"]),
          voiceUrl: textOf(body["voice_url"]),
          voiceMethod: textOf(body["voice_method"]),
        };
      } catch (error) {
        if (error instanceof TwilioProblem && error.status === 404) return undefined;
        throw error;
      }
    },
  };

  function addressOf(sid: string): string {
    return `${root}/IncomingPhoneNumbers/${encodeURIComponent(sid)}.json`;
  }
}

function readNumber(resource: unknown): AccountNumber | undefined {
  if (!isRecord(resource)) return undefined;
  const { sid, phone_number: number, friendly_name: name, capabilities } = resource;
  if (typeof sid !== "string" || !/^PN[0-9a-f]{32}$/i.test(sid)) return undefined;
  if (typeof number !== "string" || number.length > 40) return undefined;
  const has = isRecord(capabilities) ? capabilities["voice"] ?? capabilities["Voice"] : undefined;
  const of = (field: keyof typeof numberSettings) => textOf(resource[numberSettings[field]]);
  return {
    sid,
    number,
    name: textOf(name).slice(0, 64),
    hasVoice: has !== false,
    settings: {
      VoiceUrl: of("VoiceUrl"),
      VoiceMethod: of("VoiceMethod"),
      VoiceFallbackUrl: of("VoiceFallbackUrl"),
      VoiceFallbackMethod: of("VoiceFallbackMethod"),
      StatusCallback: of("StatusCallback"),
      StatusCallbackMethod: of("StatusCallbackMethod"),
      VoiceApplicationSid: of("VoiceApplicationSid"),
      TrunkSid: of("TrunkSid"),
      VoiceReceiveMode: of("VoiceReceiveMode"),
    },
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 4096) : "";
}

function fail(): never {
  throw unreadable();
}

function unreadable(): TwilioProblem {
  return new TwilioProblem(502, "provider_failed", "Twilio's answer cannot be read.");
}
