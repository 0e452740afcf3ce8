import type { CallEvidence, RecordedCall } from "../callEvidence.ts";

/**
 * How much later than the beginning of the record's time the answer's time is zero, in milliseconds: told from
 * when both have the agent's lines begin. 0 where they have none in common.
 */
export function recordOffset(
  { turns }: Pick<RecordedCall, "turns">,
  { lines }: Pick<CallEvidence, "lines">,
): number {
  const apart = turns.flatMap(({ id, startedMs }) => {
    const line = lines.find(({ itemId }) => itemId === id);
    return line === undefined ? [] : [line.fromMs - startedMs];
  }).toSorted((a, b) => a - b);
  return apart[Math.floor(apart.length / 2)] ?? 0;
}
