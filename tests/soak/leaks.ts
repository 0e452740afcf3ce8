import { soakShortCalls } from "./leaks/shortCalls.ts";
import type { Scenario } from "./scenario.ts";

/** `count` is the number of short calls. */
export const scenario: Scenario = {
  name: "leaks",
  promise: "short calls with faults leave nothing behind",
  counts: { usual: 1500, full: 5000 },
  run: soakShortCalls,
};
