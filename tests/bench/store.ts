import type { Store } from "../../src/services/store/store.ts";
import type { CallFilter } from "../../src/services/store/calls/callList.ts";
import { readSortCursor, type SortPosition } from "../../src/services/store/calls/callOrder.ts";
import { noUsage } from "../../src/services/store/calls/callRecord.ts";
import type { CallWrite } from "../../src/services/store/calls/callWrites.ts";
import { medianAndSlow, timesOf, withBenchStore } from "../support/store/benchStore.ts";
import { ended, opened, said } from "../support/store/storedCalls.ts";

/**
 * What finding calls costs among 10,000 of them with transcripts, in a SQLite file, or in Postgres
 * with `--postgres`. The figures are milliseconds of the median and the slowest but one of 51 runs.
 */
const CALLS = 10_000;
const TURNS = 12;
const ROUNDS = 51;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const figures: Record<string, { medianMs: number; slowMs: number }> = {};
await withBenchStore(run);
console.table(figures);

async function run(store: Store): Promise<void> {
  const { calls } = store;
  const writesPerSecond = await fill(store);
  console.log(`${CALLS} calls, ${CALLS * TURNS} turns, ${Math.round(writesPerSecond)} writes/s`);
  const deep = await position(store, 5000);
  const month = { since: START, until: START + 30 * DAY_MS };
  const list = (filter: CallFilter, after?: SortPosition) => () =>
    calls.list(filter, { limit: 50, ...(after && { after }) });
  await measure("list: newest 50", list({}));
  await measure("list: 50 in the middle", list({}, deep));
  await measure("list: live ones", list({ status: "live" }));
  await measure("list: an agent's placed calls", list({ agent: "agent_3", direction: "outbound" }));
  await measure("list: a key's calls of a month", list({ keyName: "key_2", ...month }));
  await measure("list: one number", list({ number: numberOf(42) }));
  await measure("list: a filter that nothing fits", list({ status: "live", agent: "agent_9" }));
  await measure("one call and its transcript", async () => {
    await calls.get("call_05000");
    await calls.content("call_05000");
  });
  await measure("analytics: everything", () => calls.analyse({}));
  await measure("analytics: a month", () => calls.analyse(month));
  await measure("analytics: one agent", () => calls.analyse({ agent: "agent_3" }));
  let turn = 0;
  await measure(
    "write: one turn, durable",
    () => calls.write([said("call_00007", { id: `more_${turn++}` })]),
  );
}

async function fill({ calls }: Store): Promise<number> {
  const began = performance.now();
  let writes: CallWrite[] = [];
  let written = 0;
  for (let at = 0; at < CALLS; at++) {
    writes.push(...writesOf(at));
    if (writes.length < 500 && at < CALLS - 1) continue;
    await calls.write(writes);
    written += writes.length;
    writes = [];
  }
  return written / (performance.now() - began) * 1000;
}

/** Three months of calls, some hundred a day, one in a hundred still live. */
function writesOf(at: number): readonly CallWrite[] {
  const id = `call_${String(at).padStart(5, "0")}`;
  const outbound = at % 3 === 0;
  const startedAt = START + Math.round(at / CALLS * 90 * DAY_MS);
  const latenciesMs = Array.from(
    { length: TURNS / 2 },
    (_, turn) => 300 + (at * 7 + turn * 131) % 1500,
  );
  const call = opened({
    id,
    startedAt,
    direction: outbound ? "outbound" : "inbound",
    agent: `agent_${at % 7}`,
    callSid: `CA${at}`,
    from: numberOf(at % 800),
    to: "+14155559999",
    model: "gpt-realtime-2.1",
    ...(outbound && { keyName: `key_${at % 4}`, from: "+14155559999", to: numberOf(at % 800) }),
  });
  const turns = Array.from({ length: TURNS }, (_, turn) =>
    said(id, {
      id: `item_${turn}`,
      position: turn,
      role: turn % 2 === 0 ? "agent" : "caller",
      text: "What people say to one another on the phone is seldom longer than this. ".repeat(2),
      startedMs: turn * 5000,
      endedMs: turn * 5000 + 4000,
    }));
  const latencies = latenciesMs.map((totalMs, turn): CallWrite => ({
    type: "latency",
    callId: id,
    itemId: `item_${turn * 2}`,
    sequence: turn,
    latency: { responseMs: 200, firstAudioMs: 50, firstHeardMs: totalMs - 250, totalMs },
  }));
  if (at % 100 === 0) return [call, ...turns, ...latencies];
  const ending = ended(id, {
    end: { reason: at % 5 === 0 ? "idle" : "caller_hung_up" },
    endedAt: startedAt + 65_000,
    durationMs: 30_000 + at % 60_000,
    usage: { ...noUsage, inputAudio: 5000, cachedAudio: 3000, outputAudio: 2000, responses: 6 },
    cost: { usd: 0.2, parts: { text: 0.01, audio: 0.19, transcription: 0, telephony: null } },
    latency: { turns: latenciesMs.length, p50Ms: 700, p95Ms: 1500 },
    latenciesMs,
    ...(outbound && { outcome: at % 2 === 0 ? "human" : "voicemail" }),
  });
  return [call, ...turns, ...latencies, ending];
}

async function position({ calls }: Store, behind: number): Promise<SortPosition | undefined> {
  let after: SortPosition | undefined;
  for (let seen = 0; seen < behind; seen += 500) {
    const { next } = await calls.list({}, { limit: 500, ...(after && { after }) });
    after = next === undefined ? undefined : readSortCursor(next, "newest");
  }
  return after;
}

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  figures[name] = medianAndSlow(await timesOf(ROUNDS, work), 2);
}

function numberOf(at: number): string {
  return `+1415555${String(at).padStart(4, "0")}`;
}
