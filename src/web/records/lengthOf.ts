import type { CallSummary } from "../apiTypes.ts";

/** How long a call lasted, of a placed one since it was answered; null where nobody answered or it is not over. */
export function lengthOf(
  { direction, connectedMs, durationMs }: Pick<
    CallSummary,
    "direction" | "connectedMs" | "durationMs"
  >,
): number | null {
  return direction === "outbound" ? connectedMs : durationMs;
}
