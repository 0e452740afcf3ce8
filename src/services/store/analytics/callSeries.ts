import { type CallFilter, conditionsFor } from "../calls/callList.ts";
import type { Database, Row, SqlValue } from "../database.ts";
import { maybeText, numberOf, textOf } from "../row.ts";
import type { Counts, Distribution } from "./callAnalytics.ts";
import { eachLatency } from "./eachLatency.ts";

export const seriesGroups = ["agent", "key", "direction"] as const;
export type SeriesGroup = (typeof seriesGroups)[number];

/** The calls of a period by buckets of time, each from its time of `starts` to the next. */
export interface SeriesQuestion {
  readonly filter: CallFilter;
  /** Milliseconds since 1970, ascending; the last one ends the last bucket. */
  readonly edges: readonly number[];
  readonly groupBy?: SeriesGroup;
}

/** One bucket of one group. */
export interface SeriesPoint {
  readonly calls: number;
  /** From the answers of calls to their ends. */
  readonly connectedMs: number;
  /** Of calls that were placed. */
  readonly outcomes: Counts;
  readonly endReasons: Counts;
  readonly usd: number;
  /** Ended calls whose cost is not known. */
  readonly unpriced: number;
  /** From the caller's last sound to the agent's first. */
  readonly latency: Distribution;
  readonly agentTurns: number;
  /** Those of them that the caller cut off. */
  readonly interrupted: number;
  readonly tools: Readonly<Record<string, ToolCounts>>;
}

export interface ToolCounts {
  readonly calls: number;
  readonly failed: number;
}

/** A point for each bucket; `name` is null for calls that have none, and where nothing is grouped. */
export interface SeriesLine {
  readonly name: string | null;
  /** Stands for all groups that have no line of their own. */
  readonly isRest: boolean;
  readonly points: readonly SeriesPoint[];
}

const COLUMNS = { agent: "agent", key: "key_name", direction: "direction" } as const;
const MAX_GROUPS = 8;
const MAX_TOOLS = 12;
/** No name of an agent, key, direction or tool. */
export const REST = "…";
const NONE = "";

/**
 * The lines of the groups with the most calls, those first, and of the rest. Everything is summed up by the
 * database: what it answers grows with buckets and groups, not with calls.
 */
