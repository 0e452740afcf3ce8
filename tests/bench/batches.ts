/**
 * Batches of many calls: how long previewing, creating and reading them takes, and how long they hold the
 * event loop for at most. Usage: deno task bench batches [--lines 10000] [--rounds 2] [--database postgres://...]
 */
import { parseArgs } from "node:util";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { watchHolds } from "./batches/holdWatch.ts";
import type { Answered, SentRequest } from "./batches/requests.ts";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "10000" },
    rounds: { type: "string", default: "2" },
    database: { type: "string" },
  },
});
const lines = Number(values.lines);
/** What else there is to do may wait no longer. */
const MOST_MS = 5;
const MOST_JSON_CALLS = 1000;

const folder = await Deno.makeTempDir();
const client = new Worker(new URL("./batches/requests.ts", import.meta.url), { type: "module" });
const server = await startPhoneServer({
  env: {
    DATABASE_URL: values.database ?? `sqlite:${folder}/bench.db`,
    OUTBOUND_PER_NUMBER_DAILY: "3",
  },
});
const holds = watchHolds();
let longest = 0;
try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    longest = 0;
    console.log(`\nround ${round}${" ".repeat(33)}total    held    of it computing`);
    const csv = tableOf(lines, round);
    await measured(`CSV of ${lines} lines, previewed`, "batches/preview?options={}", csv);
    const options = encodeURIComponent(JSON.stringify({ paused: true }));
    const created = await measured("the same, created", `batches?options=${options}`, csv);
    const id = idOf(created);
    await measured("its results.csv", `batches/${id}/results.csv`);
    await measured("500 of its results", `batches/${id}/results?limit=500`);
    await measured("1000 of its calls", `batch/${id}?limit=1000`);
    await measured("the batch, cancelled", `batches/${id}/cancel`, {});
    const json = { paused: true, calls: callsOf(Math.min(lines, MOST_JSON_CALLS), round) };
    await measured(`JSON of ${json.calls.length} calls, previewed`, "batches/preview", json);
    const sent = await measured("the same, created", "batches", json);
    await measured("the batch, cancelled", `batches/${idOf(sent)}/cancel`, {});
  }
} finally {
  holds.stop();
  client.terminate();
  await server[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
}
console.log(
  `\nThe longest computing in the last round: ${longest.toFixed(1)} ms; what is above ${MOST_MS} ` +
    "should be garbage collection alone (--v8-flags=--trace-gc).",
);

function idOf({ begins }: Answered): string {
  return /"batchId":"(\w+)"/.exec(begins)?.[1] ?? "";
}

async function measured(name: string, path: string, body?: string | object): Promise<Answered> {
  await new Promise((resolve) => setTimeout(resolve, 200));
  holds.take();
  const type = typeof body === "string" ? "text/csv" : "application/json";
  const request: SentRequest = {
    url: `${server.origin}/api/outbound/${path}`,
    method: body === undefined ? "GET" : "POST",
    headers: { "x-api-key": apiKey, ...(body !== undefined && { "content-type": type }) },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  };
  const answered = await new Promise<Answered>((resolve) => {
    client.onmessage = ({ data }: MessageEvent<Answered>) => resolve(data);
    client.postMessage(request);
  });
  if (answered.status >= 300) throw new Error(`${name}: ${answered.status} ${answered.begins}`);
  const { wallMs, cpuMs } = holds.take();
  longest = Math.max(longest, cpuMs);
  console.log(
    name.padEnd(38),
    `${answered.ms.toFixed(0).padStart(6)} ms`,
    `${wallMs.toFixed(1).padStart(6)} ms`,
    `${cpuMs.toFixed(1).padStart(6)} ms`,
  );
  return answered;
}

function tableOf(count: number, round: number): string {
  const rows = callsOf(count, round).map(({ to, id, variables }) =>
    [to, id, variables.name, variables.city, variables.note].join(",")
  );
  return ["phone,id,name,city,note", ...rows].join("\r\n");
}

/** Numbers of several area codes, whose clocks differ. */
function callsOf(count: number, round: number) {
  const areas = ["415", "212", "312", "305", "602", "808"];
  return Array.from({ length: count }, (_, at) => ({
    to: `+1${areas[at % areas.length]}${String(2_000_000 + at * 37 + round).padStart(7, "0")}`,
    id: `crm-${round}-${count}-${at}`,
    variables: {
      name: `Person ${at}`,
      city: "San Francisco",
      note: "Asked to be called about the appointment of next week.",
    },
  }));
}
