/**
 * Recording: the same server with calls that are recorded, encrypted or not, and with calls that are not,
 * in one run. What counts is the thread that carries the calls; another one writes. Usage:
 *   deno task bench recording [--calls 50] [--rounds 7] [--seconds 8] [--warm-up 3]
 */
import { parseArgs } from "node:util";
import { ACCOUNT } from "./load/account.ts";
import { compareLoads } from "./load/compare.ts";
import { takeOneCore } from "./load/cores.ts";
import { startParley } from "./load/subject.ts";
import { SHAPE_SETTINGS, type TrialPlan } from "./load/trial.ts";

const { values } = parseArgs({
  options: {
    "calls": { type: "string", default: "50" },
    "rounds": { type: "string", default: "7" },
    "seconds": { type: "string", default: "8" },
    "warm-up": { type: "string", default: "3" },
  },
});
const MOST = 1.03;

const cpu = takeOneCore();
const root = new URL("../../", import.meta.url).pathname;
await Deno.mkdir(`${root}data`, { recursive: true });
const folder = await Deno.makeTempDir({ dir: `${root}data`, prefix: "bench-" });
try {
  const figures = await compareLoads({
    "not recorded": await plan("plain", ""),
    "recorded": await plan("recorded", "recording: { consent: none }\n"),
    "encrypted": await plan("sealed", "recording: { consent: none }\n", {
      RECORDING_KEY: "5a".repeat(32),
    }),
  }, {
    calls: Number(values.calls),
    secondsPerRound: Number(values.seconds),
    warmUpRounds: Number(values["warm-up"]),
    rounds: Number(values.rounds),
  });
  for (const [name, { mainMsPerCallSecond, mainRatio, cpuRatio, p99Ms }] of figures) {
    const main = `${mainMsPerCallSecond.toFixed(3)} ms per call and second on the calls' thread`;
    const ratios = `${mainRatio.toFixed(3)} times, all threads ${cpuRatio.toFixed(3)} times`;
    console.log(`${name}: ${main} (${ratios}), p99 of a frame ${p99Ms.toFixed(2)} ms`);
  }
  console.log(`The calls' thread is to take at most ${MOST} times what it takes without.`);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function plan(
  name: string,
  recording: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<TrialPlan> {
  const dir = `${folder}/${name}`;
  await Deno.mkdir(`${dir}/agents`, { recursive: true });
  await Deno.writeTextFile(
    `${dir}/agents/bench.md`,
    `---\ntitle: Bench\n${recording}---\nYou are friendly.\n`,
  );
  const shape = "conversation";
  return {
    withWebhook: true,
    talk: { shape },
    start: (url) =>
      startParley(url, ACCOUNT, {
        ...SHAPE_SETTINGS[shape],
        AGENTS_DIR: `${dir}/agents`,
        DEFAULT_AGENT: "bench",
        RECORDINGS_DIR: `${dir}/sound`,
        RECORDING_MIN_FREE_MB: "0",
        ...settings,
      }, { ...(cpu !== undefined && { cpu }) }),
  };
}
