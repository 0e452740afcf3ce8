import {
  type AgentProblem as FileProblem,
  type FoundProblem,
  placedProblems,
} from "../../config/agentProblem.ts";
import { schemaProblems } from "../../config/schemaProblems.ts";
import { readYaml } from "../../config/yamlText.ts";
import { isRecord } from "../../utils/isRecord.ts";
import type { CallerStep, Expectation, Scenario } from "../scenario.ts";
import { recordIsHeard } from "./expectationSchema.ts";
import { scenarioSchema } from "./scenarioSchema.ts";

/** A scenario, or all that is wrong with its file. */
export type ReadScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

const MAX_CHARACTERS = 100_000;

/** Reads the text of a scenario's file; `readAudio` reads a WAV file that it names, as mu-law, or throws. */
export function readScenario(
  name: string,
  text: string,
  readAudio: (path: string) => Uint8Array,
): ReadScenario {
  if (text.length > MAX_CHARACTERS) {
    return refused([`is longer than ${MAX_CHARACTERS} characters`]);
  }
  const read = readYaml(text, { name: "the file" });
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const { fields, lineOf } = read;
  const schema = scenarioSchema(readAudio);
  const { data, error } = schema.safeParse(fields);
  if (error !== undefined) {
    return refused(schemaProblems(schema, error.issues, fields), lineOf);
  }
  const pathOf = isRecord(fields) && "callers" in fields ? pathAmongMany : pathOfOne;
  const problems = missingSounds(data, readAudio, pathOf);
  if (problems.length > 0) return refused(problems, lineOf);
  return { ok: true, scenario: { ...data, name, lineOf: linesOf(data, lineOf, pathOf) } };
}

/** Lines by the parts themselves: what holds for every call stands in no line, and has none. */
function linesOf(
  { callers, expect }: Pick<Scenario, "callers" | "expect">,
  lineOf: (path: string) => number | undefined,
  pathOf: StepPath,
): NonNullable<Scenario["lineOf"]> {
  const paths = new Map<CallerStep | Expectation, string>();
  for (const [index, each] of expect.entries()) {
    if (each !== recordIsHeard) paths.set(each, `expect.${index}`);
  }
  for (const [caller, { steps }] of callers.entries()) {
    for (const [index, step] of steps.entries()) paths.set(step, pathOf(caller, index));
  }
  return (part) => {
    const path = paths.get(part);
    return path === undefined ? undefined : lineOf(path);
  };
}

type StepPath = (caller: number, step: number) => string;
const pathOfOne: StepPath = (_caller, step) => `caller.${step}`;
const pathAmongMany: StepPath = (caller, step) => `callers.${caller}.caller.${step}`;

/** Files of sound that are not there, or are none. */
function missingSounds(
  { callers }: Pick<Scenario, "callers">,
  readAudio: (path: string) => Uint8Array,
  pathOf: StepPath,
): readonly FileProblem[] {
  return callers.flatMap(({ steps }, caller) =>
    steps.flatMap((step, index) => {
      if (step.type !== "say" || !("audio" in step.what)) return [];
      const path = pathOf(caller, index);
      try {
        readAudio(step.what.audio);
        return [];
      } catch (error) {
        return [{ path, message: error instanceof Error ? error.message : String(error) }];
      }
    })
  );
}

function refused(
  found: readonly FoundProblem[],
  lineOf?: (path: string) => number | undefined,
): ReadScenario {
  return { ok: false, problems: placedProblems(found, lineOf) };
}
