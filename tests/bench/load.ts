/**
 * Load: simulated phone calls through Parley and through a raw forwarder, in one run, each server alone
 * on one core, with the callers and the models on the other. In two shapes, one after the other: 50 small
 * deltas a second each way, and turns of conversation (answers come in bursts, the caller is mostly
 * quiet). Usage:
 *   deno task bench load [--shape deltas] [--tls] [--calls 100] [--rounds 7] [--seconds 10] [--warm-up 3]
 * `--tls`: the models are reached over TLS. `--against DIR`: also Parley as it is in another checkout,
 * such as of an earlier commit. With `--stores` instead: Parley alone, with one store after another and
 * with none.
 */
import { parseArgs } from "node:util";
import { present } from "../../src/utils/present.ts";
import { ACCOUNT } from "./load/account.ts";
import { makeCertificate } from "./load/certificate.ts";
import { compareLoads, type LoadFigures } from "./load/compare.ts";
import { takeOneCore } from "./load/cores.ts";
import { storePlans } from "./load/stores.ts";
import { startForwarder, startParley } from "./load/subject.ts";
import type { Shape } from "./load/talkingModel.ts";
import { SHAPE_SETTINGS, type TalkPlan, type TrialPlan } from "./load/trial.ts";

const { values } = parseArgs({
  options: {
    "shape": { type: "string" },
    "tls": { type: "boolean", default: false },
    "calls": { type: "string", default: "100" },
    "rounds": { type: "string", default: "7" },
    "seconds": { type: "string", default: "10" },
    "warm-up": { type: "string", default: "3" },
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
const cpu = takeOneCore();
const titles: Readonly<Record<Shape, string>> = {
  deltas: "50 small deltas a second each way",
  conversation: "Turns of conversation",
};

console.log(
  `${options.calls} calls on each server, ${options.rounds} rounds of ${options.secondsPerRound} s in turn, ${
    cpu === undefined ? "on any core" : "the server alone on one core"
  }`,
);
await withFolder(async (folder) => {
  if (values.stores) return show(await compareLoads(storePlans(folder), options));
  const certificate = values.tls ? await makeCertificate(folder) : undefined;
  const shapes: readonly Shape[] = values.shape === undefined
    ? ["deltas", "conversation"]
    : [values.shape === "deltas" ? "deltas" : "conversation"];
  for (const shape of shapes) {
    console.log(`\n${titles[shape]}${values.tls ? ", TLS towards the model" : ""}`);
    await measure({ shape, ...present({ tls: certificate }) }, {
      ...(cpu !== undefined && { cpu }),
      ...(certificate !== undefined && { certificates: certificate.certFile }),
    });
  }
});

async function measure(
  talk: TalkPlan,
  place: { readonly cpu?: number; readonly certificates?: string },
): Promise<void> {
  const root = values.against;
  const settings = SHAPE_SETTINGS[talk.shape];
  const servers: Readonly<Record<string, TrialPlan>> = {
    forwarder: { start: (url) => startForwarder(url, place), withWebhook: false, talk },
    ...(root !== undefined && {
      against: {
        start: (url: string) => startParley(url, ACCOUNT, settings, { ...place, root }),
        withWebhook: true,
        talk,
      },
    }),
    parley: { start: (url) => startParley(url, ACCOUNT, settings, place), withWebhook: true, talk },
  };
  const figures = await compareLoads(servers, options);
  show(figures);
  const parley = figures.get("parley");
  if (parley !== undefined) judge(parley, talk.shape);
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

function judge({ cpuRatio, p99Ratio, maxMs, mbPerMoreCall }: LoadFigures, shape: Shape): void {
  const limit = shape === "deltas" ? "at most 1.15" : "below 1";
  console.log(`CPU per call-second: ${cpuRatio.toFixed(2)} times the forwarder's (${limit})`);
  console.log(`p99 of a frame: ${p99Ratio.toFixed(2)} times the forwarder's (at most 1.5)`);
  console.log(`Longest of a frame: ${maxMs.toFixed(1)} ms in the median round (under 20)`);
  console.log(`Memory: ${mbPerMoreCall.toFixed(2)} MB for one more call (at most 0.35)`);
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
