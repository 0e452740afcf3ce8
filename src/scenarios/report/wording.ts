import { seconds } from "../expect/verdict.ts";
import { budgetFigure, type BudgetVerdict } from "./budgets.ts";
import type { Difference, FigureChange } from "./difference.ts";
import { figureNames } from "./figures.ts";
import type { RunReport } from "./runReport.ts";
import { timingTold } from "./timingTold.ts";

/** What the built-in engine proves, and what not. */
export const WHAT_IS_PROVEN =
  "The built-in engine answers as the scenarios say: this proves turn-taking, tools, timing, transfers and records, " +
  "and nothing of what a model would say or cost. With OPENAI_API_KEY set, the model itself is rehearsed.";

/** Who answered the callers. */
export function engineName({ engine }: Pick<RunReport, "engine">): string {
  return engine === "rehearsal" ? "the built-in engine" : engine;
}

/** That too few figures could be told for a rehearsal that holds, and what to do about it; else undefined. */
export function tooFewTold(report: Pick<RunReport, "scenarios">): string | undefined {
  const { told, untold, isTooFew } = timingTold(report);
  if (!isTooFew) return undefined;
  return `${untold} of ${told + untold} figures could not be told: this machine is too busy. ` +
    "--concurrency 1 or, with the built-in engine, --speed 0.5 leaves it more time.";
}

/** Such as `answers_p95 1.50 s: is 1.20 s`. */
export function budgetText({ name, limit, is }: BudgetVerdict): string {
  const found = is === undefined ? "nothing to measure" : `is ${budgetFigure(name, is)}`;
  return `${name} ${budgetFigure(name, limit)}: ${found}`;
}

/** With what it was made otherwise, which the file of the baseline says. */
export function baselineName({ since, otherwise }: Difference): string {
  const other = otherwise.length === 0 ? "" : `, which had ${otherwise.join(", ")}`;
  return `the baseline of ${since.slice(0, 16).replace("T", " ")} UTC${other}`;
}

/** Such as `100% to 80%`, of shares of 1. */
export function rateChange({ was, is }: { readonly was: number; readonly is: number }): string {
  return `${Math.round(was * 100)}% to ${Math.round(is * 100)}%`;
}

/** Such as `answers: median 0.80 s to 0.95 s (+0.15 s), worst ...`. */
export function figureChangeText({ name, was, is }: FigureChange): string {
  const parts = (["median", "worst"] as const).filter((key) =>
    seconds(was[key]) !== seconds(is[key])
  ).map((key) => {
    const by = is[key] - was[key];
    return `${key} ${seconds(was[key])} to ${seconds(is[key])} (${by > 0 ? "+" : "-"}${
      seconds(Math.abs(by))
    })`;
  });
  return `${figureNames[name]}: ${parts.join(", ")}`;
}
