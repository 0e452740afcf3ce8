import { advance, type CallProgress, type CallStatus } from "../twilioOutbound.ts";
import type { CallOutcome, CallRecord } from "../store.ts";
import { statusOf } from "../records.ts";
import { present } from "../../utils/present.ts";

/** A placed call, as whoever placed it may see it. */
export interface OutboundState {
  readonly callId: string;
  /** Once the phone network has the call. */
  readonly callSid?: string;
  readonly agent: string;
  readonly to: string;
  /** `unknown` while nobody can tell whether the call was placed. */
  readonly status: CallStatus | "unknown";
  /** Among the calls that wait to be placed from the same number, from 1. */
  readonly position?: number;
  readonly outcome?: CallOutcome;
  readonly answeredBy?: string;
  readonly durationSeconds?: number;
  readonly sipCode?: string;
  /** Why it could not be placed, or how it ended. */
  readonly detail?: string;
  /** The call that tries it again. */
  readonly retriedBy?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Puts together what the record says and what this process knows better. */
export function stateOf(
  record: CallRecord,
  { progress, callSid = record.callSid, position, unknown = false, retriedBy }: {
    readonly progress?: CallProgress | undefined;
    readonly callSid?: string | undefined;
    readonly position?: number | undefined;
    readonly unknown?: boolean;
    readonly retriedBy?: string | undefined;
  },
): OutboundState {
  const seconds = progress?.durationSeconds ?? connectedSeconds(record);
  // What another process has written may be ahead of what was told here.
  const recorded = { status: statusOf(record) };
  const { status } = progress === undefined ? recorded : advance(recorded, progress);
  const { outcome, answeredBy, end } = record;
  return {
    callId: record.id,
    ...present({ callSid }),
    agent: record.agent,
    to: record.to ?? "",
    status: unknown ? "unknown" : status,
    ...present({ position, outcome, answeredBy, durationSeconds: seconds }),
    ...(progress?.sipCode !== undefined && { sipCode: progress.sipCode }),
    ...(end?.detail !== undefined && { detail: end.detail }),
    ...present({ retriedBy }),
    createdAt: new Date(record.startedAt).toISOString(),
  };
}

function connectedSeconds({ answeredAt, endedAt }: CallRecord): number | undefined {
  if (answeredAt === undefined || endedAt === undefined) return undefined;
  return Math.max(0, Math.round((endedAt - answeredAt) / 1000));
}
