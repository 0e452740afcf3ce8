import type { BudgetVerdict } from "./budgets.ts";
import type { Difference } from "./difference.ts";
import type { CallSound } from "./keptSound.ts";
import type { RunReport } from "./runReport.ts";

/** All that is known of a rehearsal when it is over. */
export interface WholeReport {
  readonly report: RunReport;
  readonly budgets: readonly BudgetVerdict[];
  /** The report of an earlier rehearsal, and what has changed since. */
  readonly baseline?: RunReport | undefined;
  /** Absent without a baseline. */
  readonly difference: Difference | undefined;
  /** Of each run, in the order of the report: a sound for each call; undefined where it is not kept. */
  readonly sounds: readonly (readonly CallSound[] | undefined)[];
}
