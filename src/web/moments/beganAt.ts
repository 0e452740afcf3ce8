import type { CallSummary } from "../apiTypes.ts";

/**
 * When the call began that the times of its lines count from, in milliseconds since 1970. The record of a
 * placed call begins earlier, when the call was asked for.
 */
export function beganAt(
  { direction, startedAt, answeredAt, endedAt, durationMs }: Pick<
    CallSummary,
    "direction" | "startedAt" | "answeredAt" | "endedAt" | "durationMs"
  >,
): number {
  const asked = Date.parse(startedAt);
  if (direction !== "outbound") return asked;
  const answered = answeredAt === null ? Infinity : Date.parse(answeredAt);
  const began = endedAt === null || durationMs === null
    ? answered
    : Date.parse(endedAt) - durationMs;
  return Number.isFinite(began) ? Math.max(asked, Math.min(began, answered)) : asked;
}
