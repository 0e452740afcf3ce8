/** How it stands with one thing that was expected. */
export interface Verdict {
  /** What was expected, in a sentence's words. */
  readonly expected: string;
  /** `skipped` where it could not be told, such as a meaning without a judge. */
  readonly state: "held" | "failed" | "skipped";
  /** What was there instead, or when it was. */
  readonly found: string;
  /** Where in the call to look; milliseconds since the answer. */
  readonly atMs?: number;
  /** Of a figure that was held against its limit: whether it could be told, as the machine kept up. */
  readonly timing?: "told" | "untold";
  /** Of the scenario's file, where it stands there. */
  readonly line?: number;
}

export function verdict(
  expected: string,
  holds: boolean,
  found: string,
  atMs?: number,
): Verdict {
  const state = holds ? "held" : "failed";
  return { expected, state, found, ...(atMs !== undefined && { atMs }) };
}

export function skipped(expected: string, why: string): Verdict {
  return { expected, state: "skipped", found: why };
}

/** A time as reports show it. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
