import type { Conditions } from "../calls/callList.ts";
import type { Query } from "../database.ts";
import { numberOf, onlyRow, textOf } from "../row.ts";
import { type AnalysisState, analysisStates } from "./analysis.ts";

type Counts = Readonly<Record<string, number>>;

/** What the analyses of a period's calls say. */
export interface AnalysisCounts {
  readonly byState: Readonly<Record<AnalysisState, number>>;
  readonly passed: number;
  readonly failed: number;
  /** `pass`, `fail` and `unknown` by the name of the criterion. */
  readonly criteria: Readonly<Record<string, Counts>>;
  /** How often each value occurred, of fields with few values: booleans and those with `enum`. */
  readonly values: Readonly<Record<string, Counts>>;
}

/** More names and values than the analysis of any agent has; the most frequent ones stay. */
const MAX_GROUPS = 2000;

/** Counts the analyses of the calls that the conditions select. */
export async function countAnalyses(
  query: Query,
  { sql, values }: Conditions,
): Promise<AnalysisCounts> {
  const chosen = `call_id IN (SELECT id FROM calls WHERE ${sql})`;
  const states = await query(
    `SELECT state, COUNT(*) AS calls FROM analyses WHERE ${chosen} GROUP BY state`,
    values,
  );
  const verdicts = onlyRow(
    await query(
      `SELECT COALESCE(SUM(analysis_passed), 0) AS passed,
        COUNT(analysis_passed) - COALESCE(SUM(analysis_passed), 0) AS failed
        FROM calls WHERE ${sql}`,
      values,
    ),
  );
  const groups = await query(
    `SELECT kind, name, value, COUNT(*) AS calls FROM analysis_values
      WHERE counted = 1 AND ${chosen} GROUP BY kind, name, value
      ORDER BY calls DESC, kind, name, value LIMIT ${MAX_GROUPS}`,
    values,
  );
  const byName = (wanted: string) => {
    const names = new Map<string, Record<string, number>>();
    for (const row of groups) {
      if (textOf(row, "kind") !== wanted) continue;
      const name = textOf(row, "name");
      const counts = names.get(name) ?? {};
      counts[textOf(row, "value")] = numberOf(row, "calls");
      names.set(name, counts);
    }
    return Object.fromEntries(names);
  };
  const countOf = (state: AnalysisState) => {
    const row = states.find((each) => each["state"] === state);
    return row === undefined ? 0 : numberOf(row, "calls");
  };
  const [pending, done, skipped, failed] = analysisStates.map(countOf);
  return {
    byState: {
      pending: pending ?? 0,
      done: done ?? 0,
      skipped: skipped ?? 0,
      failed: failed ?? 0,
    },
    passed: numberOf(verdicts, "passed"),
    failed: numberOf(verdicts, "failed"),
    criteria: byName("criterion"),
    values: byName("field"),
  };
}
