import { type CallFilter, conditionsFor } from "./callList.ts";
import type { CallUsage } from "./callRecord.ts";
import { usageOf } from "./callRows.ts";
import type { Query, Row } from "./database.ts";
import { percentile, sortedNumbers } from "./percentile.ts";
import { maybeText, numberOf } from "./row.ts";

export interface Distribution {
  readonly count: number;
  /** Absent where there is nothing to tell. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

export type Counts = Readonly<Record<string, number>>;

/** What all calls of a period come to. */
export interface CallAnalytics {
  readonly calls: number;
  readonly byStatus: Counts;
  readonly byDirection: Counts;
  readonly byAgent: Counts;
  readonly byEndReason: Counts;
  readonly byOutcome: Counts;
  /** Of calls that have ended. */
  readonly duration: Distribution & { readonly totalMs: number };
  /** Of all turns, from the caller's last sound to the agent's first. */
  readonly latency: Distribution;
  readonly cost: {
    /** The sum of what is known. */
    readonly usd: number;
    /** Ended calls whose cost is not known. */
    readonly unknown: number;
  };
  readonly usage: CallUsage;
}

/** Two passes over the calls; what turns tell is kept with their call when it ends. */
export async function analyse(query: Query, filter: CallFilter): Promise<CallAnalytics> {
  const { sql, values } = conditionsFor(filter);
  const [groups, [totals]] = await Promise.all([
    query(
      `SELECT direction, agent, status, end_reason, outcome, COUNT(*) AS calls
        FROM calls WHERE ${sql} GROUP BY direction, agent, status, end_reason, outcome`,
      values,
    ),
    query(
      `SELECT COALESCE(SUM(cost_usd), 0) AS usd, COALESCE(SUM(duration_ms), 0) AS duration_ms,
        COUNT(duration_ms) - COUNT(cost_usd) AS unpriced,
        ${usageNames.map((name) => `COALESCE(SUM(${name}), 0) AS ${name}`).join(", ")},
        STRING_AGG(latencies_ms, ',') AS latencies,
        STRING_AGG(CAST(duration_ms AS TEXT), ',') AS durations FROM calls WHERE ${sql}`,
      values,
    ),
  ]);
  if (totals === undefined) throw new Error("Cannot analyse the calls: the database gave no sums");
  return {
    calls: groups.reduce((sum, row) => sum + numberOf(row, "calls"), 0),
    byStatus: counts(groups, "status"),
    byDirection: counts(groups, "direction"),
    byAgent: counts(groups, "agent"),
    byEndReason: counts(groups, "end_reason"),
    byOutcome: counts(groups, "outcome"),
    duration: {
      ...distribution(sortedNumbers(maybeText(totals, "durations") ?? "")),
      totalMs: numberOf(totals, "duration_ms"),
    },
    latency: distribution(sortedNumbers(maybeText(totals, "latencies") ?? "")),
    cost: {
      usd: Math.round(numberOf(totals, "usd") * 1e6) / 1e6,
      unknown: numberOf(totals, "unpriced"),
    },
    usage: usageOf(totals),
  };
}

const usageNames = [
  "input_text",
  "input_audio",
  "cached_text",
  "cached_audio",
  "output_text",
  "output_audio",
  "responses",
  "transcription_input",
  "transcription_output",
  "transcription_seconds",
];

function distribution(sorted: Uint32Array): Distribution {
  const p50Ms = percentile(sorted, 0.5);
  const p95Ms = percentile(sorted, 0.95);
  if (p50Ms === undefined || p95Ms === undefined) return { count: 0 };
  return { count: sorted.length, p50Ms, p95Ms };
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
