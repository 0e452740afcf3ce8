import type { Scenario } from "../../scenarios/scenario.ts";
import { hasModelFaults } from "./hasModelFaults.ts";

/** Why a scenario cannot be acted out with a server that was not started for it; undefined where it can. */
export function needsOwnServer(
  { at, faults, model, tools }: Pick<Scenario, "at" | "faults" | "model" | "tools">,
): string | undefined {
  const what = hasModelFaults({ faults, model })
    ? "faults of the model are"
    : at !== undefined
    ? "at is"
    : tools.length > 0
    ? "tools are"
    : undefined;
  return what && `${what} for a server that is started for the scenario`;
}
