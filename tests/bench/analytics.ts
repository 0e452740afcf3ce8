import { bucketEdges } from "../../src/services/records/timeBuckets.ts";
import { openPostgres } from "../../src/services/store/postgres/postgresDatabase.ts";
import { openSqlite } from "../../src/services/store/sqlite/sqliteDatabase.ts";
import type { Store } from "../../src/services/store/store.ts";
import type { Database } from "../../src/services/store/database.ts";
import { timesOf, withBenchStore } from "../support/store/benchStore.ts";

/**
 * How long analytics take over 100,000 calls of 90 days with 8 turns each, in a SQLite file, or in Postgres
 * with `--postgres`. The figures are milliseconds of the fastest and the slowest of 5 runs.
 */
const CALLS = 100_000;
const TURNS = 8;
/** So many calls are filled in by one statement. */
const CHUNK = 5000;
const ROUNDS = 5;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const figures: Record<string, { fastMs: number; slowMs: number }> = {};
await withBenchStore(async (store, place) => {
  const direct = place.kind === "sqlite"
    ? await openSqlite(place.path)
    : await openPostgres(place.url);
  await fill(direct);
  await direct.close();
  await run(store);
});
console.table(figures);

async function run({ calls }: Store): Promise<void> {
  const all = { since: START, until: START + 90 * DAY_MS };
  const month = { since: START + 30 * DAY_MS, until: START + 60 * DAY_MS };
  const week = { since: month.since, until: month.since + 7 * DAY_MS };
  const edges = (period: typeof all, interval: "day" | "hour" = "day") =>
    bucketEdges({ interval, zone: "Europe/Berlin", ...period }, 0) ?? [];
  await measure("sums: 90 days", () => calls.analyse(all));
  await measure("series: 90 days", () => calls.series({ filter: all, edges: edges(all) }));
  await measure(
    "series: 90 days, by agent",
    () => calls.series({ filter: all, edges: edges(all), groupBy: "agent" }),
  );
  await measure(
    "series: 30 days, by key",
    () => calls.series({ filter: month, edges: edges(month), groupBy: "key" }),
  );
  await measure(
    "series: 90 days of a key",
    () => calls.series({ filter: { ...all, keyName: "key_1" }, edges: edges(all) }),
  );
  await measure(
    "series: 7 days, by the hour",
    () => calls.series({ filter: week, edges: edges(week, "hour") }),
  );
  await measure("retention: 90 days", () => calls.retention(all));
  await measure("retention: 30 days", () => calls.retention(month));
  await measure(
    "retention: 90 days of an agent",
    () => calls.retention({ ...all, agent: "agent_3" }),
  );
}

/** The numbers of a chunk, as `n`. */
function numbers(from: number): string {
  return `numbers (n) AS (SELECT CAST(${from} AS BIGINT)
    UNION ALL SELECT n + 1 FROM numbers WHERE n < ${from + CHUNK - 1})`;
}

async function fill(database: Database): Promise<void> {
  for (let from = 0; from < CALLS; from += CHUNK) await fillChunk(database, from);
  // As Postgres does by itself in time, and SQLite does not.
  if (database.kind === "postgres") await database.query("ANALYZE");
}

async function fillChunk({ query }: Database, from: number): Promise<void> {
  await query(
    `WITH RECURSIVE ${numbers(from)}
      INSERT INTO calls (id, direction, agent, agent_version, key_name, status, started_at, answered_at,
        ended_at, duration_ms, end_reason, outcome, instance_id, cost_usd, output_audio, latencies_ms, model)
      SELECT 'call_' || n, CASE WHEN n % 3 = 0 THEN 'outbound' ELSE 'inbound' END, 'agent_' || (n % 7),
        'version_' || (n % 7), 'key_' || (n % 4), 'ended', ${START} + n * ${90 * DAY_MS / CALLS},
        ${START} + n * ${90 * DAY_MS / CALLS} + 2000, ${START} + n * ${90 * DAY_MS / CALLS} + 65000,
        30000 + n % 60000, CASE WHEN n % 5 = 0 THEN 'idle' ELSE 'caller_hung_up' END,
        CASE WHEN n % 3 = 0 THEN 'human' END, 'bench', 0.2, 2000,
        (300 + n * 7 % 1500) || ',' || (300 + n * 11 % 1500) || ',' || (300 + n * 13 % 1500), 'gpt-realtime'
      FROM numbers`,
  );
  const say = "n % 13 <> 0 OR turn <> 0";
  const words = "'What people say to one another on the phone is seldom longer than this.'";
  await query(
    `WITH RECURSIVE ${numbers(from)}, lines (turn) AS (SELECT 0 UNION ALL SELECT turn + 1 FROM lines
        WHERE turn < ${TURNS - 1})
      INSERT INTO turns (call_id, id, role, position, text, is_final, interrupted, spoken_by, started_ms,
        unheard, aside, words, heard_words, line, line_begin, is_greeting, is_kept)
      SELECT 'call_' || n, 'item_' || turn, CASE WHEN turn % 2 = 0 THEN 'agent' ELSE 'caller' END, turn,
        ${words} || turn, 1, CASE WHEN ${say} THEN 0 ELSE 1 END, 'voice', turn * 5000,
        CASE WHEN ${say} THEN NULL ELSE ${words} END, 0, CASE WHEN turn % 2 = 0 THEN 28 END,
        CASE WHEN turn % 2 = 0 THEN CASE WHEN ${say} THEN 28 ELSE 1 + n % 14 END END,
        CASE WHEN turn % 2 <> 0 THEN NULL WHEN turn = 0 THEN 'greeting_' || (n % 7)
          WHEN n % 4 = 0 THEN 'standard_' || turn ELSE 'line_' || n || '_' || turn END,
        CASE WHEN turn % 2 <> 0 THEN NULL WHEN n % 4 = 0 THEN 'begin_' || turn ELSE 'begin_' || (n % 997) END,
        CASE WHEN turn % 2 = 0 THEN CASE WHEN turn = 0 THEN 1 ELSE 0 END END,
        CASE WHEN turn % 2 = 0 THEN 0 END
      FROM numbers CROSS JOIN lines`,
  );
  await query(
    `WITH RECURSIVE ${numbers(from)}
      INSERT INTO tool_calls (call_id, id, name, arguments, started_ms, ok, output, duration_ms)
      SELECT 'call_' || n, 'tool', 'tool_' || (n % 9), '{}', 1, CASE WHEN n % 11 = 0 THEN 0 ELSE 1 END,
        ${words} || ${words} || ${words}, 300 FROM numbers`,
  );
}

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const times = await timesOf(ROUNDS, work);
  figures[name] = {
    fastMs: Math.round(times[0] ?? NaN),
    slowMs: Math.round(times.at(-1) ?? NaN),
  };
}
