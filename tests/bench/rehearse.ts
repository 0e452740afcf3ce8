/**
 * Rehearsing many scenarios: how long twenty of 30 s take in all, what of it is processor time, and how late the
 * process was, with the figures of the calls beside those of one scenario alone.
 * Usage: deno task bench rehearse [--scenarios 20] [--seconds 30] [--concurrency N] [--speed N], as the command has them
 */
import { parseArgs } from "node:util";
import { isRecord } from "../../src/utils/isRecord.ts";

const { values } = parseArgs({
  options: {
    scenarios: { type: "string", default: "20" },
    seconds: { type: "string", default: "30" },
    concurrency: { type: "string" },
    speed: { type: "string" },
  },
});
const count = Number(values.scenarios);
const seconds = Number(values.seconds);
const root = new URL("../../", import.meta.url).pathname;
const folder = await Deno.makeTempDir({ prefix: "bench-rehearse-" });

try {
  for (const scenarios of [1, count]) {
    const files = `${folder}/${scenarios}`;
    await Deno.mkdir(files);
    for (let number = 1; number <= scenarios; number++) {
      await Deno.writeTextFile(`${files}/call-${number}.yaml`, scenarioOf(number));
    }
    await measure(scenarios, files);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Talk for so long: questions whose answers take turns with them, the last of them cut off. */
function scenarioOf(number: number): string {
  const turns = Math.max(1, Math.round((seconds - 18) / 5.5));
  const asked = Array.from(
    { length: turns },
    (_, turn) => `  - Please tell me number ${turn + 1}.`,
  );
  return [
    `title: Caller ${number} asks ${turns} times, breaks in, and says goodbye`,
    "agent: receptionist",
    "model:",
    "  - hears: number",
    `    says: This is the answer to question ${number}.`,
    "  - hears: the whole list",
    "    says: There is bread, butter, milk, sugar, flour, salt, tea, coffee, and a lot more of that.",
    "  - hears: enough",
    "    says: Of course.",
    "caller:",
    "  - hears: How can I help you",
    ...asked,
    "  - Read me the whole list.",
    '  - cut_in: { say: "That is enough.", at_word: milk }',
    "  - Goodbye.",
    "expect:",
    "  - heard: the answer to question",
    "  - cut_within_ms: 900",
    "  - answers_within_ms: 3000",
    "  - dead_air_under_ms: 4500",
    "  - ended: agent_hung_up",
    "",
  ].join("\n");
}

async function measure(scenarios: number, files: string): Promise<void> {
  const json = `${files}/report.json`;
  const { concurrency, speed } = values;
  const more = Object.entries({ concurrency, speed })
    .flatMap(([name, value]) => value === undefined ? [] : [`--${name}`, value]);
  const before = performance.now();
  const { code, stdout } = await new Deno.Command("/usr/bin/env", {
    args: [
      ...["bash", "-c", 'time "$@"', "rehearse", Deno.execPath(), "task", "--quiet", "rehearse"],
      ...["--built-in", "--html", `${files}/report.html`, "--json", json, ...more, files],
    ],
    cwd: root,
    env: { NO_COLOR: "1", TIMEFORMAT: "processor %U %S" },
    stderr: "inherit",
  }).output();
  const tookMs = performance.now() - before;
  const report: unknown = JSON.parse(await Deno.readTextFile(json));
  const { size } = await Deno.stat(`${files}/report.html`);
  const calls = callsOf(report);
  const talkMs = calls.reduce((sum, { endMs }) => sum + endMs, 0);
  console.log(
    `${scenarios} scenarios of ${(talkMs / calls.length / 1000).toFixed(1)} s: ` +
      `${(tookMs / 1000).toFixed(1)} s in all, exit code ${code}, report ${
        (size / 1e6).toFixed(1)
      } MB`,
  );
  const lines = new TextDecoder().decode(stdout).split("\n");
  for (const line of lines.filter((line) => /^(FAIL|\d+ passed| {2}\w.* s .* \d+$)/.test(line))) {
    console.log(`  ${line.trim()}`);
  }
}

function callsOf(report: unknown): readonly { readonly endMs: number }[] {
  const scenarios = isRecord(report) ? report["scenarios"] : undefined;
  const runs = records(scenarios).flatMap(({ runs }) => records(runs));
  return runs.flatMap(({ calls }) => records(calls)).map(({ endMs }) => ({ endMs: Number(endMs) }));
}

function records(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
