/**
 * Load: simulated phone calls, 50 frames a second each way, through Parley and through a raw forwarder,
 * in one run. Usage: deno task bench load [--calls 100] [--rounds 15] [--seconds 2] [--warm-up 15]
 * With --against DIR also through Parley as it is in another checkout, such as of an earlier commit.
 * With --stores instead: Parley alone, with one store after another and with none.
 */
import { parseArgs } from "node:util";
import { ACCOUNT } from "./load/account.ts";
import { compareLoads, type LoadFigures } from "./load/compare.ts";
import { storePlans } from "./load/stores.ts";
import { startForwarder, startParley } from "./load/subject.ts";
import type { TrialPlan } from "./load/trial.ts";

const { values } = parseArgs({
  options: {
    "calls": { type: "string", default: "100" },
    "rounds": { type: "string", default: "15" },
    "seconds": { type: "string", default: "2" },
    "warm-up": { type: "string", default: "15" },
    "against": { type: "string" },
    "stores": { type: "boolean", default: false },
  },
});
const options = {
  calls: Number(values.calls),
  secondsPerRound: Number(values.seconds),
  warmUpRounds: Number(values["warm-up"]),
  rounds: Number(values.rounds),
};

console.log(
  `${options.calls} calls on each server, 50 frames a second each way, ${options.rounds} rounds of ${options.secondsPerRound} s in turn`,
);
if (values.stores) {
  await withFolder(async (folder) => show(await compareLoads(storePlans(folder), options)));
} else {
  const root = values.against;
  const servers: Readonly<Record<string, TrialPlan>> = {
    forwarder: { start: startForwarder, withWebhook: false },
    ...(root !== undefined && {
      against: {
        start: (url: string) => startParley(url, ACCOUNT, {}, { root }),
        withWebhook: true,
      },
    }),
    parley: { start: (url) => startParley(url, ACCOUNT), withWebhook: true },
  };
  const figures = await compareLoads(servers, options);
  show(figures);
  const parley = figures.get("parley");
  if (parley !== undefined) judge(parley);
  const other = figures.get("against");
  if (parley !== undefined && other !== undefined) compare(parley, other);
}

function show(figures: ReadonlyMap<string, LoadFigures>): void {
  const rounded = (one: LoadFigures) =>
    Object.fromEntries(
      Object.entries(one).map(([name, value]) => [name, Math.round(value * 100) / 100]),
    );
  console.table(Object.fromEntries([...figures].map(([name, one]) => [name, rounded(one)])));
}

function judge({ cpuRatio, addedP99Ms, mbPerCall, mbPerMoreCall }: LoadFigures): void {
  console.log(`CPU per call-second: ${cpuRatio.toFixed(2)} times the forwarder's (at most 1.5)`);
  console.log(`p99 latency: ${addedP99Ms.toFixed(2)} ms more than the forwarder's (under 3)`);
  console.log(`Memory: ${mbPerMoreCall.toFixed(2)} MB for one more call (under 0.5)`);
  console.log(`        ${mbPerCall.toFixed(2)} MB a call with what V8 sets aside once`);
}

function compare(now: LoadFigures, other: LoadFigures): void {
  const cpu = now.cpuMsPerCallSecond / other.cpuMsPerCallSecond;
  const memory = now.mbPerCall / other.mbPerCall;
  const p99 = now.p99Ms - other.p99Ms;
  console.log(
    `Against the other checkout: CPU ${cpu.toFixed(2)} times, memory ${
      memory.toFixed(2)
    } times, p99 ${p99.toFixed(2)} ms more`,
  );
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const root = new URL("../../", import.meta.url).pathname;
  await Deno.mkdir(`${root}data`, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: `${root}data`, prefix: "bench-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
