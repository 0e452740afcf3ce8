import type { CallEvidence, RecordedCall } from "../callEvidence.ts";
import { turnsOfLines } from "./turnsOfLines.ts";

/**
 * How much later than the beginning of the record's time the answer's time is zero, in milliseconds: told from
 * when both have the agent's lines begin. 0 where they have none in common.
 */
export function recordOffset(
  { turns }: Pick<RecordedCall, "turns">,
  { lines }: Pick<CallEvidence, "lines">,
): number {
  const apart = [...turnsOfLines(lines, turns)]
    .map(([{ fromMs }, { startedMs }]) => fromMs - startedMs)
    .toSorted((a, b) => a - b);
  return apart[Math.floor(apart.length / 2)] ?? 0;
}
