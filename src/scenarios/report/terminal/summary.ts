import type { BudgetVerdict } from "../budgets.ts";
import type { Difference } from "../difference.ts";
import {
  costName,
  costOf,
  dollars,
  figureNames,
  type Figures,
  figuresOf,
  type Spread,
} from "../figures.ts";
import { passRate, type RunReport, untoldOf } from "../runReport.ts";
import { seconds } from "../../expect/verdict.ts";
import { whoAnswers } from "../sinceRecorded.ts";
import { budgetText, engineName, tooFewTold, WHAT_IS_PROVEN } from "../wording.ts";
import { differenceLines } from "./differenceLines.ts";
import { failureLines } from "./failureLines.ts";
import { type Paint, tame } from "./paint.ts";
import { tableLines } from "./table.ts";

const NONE = "-";

/** What came of all of it, for a terminal: the table, what failed and where, what has changed. */
export function summaryLines(
  report: RunReport,
  { budgets, difference, paint }: {
    readonly budgets: readonly BudgetVerdict[];
    readonly difference: Difference | undefined;
    readonly paint: Paint;
  },
): readonly string[] {
  const tooFew = tooFewTold(report);
  return [
    ...table(report, paint),
    ...report.scenarios.flatMap((scenario) => failureLines(scenario, paint)),
    ...budgetLines(budgets, paint),
    ...(difference === undefined ? [] : ["", ...differenceLines(difference, paint)]),
    "",
    counts(report, paint),
    ...(tooFew === undefined ? [] : [paint("warn", tooFew)]),
    ...figureLines(figuresOf(report), paint),
    ...whoAnswers(report).flatMap((text) => ["", paint("soft", text)]),
    ...(report.engine === "rehearsal" ? ["", paint("soft", WHAT_IS_PROVEN)] : []),
  ];
}

function table(report: RunReport, paint: Paint): readonly string[] {
  if (report.scenarios.length === 0) return [];
  const head = [
    "scenario",
    "passed",
    "answers",
    "worst",
    "cut after",
    "dead air",
    costName(report),
  ];
  const rows = report.scenarios.map((scenario) => row(scenario.name, { scenarios: [scenario] }));
  const total = rows.length > 1 ? [row("all", report)] : [];
  const [first = "", ...lines] = tableLines(head, [...rows, ...total]);
  return [
    paint("soft", first),
    ...lines.map((line, index) => {
      const scenario = report.scenarios[index];
      if (scenario === undefined) return paint("bold", line);
      return passRate({ scenarios: [scenario] }).failed > 0 ? paint("bad", line) : line;
    }),
  ];
}

function row(name: string, report: Pick<RunReport, "scenarios">): readonly string[] {
  const { passed, failed, skipped } = passRate(report);
  const { answers, cuts, deadAir } = figuresOf(report);
  const cost = costOf(report);
  const told = passed + failed;
  return [
    tame(name),
    told === 0 && skipped > 0 ? "skipped" : `${passed}/${told}`,
    answers ? seconds(answers.median) : NONE,
    answers ? seconds(answers.worst) : NONE,
    cuts ? seconds(cuts.worst) : NONE,
    deadAir ? seconds(deadAir.worst) : NONE,
    cost === undefined ? NONE : dollars(cost),
  ];
}

function budgetLines(budgets: readonly BudgetVerdict[], paint: Paint): readonly string[] {
  if (budgets.length === 0) return [];
  return [
    "",
    ...budgets.map((budget) => {
      const word = budget.isKept ? paint("good", "ok  ") : paint("bad", "FAIL");
      return `${word}  budget ${budgetText(budget)}`;
    }),
  ];
}

function counts(report: RunReport, paint: Paint): string {
  const { passed, failed, skipped } = passRate(report);
  const untold = report.scenarios.flatMap(({ runs }) => runs.flatMap(untoldOf)).length;
  const parts = [
    paint(passed > 0 ? "good" : "soft", `${passed} passed`),
    paint(failed > 0 ? "bad" : "soft", `${failed} failed`),
    ...(skipped > 0 ? [paint("warn", `${skipped} could tell nothing`)] : []),
    ...(untold > 0
      ? [paint("warn", `${untold} expectation${untold > 1 ? "s" : ""} not told`)]
      : []),
    ...(report.notRun > 0 ? [paint("warn", `${report.notRun} not rehearsed`)] : []),
  ];
  const at = report.against === undefined ? "" : ` at ${report.against}`;
  return `${parts.join(", ")}, with ${engineName(report)}${at}, in ${seconds(report.tookMs)}.`;
}

function figureLines(figures: Figures, paint: Paint): readonly string[] {
  const rows = Object.entries(figures).map(([name, spread]: [string, Spread]) => [
    `  ${figureNames[name as keyof Figures]}`,
    ...[spread.median, spread.p95, spread.worst].map(seconds),
    String(spread.count),
  ]);
  if (rows.length === 0) return [];
  const [head = "", ...lines] = tableLines(["", "median", "95%", "worst", "count"], rows);
  return [paint("soft", head), ...lines];
}
