import { scenario as crash } from "./crash.ts";
import { scenario as deploy } from "./deploy.ts";
import { scenario as leaks } from "./leaks.ts";
import { scenario as malformed } from "./malformed.ts";
import { scenario as modelLoss } from "./modelLoss.ts";
import type { Scenario } from "./scenario.ts";

/** All scenarios, in the order in which they run. */
export const scenarios: readonly Scenario[] = [modelLoss, deploy, crash, malformed, leaks];
