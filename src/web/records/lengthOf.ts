import type { CallSummary } from "../apiTypes.ts";

/** How long a call lasted, of a placed one since it was answered; null where nobody answered or it is not over. */
export function lengthOf(
  { direction, answeredAt, endedAt, durationMs }: Pick<
    CallSummary,
    "direction" | "answeredAt" | "endedAt" | "durationMs"
  >,
): number | null {
  if (direction !== "outbound" || durationMs === null || endedAt === null) return durationMs;
  if (answeredAt === null) return null;
  return Math.max(0, Date.parse(endedAt) - Date.parse(answeredAt));
}
