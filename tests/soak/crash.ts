import { soakKills } from "./crash/kills.ts";
import type { Scenario } from "./scenario.ts";

/** `count` is the number of kills. */
export const scenario: Scenario = {
  name: "crash",
  promise: "calls go on after kill -9 and a restart, from the last turn that was said",
  counts: { usual: 10, full: 50 },
  run: (options) => soakKills(options),
};
