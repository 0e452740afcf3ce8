/** The delay after each failed attempt: some nine hours in all. */
const DELAYS_MS = [
  10_000,
  60_000,
  5 * 60_000,
  30 * 60_000,
  2 * 60 * 60_000,
  6 * 60 * 60_000,
];
const MAX_DELAY_MS = 6 * 60 * 60_000;
/** A model that does not answer as it was asked to does so again. */
const MAX_ANSWERS = 3;

/**
 * How long to wait after the given number of failed attempts; undefined after the last. `random`, from 0
 * to 1, lengthens the delay by up to a fifth.
 */
export function analysisRetryMs(
  attempts: number,
  { kind, retryAfterMs = 0 }: {
    readonly kind: "endpoint" | "answer" | "final";
    readonly retryAfterMs?: number | undefined;
  },
  random: number,
): number | undefined {
  if (kind === "final" || kind === "answer" && attempts >= MAX_ANSWERS) return undefined;
  const delayMs = DELAYS_MS[attempts - 1];
  if (delayMs === undefined) return undefined;
  return Math.max(delayMs * (1 + random / 5), Math.min(retryAfterMs, MAX_DELAY_MS));
}
