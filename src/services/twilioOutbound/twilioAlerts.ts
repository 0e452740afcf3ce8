import type { PhoneSettings } from "../../config/settings.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { twilioHost } from "./twilioHost.ts";
import {
  createTwilioRequest,
  type TwilioAccount,
  type TwilioRequestOptions,
} from "./twilioRequest.ts";

/** An entry of the account's debugger. */
export interface TwilioAlert {
  readonly sid: string;
  readonly code: number;
  /** The address that was asked, without its query; empty where none was. */
  readonly url: string;
  /** What it is about, such as a call. */
  readonly resourceSid: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The server closes the stream of a call at its end. */
const CLOSED_BY_SERVER = 31921;

/** Whether an error is one of the server at this address, and not what is usual there. */
export function concernsServer({ code, url }: TwilioAlert, publicUrl: string): boolean {
  return isFault(code) && (url === "" || URL.parse(url)?.host === new URL(publicUrl).host);
}

/** Whether an error of that code is one. */
export function isFault(code: number): boolean {
  return code !== CLOSED_BY_SERVER;
}

export type TwilioAlerts = ReturnType<typeof createTwilioAlerts>;

/** Creates the client of Twilio's monitor, which lists an account's errors, some seconds late. */
export function createTwilioAlerts(
  { apiUrl, ...account }: TwilioAccount & Pick<PhoneSettings, "apiUrl">,
  options: TwilioRequestOptions = {},
) {
  const request = createTwilioRequest(account, options);
  const root = twilioHost(apiUrl, "monitor");

  return {
    /** The latest hundred errors since a time (milliseconds since 1970). Rejects with a `TwilioProblem`. */
    async since(at: number): Promise<readonly TwilioAlert[]> {
      const query = new URLSearchParams({
        LogLevel: "error",
        StartDate: new Date(at).toISOString().replace(/\.\d+Z$/, "Z"),
        PageSize: "100",
      });
      const body = await request(`${root}/v1/Alerts?${query}`);
      const alerts = isRecord(body) ? body["alerts"] : undefined;
      return Array.isArray(alerts)
        ? alerts.map(readAlert).filter((alert) => alert !== undefined)
        : [];
    },
  };
}

function readAlert(entry: unknown): TwilioAlert | undefined {
  if (!isRecord(entry)) return undefined;
  const code = Number(entry["error_code"]);
  const at = Date.parse(textOf(entry["date_generated"]));
  if (!Number.isInteger(code) || code <= 0 || code > 999_999 || !Number.isFinite(at)) {
    return undefined;
  }
  return {
    ...{ code, at, sid: textOf(entry["sid"]), resourceSid: textOf(entry["resource_sid"]) },
    url: textOf(entry["request_url"]).replace(/[?#].*$/s, ""),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 500) : "";
}
