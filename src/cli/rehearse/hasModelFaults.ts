import type { Scenario } from "../../scenarios/scenario.ts";

/**
 * Whether something goes wrong at the model's end by the scenario: elsewhere than in the built-in engine it would not,
 * and what the scenario proves would seem proven.
 */
export function hasModelFaults({ faults, model }: Pick<Scenario, "faults" | "model">): boolean {
  return faults.first.length + faults.every.length > 0 ||
    model.some(({ fault }) => fault !== undefined);
}
