import { costOf, dollars, type Figures, figuresOf, type Spread } from "./figures.ts";
import { passRate, type RunReport } from "./runReport.ts";
import { seconds } from "../expect/verdict.ts";

/** A limit on a figure of the whole rehearsal, such as `answers_p95=1500`. */
export interface Budget {
  readonly name: string;
  readonly limit: number;
}

/** How a rehearsal stands to a budget. */
export interface BudgetVerdict extends Budget {
  /** Absent where there was nothing to measure; the budget is kept then. */
  readonly is?: number;
  readonly isKept: boolean;
}

const FIGURES = {
  first_sound: "firstSound",
  answers: "answers",
  cut: "cuts",
  dead_air: "deadAir",
} as const satisfies Readonly<Record<string, keyof Figures>>;
const SPREADS = { median: "median", p95: "p95", worst: "worst" } as const satisfies Readonly<
  Record<string, keyof Spread>
>;
const PASS_RATE = "pass_rate";
const COST = "cost_usd";

/** What can be limited; each figure's worst, where it names neither `_median` nor `_p95`. */
export const budgetNames = [...Object.keys(FIGURES), COST, PASS_RATE] as const;

/** Reads `answers_p95=1500`, or several with commas. Throws a `TypeError` that says what is wrong. */
export function readBudgets(text: string): readonly Budget[] {
  return text.split(",").map((part) => {
    const [name = "", limit = ""] = part.split("=").map((side) => side.trim());
    if (!isBudget(name)) {
      throw new TypeError(
        `--budget: "${name}" is none of ${budgetNames.join(", ")}; ` +
          "the first four also with _median or _p95",
      );
    }
    const value = limit === "" ? NaN : Number(limit);
    if (!(value >= 0) || value > (name === PASS_RATE ? 100 : 1e7)) {
      throw new TypeError(`--budget ${name} needs a number, as in ${name}=${exampleOf(name)}`);
    }
    return { name, limit: value };
  });
}

/** Holds the figures of a rehearsal against its budgets. */
export function checkBudgets(
  report: Pick<RunReport, "scenarios">,
  budgets: readonly Budget[],
): readonly BudgetVerdict[] {
  return budgets.map(({ name, limit }) => {
    const is = figureOf(name, report);
    const isKept = is === undefined || (name === PASS_RATE ? is >= limit : is <= limit);
    return { name, limit, ...(is !== undefined && { is }), isKept };
  });
}

/** A figure of a budget with its unit. */
export function budgetFigure(name: string, value: number): string {
  if (name === PASS_RATE) return `${Math.floor(value * 10) / 10}%`;
  return name === COST ? dollars(value) : seconds(value);
}

/**
 * Whether the rehearsal is one that failed: a budget was not kept, or something did not hold. A budget for the
 * pass rate takes the place of the latter.
 */
export function hasFailed(
  report: Pick<RunReport, "scenarios">,
  verdicts: readonly BudgetVerdict[],
): boolean {
  if (verdicts.some(({ isKept }) => !isKept)) return true;
  return !verdicts.some(({ name }) => name === PASS_RATE) && passRate(report).failed > 0;
}

function isBudget(name: string): boolean {
  return name === COST || name === PASS_RATE || partsOf(name) !== undefined;
}

function partsOf(name: string): readonly [keyof Figures, keyof Spread] | undefined {
  for (const [figure, key] of Object.entries(FIGURES)) {
    if (name === figure) return [key, "worst"];
    for (const [ending, spread] of Object.entries(SPREADS)) {
      if (name === `${figure}_${ending}`) return [key, spread];
    }
  }
  return undefined;
}

function figureOf(name: string, report: Pick<RunReport, "scenarios">): number | undefined {
  if (name === COST) return costOf(report);
  if (name === PASS_RATE) return lowestRate(report);
  const parts = partsOf(name);
  return parts && figuresOf(report)[parts[0]]?.[parts[1]];
}

/** That of the scenario that passed least often, in percent: repetitions of the others do not make up for it. */
function lowestRate({ scenarios }: Pick<RunReport, "scenarios">): number | undefined {
  const rates = scenarios.flatMap((scenario) => {
    const { passed, failed } = passRate({ scenarios: [scenario] });
    return passed + failed === 0 ? [] : [100 * passed / (passed + failed)];
  });
  return rates.length === 0 ? undefined : Math.min(...rates);
}

function exampleOf(name: string): string {
  if (name === PASS_RATE) return "80";
  return name === COST ? "0.50" : "1500";
}
