import type { CallAnalysis } from "../analyses/analysis.ts";
import { analysisOf } from "../analyses/analysisRows.ts";
import { placeholders } from "../columns.ts";
import type { Database } from "../database.ts";
import { readable, textOf } from "../row.ts";
import { type CallFilter, conditionsFor } from "./callList.ts";

/** What the analyses of some calls say, by name. */
export interface AnalysisNames {
  readonly fields: readonly string[];
  readonly criteria: readonly string[];
}

/** Names of each kind; agents' files may have had ever others. */
const MAX_NAMES = 100;

export type CallTable = ReturnType<typeof createCallTable>;

/** What a table of calls takes besides the calls. */
export function createCallTable({ longQuery }: Database) {
  return {
    /** The fields and criteria of the calls that a filter selects, in their order. */
    async names(filter: CallFilter): Promise<AnalysisNames> {
      const { sql, values } = conditionsFor(filter);
      const of = async (kind: "field" | "criterion") => {
        const rows = await longQuery(
          `SELECT DISTINCT name FROM analysis_values WHERE kind = '${kind}'
            AND call_id IN (SELECT id FROM calls WHERE ${sql}) ORDER BY name LIMIT ${MAX_NAMES}`,
          values,
        );
        return rows.map((row) => textOf(row, "name"));
      };
      return { fields: await of("field"), criteria: await of("criterion") };
    },
    /** By the ids of their calls. */
    async analyses(callIds: readonly string[]): Promise<ReadonlyMap<string, CallAnalysis>> {
      if (callIds.length === 0) return new Map();
      const rows = await longQuery(
        `SELECT * FROM analyses WHERE call_id IN (${placeholders(callIds)})`,
        callIds,
      );
      return new Map(
        readable(rows, (row): [string, CallAnalysis] => [textOf(row, "call_id"), analysisOf(row)]),
      );
    },
  };
}
