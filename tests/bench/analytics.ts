import { openStore, type Store } from "../../src/services/store/store.ts";
import { noUsage } from "../../src/services/store/calls/callRecord.ts";
import type { CallWrite } from "../../src/services/store/calls/callWrites.ts";
import { bucketEdges } from "../../src/services/records/timeBuckets.ts";
import { startPostgres } from "../support/store/postgres.ts";
import { ended, opened, said } from "../support/store/storedCalls.ts";

/**
 * How long analytics take over 100,000 calls of 90 days with 8 turns each, in a SQLite file, or in Postgres
 * with `--postgres`. The figures are milliseconds of the fastest and the slowest of 5 runs.
 */
const CALLS = 100_000;
const TURNS = 8;
const ROUNDS = 5;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const figures: Record<string, { fastMs: number; slowMs: number }> = {};
const folder = await Deno.makeTempDir();
const postgres = Deno.args.includes("--postgres") ? await startPostgres() : undefined;
const database = await postgres?.createDatabase();
const store = await openStore(
  database === undefined
    ? { kind: "sqlite", path: `${folder}/bench.db` }
    : { kind: "postgres", url: database.url },
  { now: Date.now },
);
try {
  await run(store);
} finally {
  await store.close();
  await database?.drop();
  postgres?.kill();
  await Deno.remove(folder, { recursive: true });
}
console.table(figures);

async function run({ calls }: Store): Promise<void> {
  let writes: CallWrite[] = [];
  for (let at = 0; at < CALLS; at++) {
    writes.push(...writesOf(at));
    if (writes.length < 1000 && at < CALLS - 1) continue;
    await calls.write(writes);
    writes = [];
  }
  const month = { since: START + 30 * DAY_MS, until: START + 60 * DAY_MS };
  const all = { since: START, until: START + 90 * DAY_MS };
  const edges = (period: typeof all, interval: "day" | "hour" = "day") =>
    bucketEdges({ interval, zone: "Europe/Berlin", ...period }, 0) ?? [];
  const week = { since: month.since, until: month.since + 7 * DAY_MS };
  await measure("sums of everything", () => calls.analyse(all));
  await measure("90 days", () => calls.series({ filter: all, edges: edges(all) }));
  await measure(
    "90 days by agent",
    () => calls.series({ filter: all, edges: edges(all), groupBy: "agent" }),
  );
  await measure(
    "30 days by key",
    () => calls.series({ filter: month, edges: edges(month), groupBy: "key" }),
  );
  await measure(
    "90 days of a key",
    () => calls.series({ filter: { ...all, keyName: "key_1" }, edges: edges(all) }),
  );
  await measure(
    "7 days by the hour",
    () => calls.series({ filter: week, edges: edges(week, "hour") }),
  );
}

function writesOf(at: number): readonly CallWrite[] {
  const id = `call_${at}`;
  const startedAt = START + Math.round(at / CALLS * 90 * DAY_MS);
  const turns = Array.from({ length: TURNS }, (_, turn) => {
    const isCut = turn % 2 === 0 && (at + turn) % 7 === 0;
    return said(id, {
      id: `item_${turn}`,
      position: turn,
      role: turn % 2 === 0 ? "agent" : "caller",
      text: isCut ? "What people say on the phone" : lineOf(at, turn),
      ...(isCut && { interrupted: true, unheard: "is seldom longer than this line of words." }),
      startedMs: turn * 5000,
      endedMs: turn * 5000 + 4000,
    });
  });
  const tools = [0, 1].slice(at % 3).flatMap((tool): readonly CallWrite[] => [
    {
      type: "toolStarted",
      callId: id,
      toolCallId: `tool_${tool}`,
      name: `tool_${at % 5}`,
      arguments: "{}",
      startedMs: 1,
    },
    {
      type: "toolEnded",
      callId: id,
      toolCallId: `tool_${tool}`,
      name: `tool_${at % 5}`,
      ok: at % 11 !== 0,
      output: "Some words that a tool has answered, of about this length.".repeat(4),
      durationMs: 300,
      atMs: 301,
    },
  ]);
  return [
    opened({
      id,
      startedAt,
      direction: at % 3 === 0 ? "outbound" : "inbound",
      agent: `agent_${at % 7}`,
      keyName: `key_${at % 4}`,
      model: "gpt-realtime-2.1",
    }),
    { type: "changed", callId: id, changes: { answeredAt: startedAt + 2000 } },
    ...turns,
    ...tools,
    ended(id, {
      end: { reason: at % 5 === 0 ? "idle" : "caller_hung_up" },
      endedAt: startedAt + 65_000,
      durationMs: 30_000 + at % 60_000,
      usage: { ...noUsage, inputAudio: 5000, cachedAudio: 3000, outputAudio: 2000, responses: 6 },
      cost: { usd: 0.2, parts: { text: 0.01, audio: 0.19, transcription: 0, telephony: null } },
      latenciesMs: [0, 1, 2, 3].map((turn) => 300 + (at * 7 + turn * 131) % 1500),
      ...(at % 3 === 0 && { outcome: at % 2 === 0 ? "human" : "voicemail" }),
    }),
  ];
}

/** One in four is a standard answer. */
function lineOf(at: number, turn: number): string {
  return at % 4 === 0
    ? "What people say on the phone is seldom longer than this line of words."
    : `What the ${at} people say in turn ${turn} is not what others say, and has some words.`;
}

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  figures[name] = {
    fastMs: Math.round(Math.min(...times)),
    slowMs: Math.round(Math.max(...times)),
  };
}
