import type { Difference } from "./difference.ts";
import { figuresOf, type Spread, spreadOf } from "./figures.ts";
import { passRate, type RunReport, type RunResult, type ScenarioReport } from "./runReport.ts";
import { sinceRecordedLines, whoAnswers } from "./sinceRecorded.ts";
import { seconds } from "../expect/verdict.ts";

/** What the built-in engine proves, and what not. */
export const WHAT_IS_PROVEN =
  "The built-in engine answers as the scenarios say: this proves turn-taking, tools, timing, transfers and records, " +
  "and nothing of what a model would say. With OPENAI_API_KEY set, the model itself is rehearsed.";

const WORDS: Readonly<Record<RunResult["state"], string>> = {
  passed: "ok  ",
  failed: "FAIL",
  skipped: "skip",
};
const NAMES = {
  firstSound: "first sound",
  answers: "answers",
  cuts: "cut after",
  silence: "longest silence",
} as const;

/** One line for a scenario that was acted out, with what failed below it. */
export function scenarioLines(
  { name, runs }: ScenarioReport,
  widest: number,
): readonly string[] {
  return runs.flatMap((run, index) => {
    const number = runs.length > 1 ? ` ${index + 1}/${runs.length}` : "";
    return runLines(`${name}${number}`.padEnd(widest), run);
  });
}

function runLines(name: string, { state, tookMs, error, calls }: RunResult): readonly string[] {
  const answers = spreadOf(calls.flatMap(({ answersMs }) => answersMs));
  const cuts = spreadOf(calls.flatMap(({ cutsMs }) => cutsMs));
  const figures = [
    seconds(tookMs).padStart(8),
    ...(answers === undefined ? [] : [`answers ${seconds(answers.median)}`]),
    ...(cuts === undefined ? [] : [`cut after ${seconds(cuts.worst)}`]),
  ];
  const faults = calls.flatMap(({ verdicts }, caller) =>
    verdicts.flatMap(({ state, expected, found, atMs }) => {
      if (state === "held") return [];
      const who = calls.length > 1 ? `caller ${caller + 1}: ` : "";
      const where = atMs === undefined ? "" : ` (at ${seconds(atMs)})`;
      const mark = state === "skipped" ? "not told: " : "";
      return [`        ${who}${mark}${expected}: ${found}${where}`];
    })
  );
  return [
    `  ${WORDS[state]}  ${name}  ${figures.join("   ")}`,
    ...(error === undefined ? [] : [`        ${error}`]),
    ...faults,
    ...calls.flatMap(sinceRecordedLines).map((line) => `        ${line}`),
  ];
}

/** What came of all of it, and what it proves. */
export function summaryLines(report: RunReport, difference?: Difference): readonly string[] {
  const { passed, failed, skipped } = passRate(report);
  const engine = report.engine === "rehearsal" ? "the built-in engine" : report.engine;
  const counts = [
    `${passed} passed`,
    `${failed} failed`,
    ...(skipped > 0 ? [`${skipped} could tell nothing`] : []),
  ].join(", ");
  const figures = Object.entries(figuresOf(report)).map(([name, spread]: [string, Spread]) =>
    `  ${NAMES[name as keyof typeof NAMES].padEnd(16)} median ${seconds(spread.median)}, ` +
    `95% within ${seconds(spread.p95)}, worst ${seconds(spread.worst)} (${spread.count})`
  );
  return [
    `${counts}, with ${engine}, in ${seconds(report.tookMs)}.`,
    ...figures,
    ...(difference === undefined ? [] : differenceLines(difference)),
    ...whoAnswers(report),
    ...(report.engine === "rehearsal" ? ["", WHAT_IS_PROVEN] : []),
  ];
}

/** What has changed, a title first. */
export function differenceLines(
  { worse, better, added, removed, figures }: Difference,
): readonly string[] {
  const share = (of: number) => `${Math.round(of * 100)}%`;
  const change = (one: { readonly name: string; readonly was: number; readonly is: number }) =>
    `${one.name} (${share(one.was)} to ${share(one.is)})`;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["worse", worse.map(change)],
    ["better", better.map(change)],
    ["new", added],
    ["gone", removed],
    [
      "median",
      figures.filter(({ was, is }) => was.median !== is.median).map(({ name, was, is }) =>
        `${NAMES[name]} ${seconds(was.median)} to ${seconds(is.median)}`
      ),
    ],
  ];
  const told = parts.filter(([, names]) => names.length > 0);
  if (told.length === 0) return ["Nothing has changed since the baseline."];
  return ["Since the baseline:", ...told.map(([what, names]) => `  ${what}: ${names.join(", ")}`)];
}
