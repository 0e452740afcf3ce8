import type { RunReport } from "./runReport.ts";

/** A machine that keeps up tells all but a rare figure. */
const MAX_UNTOLD = 0.1;

/** How many figures could be held against their limits, and whether that is too few to say that the others hold. */
export function timingTold({ scenarios }: Pick<RunReport, "scenarios">): {
  readonly told: number;
  readonly untold: number;
  readonly isTooFew: boolean;
} {
  const timings = scenarios.flatMap(({ runs }) => runs.flatMap(({ calls }) => calls))
    .flatMap(({ verdicts }) => verdicts.flatMap(({ timing }) => timing ?? []));
  const untold = timings.filter((timing) => timing === "untold").length;
  return {
    told: timings.length - untold,
    untold,
    isTooFew: untold > MAX_UNTOLD * timings.length,
  };
}
