/** Twilio's statuses of a call: in the order that a call has them, from `completed` on all final. */
export const callStatuses = [
  "queued",
  "initiated",
  "ringing",
  "in-progress",
  "completed",
  "busy",
  "failed",
  "no-answer",
  "canceled",
] as const;

export type CallStatus = (typeof callStatuses)[number];

/** What is known of a phone call's progress. */
export interface CallProgress {
  readonly status: CallStatus;
  readonly durationSeconds?: number;
  readonly sipCode?: string;
}

/**
 * Applies a status callback, or the answer to a query. Reports come in any order and more than once:
 * progress never goes backwards, and nothing follows a final status.
 */
export function advance(progress: CallProgress, report: CallProgress): CallProgress {
  if (isFinal(progress.status)) return progress;
  if (!isFinal(report.status) && rank(report.status) <= rank(progress.status)) return progress;
  return report;
}

/** Whether Twilio reports no other status after this one. */
export function isFinal(status: CallStatus): boolean {
  return rank(status) >= rank("completed");
}

/** Undefined for a status that this program does not know. */
export function readStatus(text: string | null | undefined): CallStatus | undefined {
  return callStatuses.find((status) => status === text);
}

function rank(status: CallStatus): number {
  return callStatuses.indexOf(status);
}
