import { type CallFilter, type Conditions, conditionsFor } from "../calls/callList.ts";
import { type AnalysisCounts, countAnalyses } from "../analyses/analysisCounts.ts";
import type { CallUsage } from "../calls/callRecord.ts";
import { usageColumns, usageOf } from "../calls/usageColumns.ts";
import type { Database, Query, Row } from "../database.ts";
import { eachLatency } from "./eachLatency.ts";
import { maybeText, numberOf, onlyRow } from "../row.ts";

/** Percentiles by the nearest rank: each is a value that occurred. */
export interface Distribution {
  readonly count: number;
  /** Absent where the count is 0. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

export type Counts = Readonly<Record<string, number>>;

/** Counts and sums of all calls of a period. */
export interface CallAnalytics {
  readonly calls: number;
  readonly byStatus: Counts;
  readonly byDirection: Counts;
  readonly byAgent: Counts;
  readonly byEndReason: Counts;
  readonly byOutcome: Counts;
  /** Only ended calls. */
  readonly duration: Distribution & { readonly totalMs: number };
  /** Over all turns, from the caller's last sound to the agent's first. */
  readonly latency: Distribution;
  readonly cost: {
    /** The sum of what is known. */
    readonly usd: number;
    /** Ended calls whose cost is not known. */
    readonly unknown: number;
    /** Estimated: what words in the place of sound have saved; negative where they cost more. */
    readonly savedUsd: number;
  };
  readonly usage: CallUsage;
  readonly analysis: AnalysisCounts;
}

/** The database sums and counts: its answers do not grow with the number of calls. */
export async function analyse(database: Database, filter: CallFilter): Promise<CallAnalytics> {
  const query = database.longQuery;
  const { sql, values } = conditionsFor(filter);
  const groups = await query(
    `SELECT direction, agent, status, end_reason, outcome, COUNT(*) AS calls
      FROM calls WHERE ${sql} GROUP BY direction, agent, status, end_reason, outcome`,
    values,
  );
  const totals = onlyRow(
    await query(
      `SELECT COALESCE(SUM(cost_usd), 0) + COALESCE(SUM(analysis_usd), 0) AS usd, COALESCE(SUM(saved_usd), 0) AS saved,
      COALESCE(SUM(duration_ms), 0) AS duration_ms,
      COUNT(duration_ms) AS durations,
      COUNT(duration_ms) - COUNT(CASE WHEN analysis_unpriced IS NULL THEN cost_usd END) AS unpriced,
      ${usageColumns.map(([_, name]) => `COALESCE(SUM(${name}), 0) AS ${name}`).join(", ")}
      FROM calls WHERE ${sql}`,
      values,
    ),
  );
  const latencies = await query(
    `SELECT ms, COUNT(*) AS turns FROM (${
      eachLatency(database, `calls WHERE latencies_ms IS NOT NULL AND ${sql}`)
    }) AS each_turn
      GROUP BY ms ORDER BY ms`,
    values,
  );
  return {
    calls: groups.reduce((sum, row) => sum + numberOf(row, "calls"), 0),
    byStatus: counts(groups, "status"),
    byDirection: counts(groups, "direction"),
    byAgent: counts(groups, "agent"),
    byEndReason: counts(groups, "end_reason"),
    byOutcome: counts(groups, "outcome"),
    duration: {
      ...await durations(query, { sql, values }, numberOf(totals, "durations")),
      totalMs: numberOf(totals, "duration_ms"),
    },
    latency: distribution(latencies),
    cost: {
      usd: micro(numberOf(totals, "usd")),
      unknown: numberOf(totals, "unpriced"),
      savedUsd: micro(numberOf(totals, "saved")),
    },
    usage: usageOf(totals),
    analysis: await countAnalyses(query, { sql, values }),
  };
}

async function durations(
  query: Query,
  { sql, values }: Conditions,
  count: number,
): Promise<Distribution> {
  if (count === 0) return { count };
  const at = async (rank: number): Promise<number> => {
    const [row] = await query(
      `SELECT duration_ms FROM calls WHERE duration_ms IS NOT NULL AND ${sql}
        ORDER BY duration_ms LIMIT 1 OFFSET ${percentileIndex(count, rank)}`,
      values,
    );
    return row === undefined ? 0 : numberOf(row, "duration_ms");
  };
  return { count, p50Ms: await at(0.5), p95Ms: await at(0.95) };
}

/** From rows of `ms` and `turns`, in ascending order of `ms`. */
function distribution(rows: readonly Row[]): Distribution {
  const count = rows.reduce((sum, row) => sum + numberOf(row, "turns"), 0);
  if (count === 0) return { count };
  const at = (rank: number): number => {
    let left = percentileIndex(count, rank);
    for (const row of rows) {
      left -= numberOf(row, "turns");
      if (left < 0) return numberOf(row, "ms");
    }
    return 0;
  };
  return { count, p50Ms: at(0.5), p95Ms: at(0.95) };
}

function micro(dollars: number): number {
  return Math.round(dollars * 1e6) / 1e6;
}

function counts(rows: readonly Row[], column: string): Counts {
  const byName = new Map<string, number>();
  for (const row of rows) {
    const name = maybeText(row, column);
    if (name === undefined) continue;
    byName.set(name, (byName.get(name) ?? 0) + numberOf(row, "calls"));
  }
  return Object.fromEntries(byName);
}

/** The value that the share `rank` (0 to 1) of sorted values does not exceed; undefined without values. */
export function percentile(sorted: ArrayLike<number>, rank: number): number | undefined {
  return sorted[percentileIndex(sorted.length, rank)];
}

/** The index of that value among `count`. */
function percentileIndex(count: number, rank: number): number {
  return Math.max(0, Math.ceil(count * rank) - 1);
}
