import { soakLongCall } from "./leaks/longCall.ts";
import { soakShortCalls } from "./leaks/shortCalls.ts";
import type { Scenario } from "./scenario.ts";

/** `count` is the number of short calls. */
export const scenario: Scenario = {
  name: "leaks",
  promise:
    "short calls with faults leave nothing behind, and a long one takes no more than at first",
  counts: { usual: 500, full: 5000 },
  async run(options) {
    return [...await soakLongCall(options), ...await soakShortCalls(options)];
  },
};
