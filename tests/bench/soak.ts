/**
 * Soak: short calls one after another, a few at a time. Memory that is in use when all garbage is gone,
 * sockets, and what the server's maps and sets hold must come back to where they were.
 * Usage: deno task bench soak [--calls 2000] [--at-once 20]
 */
import { parseArgs } from "node:util";
import { placeCall } from "./load/caller.ts";
import { ACCOUNT } from "./load/account.ts";
import { Direction, openFiles, openSockets, residentMb } from "./load/measure.ts";
import { startTalkingModel } from "./load/talkingModel.ts";
import { callFromBrowser } from "./soak/webCall.ts";
import { type MemoryReport, startWatchedParley } from "./soak/watchedServer.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "2000" },
    "at-once": { type: "string", default: "20" },
  },
});
const total = Number(values.calls);
const atOnce = Number(values["at-once"]);

/** Many, because each may open few calls a second. */
const keys = Array.from({ length: 100 }, (_, at) => `secret-of-the-bench-${at}`);
const data = new URL("../../data/", import.meta.url).pathname;
await Deno.mkdir(data, { recursive: true });
const folder = await Deno.makeTempDir({ dir: data, prefix: "bench-" });
const model = startTalkingModel({ framesPerWord: 2 });
// Records in memory would grow with every call, as records do.
const subject = await startWatchedParley(model.url, {
  DATABASE_URL: `sqlite:${folder}/soak.db`,
  JOURNAL_DIR: `${folder}/journals`,
  MAX_CALL_USD: "100",
  API_KEYS: keys.map((key, at) => `bench${at}:${key};scopes=admin`).join(","),
});
const rows: Record<string, Record<string, number>> = {};
const reports: MemoryReport[] = [];
let placed = 0;

await row("start");
for (const share of [0.25, 0.5, 1]) {
  await Promise.all(Array.from({ length: atOnce }, () => callUntil(total * share)));
  await row(`after ${Math.round(total * share)} calls`);
}
console.table(rows);
const [half, end] = reports.slice(-2);
const grownKb = ((end?.heapUsed ?? NaN) - (half?.heapUsed ?? NaN)) / 1024;
console.log(
  `In use after the second half of the calls: ${Math.round(grownKb)} KB more than before it, ${
    (grownKb / (total / 2)).toFixed(2)
  } KB a call`,
);
console.log("Entries in maps and sets, by the place that makes them, where they changed:");
console.table(collections());
await subject.stop();
await model.close();
await Deno.remove(folder, { recursive: true });

/** Each caller says five frames, hears what comes meanwhile, and hangs up; one in four is a browser. */
async function callUntil(count: number): Promise<void> {
  while (placed < count) {
    const index = ++placed;
    if (index % 4 === 0) {
      const key = keys[index / 4 % keys.length] ?? "";
      await callFromBrowser(subject.origin, { key, frames: 5, speak: modelSpeaks });
      continue;
    }
    const caller = await placeCall(subject.origin, ACCOUNT, index, new Direction());
    for (let frame = 0; frame < 5; frame++) {
      caller.speak();
      await modelSpeaks();
    }
    await caller.hangUp();
  }
}

async function modelSpeaks(): Promise<void> {
  model.speak();
  await new Promise((resolve) => setTimeout(resolve, 20));
}

async function row(name: string): Promise<void> {
  const until = performance.now() + 5000;
  while (model.sessions > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // What is written behind the calls' backs has time to be written.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const report = await subject.memory();
  const health = await (await fetch(`${subject.origin}/health`)).json();
  reports.push(report);
  rows[name] = {
    heapMb: mb(report.heapUsed),
    heapTotalMb: mb(report.heapTotal),
    externalMb: mb(report.external),
    rssMb: Math.round(residentMb(subject.pid)),
    openFiles: openFiles(subject.pid),
    sockets: openSockets(subject.pid),
    modelSessions: model.sessions,
    liveCalls: health.calls.live,
  };
}

function collections() {
  const places = new Set(reports.flatMap((report) => Object.keys(report.collections)));
  const entries = (place: string) =>
    reports.map((report) => {
      const { entries = 0, alive = 0 } = report.collections[place] ?? {};
      return `${entries} in ${alive}`;
    });
  return Object.fromEntries(
    [...places].map((place) => [place, entries(place)] as const)
      .filter(([, counts]) => new Set(counts.slice(1)).size > 1),
  );
}

function mb(bytes: number): number {
  return Math.round(bytes / 1024 / 1024 * 10) / 10;
}
