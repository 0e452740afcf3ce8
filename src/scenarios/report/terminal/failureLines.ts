import { failuresOf, placeOf, type ScenarioReport } from "../runReport.ts";
import { seconds, type Verdict } from "../../expect/verdict.ts";
import { type Paint, tame } from "./paint.ts";

interface Failure {
  /** As it was the first time. */
  readonly verdict: Verdict & { readonly caller?: number };
  /** Counted from 1. */
  readonly runs: Set<number>;
}

const MAX_FAILURES = 20;

/** What failed in a scenario, each thing once: what was expected, found and when, and where that stands. */
export function failureLines(scenario: ScenarioReport, paint: Paint): readonly string[] {
  const { name, title, runs } = scenario;
  const errors = runs.flatMap(({ error, state }, index) =>
    error === undefined || state !== "failed"
      ? []
      : error.split("\n").slice(0, MAX_FAILURES).map((line) =>
        `  ${tame(line)}${runText(new Set([index + 1]), runs.length)}`
      )
  );
  const failures = [...failuresIn(scenario)];
  const shown = failures.slice(0, MAX_FAILURES).map(({ verdict, runs: failed }) => {
    const { expected, found, atMs, caller } = verdict;
    const at = atMs === undefined ? "" : ` (at ${seconds(atMs)} of the call)`;
    const place = placeOf(scenario, verdict);
    return [
      `  expected  ${tame(expected)}`,
      `  found     ${tame(found)}${at}${caller === undefined ? "" : `, caller ${caller}`}${
        runText(failed, runs.length)
      }`,
      ...(place === undefined ? [] : [`  in        ${tame(place)}`]),
    ];
  });
  if (errors.length === 0 && shown.length === 0) return [];
  const left = failures.length - shown.length;
  return [
    "",
    `${paint("bad", "FAIL")}  ${paint("bold", tame(name))}: ${tame(title)}`,
    ...errors,
    ...shown.flatMap((lines, index) => index === 0 ? lines : ["", ...lines]),
    ...(left > 0 ? ["", `  and ${left} more`] : []),
  ];
}

/** The same expectation of the same caller is one failure, in however many runs. */
function failuresIn({ runs }: ScenarioReport): Iterable<Failure> {
  const found = new Map<string, Failure>();
  for (const [index, run] of runs.entries()) {
    for (const verdict of failuresOf(run)) {
      const key = [verdict.expected, verdict.line, verdict.caller].join("\n");
      const known = found.get(key) ?? { verdict, runs: new Set() };
      known.runs.add(index + 1);
      found.set(key, known);
    }
  }
  return found.values();
}

function runText(failed: ReadonlySet<number>, of: number): string {
  if (of === 1) return "";
  const numbers = [...failed];
  if (numbers.length === 1) return `, run ${numbers[0]} of ${of}`;
  return `, in ${numbers.length} of ${of} runs, first in run ${numbers[0]}`;
}
