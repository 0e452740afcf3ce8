import type { Milliseconds } from "./types.ts";

/** The first of several moments, some of which may not come. */
export function earliest(
  ...times: readonly (Milliseconds | undefined)[]
): Milliseconds | undefined {
  let first: Milliseconds | undefined;
  for (const time of times) {
    if (time !== undefined && (first === undefined || time < first)) first = time;
  }
  return first;
}
