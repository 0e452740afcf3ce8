import type { Scenario } from "../scenario.ts";

const DEFAULT_CALLED = "+14155550123";

/** The number that the server calls in a scenario; undefined where it is called itself. */
export function calledNumber({ called, callers }: Scenario): string | undefined {
  return called === undefined ? undefined : callers[0]?.from ?? DEFAULT_CALLED;
}
