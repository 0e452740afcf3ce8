import type { Scenario } from "./scenario.ts";
import { soakModelLoss } from "./modelLoss/losses.ts";

/** Calls whose model connections are cut again and again, in every way and at any moment. */
export const scenario: Scenario = {
  name: "modelLoss",
  promise: "a call goes on when the model's connection is lost at any moment, in any way",
  counts: { usual: 80, full: 1000 },
  run: soakModelLoss,
};
