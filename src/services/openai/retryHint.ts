/** A wait that a sentence such as "Please try again in 1.2s" asks for, in milliseconds: a minute at most. */
export function retryAfterMsIn(sentence = ""): number | undefined {
  const hint = /try again in (\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m|h)/i.exec(sentence.slice(0, 1000));
  const unitMs = UNITS_MS.get(hint?.[2]?.toLowerCase() ?? "");
  return unitMs === undefined ? undefined : bounded(Number(hint?.[1]) * unitMs);
}

/** Reads a header `Retry-After` in seconds; its dates are by a clock that may be off. */
export function retryAfterMsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header)
    ? bounded(Number(header) * 1000)
    : undefined;
}

function bounded(waitMs: number): number {
  return Math.min(Math.ceil(waitMs), LONGEST_WAIT_MS);
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);
const LONGEST_WAIT_MS = 60_000;
