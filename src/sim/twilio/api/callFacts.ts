import { present } from "../../../utils/present.ts";
import type { TwilioCallStatus } from "../call/callEvents.ts";

/** What Twilio's records hold about a call. */
export interface CallFacts {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  /** The call that dialled this one. */
  readonly parentSid?: string | undefined;
  readonly direction: "inbound" | "outbound-api" | "outbound-dial";
  readonly status: TwilioCallStatus;
  readonly createdAt: Date;
  readonly answeredAt?: Date | undefined;
  readonly endedAt?: Date | undefined;
  /** From answer to end, once there are both. */
  readonly durationSeconds?: number | undefined;
  readonly answeredBy?: string | undefined;
  readonly queueMs: number;
}

/** Whether the call has come to its end. */
export function isOver(status: TwilioCallStatus): boolean {
  return status !== "queued" && status !== "ringing" && status !== "in-progress";
}

/** The fields that every webhook about a call carries. */
export function webhookParams(facts: CallFacts): Record<string, string> {
  return {
    AccountSid: facts.accountSid,
    ApiVersion: "2010-04-01",
    CallSid: facts.sid,
    CallStatus: facts.status,
    Direction: facts.direction,
    From: facts.from,
    Caller: facts.from,
    To: facts.to,
    Called: facts.to,
    ...(facts.direction === "inbound" ? { CallToken: "simulated", StirVerstat: "" } : {}),
    ...place("From"),
    ...place("To"),
    ...present({ AnsweredBy: facts.answeredBy, ParentCallSid: facts.parentSid }),
  };
}

/** The call as Twilio's REST API shows it. */
export function callResource(facts: CallFacts): Readonly<Record<string, unknown>> {
  const { sid, accountSid } = facts;
  const uri = `/2010-04-01/Accounts/${accountSid}/Calls/${sid}`;
  return {
    sid,
    account_sid: accountSid,
    parent_call_sid: facts.parentSid ?? null,
    to: facts.to,
    to_formatted: facts.to,
    from: facts.from,
    from_formatted: facts.from,
    phone_number_sid: null,
    status: facts.status,
    start_time: dateOf(facts.answeredAt),
    end_time: dateOf(facts.endedAt),
    duration: facts.durationSeconds === undefined ? null : String(facts.durationSeconds),
    price: null,
    price_unit: "USD",
    direction: facts.direction,
    answered_by: facts.answeredBy ?? null,
    api_version: "2010-04-01",
    date_created: dateOf(facts.createdAt),
    date_updated: dateOf(facts.endedAt ?? facts.answeredAt ?? facts.createdAt),
    forwarded_from: null,
    caller_name: null,
    group_sid: null,
    trunk_sid: null,
    queue_time: String(Math.round(facts.queueMs)),
    uri: `${uri}.json`,
    subresource_uris: { recordings: `${uri}/Recordings.json`, streams: `${uri}/Streams.json` },
  };
}

/** A date as Twilio writes it (RFC 2822). */
export function rfc2822(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}

function dateOf(date: Date | undefined): string | null {
  return date === undefined ? null : rfc2822(date);
}

function place(end: "From" | "To"): Record<string, string> {
  return { [`${end}City`]: "", [`${end}State`]: "", [`${end}Zip`]: "", [`${end}Country`]: "US" };
}
