import type { TimedLine } from "../apiTypes.ts";

/**
 * The line that is heard at a time of the call; of two at once the one that began later. Undefined in
 * silence of more than a second.
 */
export function heardLine(turns: readonly TimedLine[], atMs: number): TimedLine | undefined {
  return turns
    .filter(({ text, startedMs, endedMs }) =>
      text.trim() !== "" && startedMs <= atMs && atMs < (endedMs ?? startedMs) + LINGER_MS
    )
    .reduce<TimedLine | undefined>(
      (last, turn) => last === undefined || turn.startedMs >= last.startedMs ? turn : last,
      undefined,
    );
}

/** So long a line stays marked after its end: the next one often follows at once. */
const LINGER_MS = 1000;
