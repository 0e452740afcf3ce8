import { soakDeploys } from "./deploy/deploys.ts";
import type { Scenario } from "./scenario.ts";

/** `count` is the number of deploys, each with 30 live calls. */
export const scenario: Scenario = {
  name: "deploy",
  promise: "live calls go on in the server that takes the place of another, at the same port",
  counts: { usual: 4, full: 20 },
  run: (options) => soakDeploys({ ...options, calls: 30 }),
};
