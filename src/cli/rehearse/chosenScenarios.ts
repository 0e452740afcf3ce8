import type { Settings } from "../../config/settings.ts";
import {
  findScenarios,
  type FoundScenario,
  withOwnNames,
} from "../../scenarios/file/findScenarios.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { present } from "../../utils/present.ts";
import { type RecordedScenario, recordedScenarios } from "./recordedCalls.ts";
import type { RehearseOptions } from "./rehearseOptions.ts";

/** A scenario of a file, or one that was made of a recorded call. */
export type ChosenScenario = FoundScenario & Partial<RecordedScenario>;

/**
 * The scenarios that the command was asked for, on its line where it has one; without any, those beside the agents.
 * Throws a `TypeError` for files with faults.
 */
export async function chosenScenarios(
  options: RehearseOptions,
  settings: Settings,
  print: (line: string) => void,
): Promise<readonly ChosenScenario[]> {
  const { paths, journals, calls, line } = options;
  const isDefault = paths.length + journals.length + calls.length === 0;
  const written = await findScenarios(isDefault ? [`${settings.agents.dir}/scenarios`] : paths);
  const recorded = await recordedScenarios(options, settings, print);
  return withOwnNames<ChosenScenario>([...written, ...recorded]).map((found) =>
    onLine(found, line)
  );
}

/** Puts a line in the place of those of a scenario. */
function onLine<Found extends FoundScenario>(found: Found, line: RehearseOptions["line"]): Found {
  if (line === undefined) return found;
  const { scenario } = found;
  const callers = scenario.callers.map((caller) => ({
    ...caller,
    line: { ...line.conditions, ...present({ noise: caller.line.noise }) },
  }));
  return { ...found, scenario: { ...scenario, callers } satisfies Scenario };
}
