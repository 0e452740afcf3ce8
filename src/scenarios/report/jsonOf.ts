import { figuresOf } from "./figures.ts";
import { passRate } from "./runReport.ts";
import type { WholeReport } from "./wholeReport.ts";

/**
 * The report for programs, which is also what `readReport` reads. Fields may be added within a version, and none
 * changes its meaning.
 */
export function jsonOf({ report, budgets }: Pick<WholeReport, "report" | "budgets">): string {
  const { scenarios, ...conditions } = report;
  return JSON.stringify(
    { ...conditions, ...passRate(report), figures: figuresOf(report), budgets, scenarios },
    undefined,
    1,
  );
}
