import type { CallRecord } from "./callRecord.ts";

/** From the answer of a call to the end of its session; undefined for one that was not answered or is not over. */
export function connectedMsOf(
  { answeredAt, endedAt }: Pick<CallRecord, "answeredAt" | "endedAt">,
): number | undefined {
  if (answeredAt === undefined || endedAt === undefined) return undefined;
  return Math.max(0, endedAt - answeredAt);
}
