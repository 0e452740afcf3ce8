import { present } from "../../utils/present.ts";
import { type CallStatus, readStatus } from "./callStatus.ts";

/** A call as Twilio's API shows it. */
export interface TwilioCall {
  readonly sid: string;
  readonly status: CallStatus;
  readonly durationSeconds?: number;
  /** Milliseconds since 1970, in whole seconds. */
  readonly createdAt?: number;
  readonly endedAt?: number;
}

/** Whether a text has the form of a call's id at Twilio: `CA` and 32 hex digits. */
export function isCallSid(text: string): boolean {
  return /^CA[0-9a-f]{32}$/i.test(text);
}

/** Undefined for what is no call. A status that this program does not know counts as `queued`. */
export function readCall(body: unknown): TwilioCall | undefined {
  if (typeof body !== "object" || body === null || !("sid" in body)) return undefined;
  const status = "status" in body && typeof body.status === "string" ? body.status : undefined;
  if (typeof body.sid !== "string" || !isCallSid(body.sid)) return undefined;
  const seconds = "duration" in body && typeof body.duration === "string"
    ? Number(body.duration)
    : NaN;
  const createdAt = "date_created" in body ? timeOf(body.date_created) : undefined;
  const endedAt = "end_time" in body ? timeOf(body.end_time) : undefined;
  return {
    sid: body.sid,
    status: readStatus(status) ?? "queued",
    ...(Number.isSafeInteger(seconds) && seconds >= 0 && { durationSeconds: seconds }),
    ...present({ createdAt, endedAt }),
  };
}

/** Undefined for what is no list of calls. */
export function readCalls(body: unknown): readonly TwilioCall[] | undefined {
  if (typeof body !== "object" || body === null || !("calls" in body)) return undefined;
  if (!Array.isArray(body.calls)) return undefined;
  return body.calls.flatMap((call: unknown) => readCall(call) ?? []);
}

function timeOf(text: unknown): number | undefined {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