export async function callSeries(
  database: Database,
  { filter, edges, groupBy }: SeriesQuestion,
): Promise<readonly SeriesLine[]> {
  const query = database.longQuery;
  const { since: first = -Infinity, until: end = Infinity, ...others } = filter;
  const since = Math.max(first, edges[0] ?? 0);
  const until = Math.min(end, edges.at(-1) ?? 0);
  // The period is in the buckets: with it here, Postgres would look through all of it for each of them.
  const conditions = conditionsFor(others);
  const names = await namesOf();
  const values: SqlValue[] = [...conditions.values];
  const chosen = chosenCalls();
  const lines = new Map(
    [...names, ...(names.length > MAX_GROUPS ? [REST] : [])].filter((name, at) =>
      at < MAX_GROUPS || name === REST
    ).map((name) => [name, edges.slice(1).map(emptyPoint)]),
  );

  await each(
    `SELECT bucket, name, outcome, end_reason, COUNT(*) AS calls,
      COALESCE(SUM(CASE WHEN ended_at > answered_at THEN ended_at - answered_at END), 0) AS connected_ms,
      COALESCE(SUM(cost_usd), 0) + COALESCE(SUM(analysis_usd), 0) AS usd,
      COUNT(duration_ms) - COUNT(CASE WHEN analysis_unpriced IS NULL THEN cost_usd END) AS unpriced
      FROM chosen GROUP BY bucket, name, outcome, end_reason`,
    addSums,
  );
  await each(
    `SELECT bucket, name, MAX(total) AS turns,
      MIN(CASE WHEN 100 * upto >= 50 * total THEN ms END) AS p50_ms,
      MIN(CASE WHEN 100 * upto >= 95 * total THEN ms END) AS p95_ms
      FROM (SELECT bucket, name, ms,
        CAST(SUM(turns) OVER (PARTITION BY bucket, name ORDER BY ms) AS BIGINT) AS upto,
        CAST(SUM(turns) OVER (PARTITION BY bucket, name) AS BIGINT) AS total
        FROM (SELECT bucket, name, ms, COUNT(*) AS turns
          FROM (${
      eachLatency(database, "chosen WHERE latencies_ms IS NOT NULL", ["bucket", "name"])
    }) AS each_turn GROUP BY bucket, name, ms) AS by_length) AS ranked
      GROUP BY bucket, name`,
    (point, row) => point.latency = latencyOf(row),
  );
  await each(
    `SELECT bucket, name, COUNT(*) AS turns, CAST(SUM(interrupted) AS BIGINT) AS cut
      FROM chosen JOIN turns ON turns.call_id = chosen.id
      WHERE turns.words > 0 GROUP BY bucket, name`,
    (point, row) => {
      point.agentTurns = numberOf(row, "turns");
      point.interrupted = numberOf(row, "cut");
    },
  );
  await each(
    `, used AS (SELECT bucket, chosen.name, tool_calls.name AS tool, COUNT(*) AS calls,
        CAST(SUM(CASE WHEN ok = 0 THEN 1 ELSE 0 END) AS BIGINT) AS failed
        FROM chosen JOIN tool_calls ON tool_calls.call_id = chosen.id
        GROUP BY bucket, chosen.name, tool_calls.name),
      most AS (SELECT tool FROM used GROUP BY tool ORDER BY SUM(calls) DESC, tool LIMIT ${MAX_TOOLS})
      SELECT bucket, name, CASE WHEN tool IN (SELECT tool FROM most) THEN tool ELSE '${REST}' END AS tool,
        CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(failed) AS BIGINT) AS failed
      FROM used GROUP BY 1, 2, 3`,
    ({ tools }, row) =>
      tools.set(textOf(row, "tool"), {
        calls: numberOf(row, "calls"),
        failed: numberOf(row, "failed"),
      }),
  );
  return [...lines].map(([name, points]) => ({
    name: name === NONE || name === REST ? null : name,
    isRest: name === REST,
    points: points.map((point) => ({ ...point, tools: Object.fromEntries(point.tools) })),
  }));

  async function each(sql: string, apply: (point: Sums, row: Row) => void): Promise<void> {
    for (const row of await query(`${chosen} ${sql}`, values)) apply(pointOf(row), row);
  }

  /** In the order of their calls; one more than have lines, where there are. */
  async function namesOf(): Promise<readonly string[]> {
    if (groupBy === undefined) return [NONE];
    const inPeriod = conditionsFor({ ...others, since, until });
    const rows = await query(
      `SELECT COALESCE(${COLUMNS[groupBy]}, '') AS name, COUNT(*) AS calls FROM calls
        WHERE ${inPeriod.sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_GROUPS + 1}`,
      inPeriod.values,
    );
    return rows.map((row) => textOf(row, "name"));
  }

  /** `chosen`: the calls with their `bucket`, counted from 0, and the `name` of their group. */
  function chosenCalls(): string {
    const buckets = edges.slice(1).map((to, at) => {
      const from = Math.max(edges[at] ?? 0, Math.ceil(since));
      return `(${at}, ${from}, ${Math.min(to, Math.ceil(until))})`;
    }).join(", ");
    return `WITH buckets (bucket, from_ms, to_ms) AS (VALUES ${buckets}),
      chosen AS (SELECT bucket, ${nameSql()} AS name, calls.id, outcome, end_reason, answered_at,
        ended_at, duration_ms, cost_usd, analysis_usd, analysis_unpriced, latencies_ms
        FROM buckets CROSS JOIN calls
        WHERE started_at >= from_ms AND started_at < to_ms AND ${conditions.sql})`;
  }

  function nameSql(): string {
    if (groupBy === undefined) return `'${NONE}'`;
    const name = `COALESCE(${COLUMNS[groupBy]}, '')`;
    if (names.length <= MAX_GROUPS) return name;
    const own = names.slice(0, MAX_GROUPS).map((each) => `$${values.push(each)}`);
    return `CASE WHEN ${name} IN (${own.join(", ")}) THEN ${name} ELSE '${REST}' END`;
  }

  function pointOf(row: Row): Sums {
    const line = lines.get(maybeText(row, "name") ?? NONE);
    // What began since the groups were counted is shown the next time.
    return line?.[numberOf(row, "bucket")] ?? emptyPoint();
  }
}

interface Sums {
  calls: number;
  connectedMs: number;
  outcomes: Record<string, number>;
  endReasons: Record<string, number>;
  usd: number;
  unpriced: number;
  latency: Distribution;
  agentTurns: number;
  interrupted: number;
  readonly tools: Map<string, ToolCounts>;
}

function emptyPoint(): Sums {
  return {
    ...{ calls: 0, connectedMs: 0, outcomes: {}, endReasons: {}, usd: 0, unpriced: 0 },
    ...{ latency: { count: 0 }, agentTurns: 0, interrupted: 0, tools: new Map() },
  };
}

function addSums(point: Sums, row: Row): void {
  const calls = numberOf(row, "calls");
  point.calls += calls;
  point.connectedMs += numberOf(row, "connected_ms");
  point.usd = Math.round((point.usd + numberOf(row, "usd")) * 1e6) / 1e6;
  point.unpriced += numberOf(row, "unpriced");
  count(point.outcomes, maybeText(row, "outcome"), calls);
  count(point.endReasons, maybeText(row, "end_reason"), calls);
}

function count(counts: Record<string, number>, name: string | undefined, calls: number): void {
  if (name !== undefined) counts[name] = (counts[name] ?? 0) + calls;
}

function latencyOf(row: Row): Distribution {
  return {
    count: numberOf(row, "turns"),
    p50Ms: numberOf(row, "p50_ms"),
    p95Ms: numberOf(row, "p95_ms"),
  };
}
