/**
 * Start-up with what earlier starts have cached: until the server listens, resident memory a second after
 * that, and what the first call waits for that the second does not. With the default settings, which set
 * nothing, and with a phone account and an engine.
 * Usage: deno task bench startup [--rounds 10] [--against DIR, another checkout]
 */
import { parseArgs } from "node:util";
import { ACCOUNT } from "./load/account.ts";
import { callSidOf, join, requestStream } from "./load/caller.ts";
import { Direction, median, residentMb } from "./load/measure.ts";
import { startTalkingModel } from "./load/talkingModel.ts";
import { freePort } from "../support/servers/freePort.ts";

const HERE = new URL("../../", import.meta.url).pathname;
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "10" }, against: { type: "string" } },
});

interface Started extends AsyncDisposable {
  readonly listeningMs: number;
  readonly origin: string;
  readonly pid: number;
}

/** The first sound that a caller hears. */
class FirstSound extends Direction {
  readonly #heard = Promise.withResolvers<number>();
  readonly heardAt = this.#heard.promise;

  override take(): void {
    this.#heard.resolve(performance.now());
  }
}

const model = startTalkingModel();
const phone = {
  API_KEYS: "bench:0123456789abcdef;scopes=admin",
  PUBLIC_URL: ACCOUNT.publicUrl,
  OPENAI_API_KEY: "sk-bench-0000000000000000",
  OPENAI_REALTIME_URL: model.url,
  TWILIO_ACCOUNT_SID: ACCOUNT.accountSid,
  TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
  TWILIO_PHONE_NUMBER: ACCOUNT.number,
};
const roots = [...(values.against === undefined ? [] : [values.against]), HERE];
const figures = new Map(roots.map((root) => [root, new Map<string, number[]>()]));
// The first start of all fills the caches, and counts for nothing.
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const root of roots) {
    await Deno.mkdir(`${root}/data`, { recursive: true });
    const folder = await Deno.makeTempDir({ dir: `${root}/data`, prefix: "bench-" });
    const database = { DATABASE_URL: `sqlite:${folder}/calls.db` };
    for (const settings of [{ ...database }, { ...database, ...phone }]) {
      const measured = await measure(root, settings);
      if (round === 0) continue;
      for (const [name, figure] of Object.entries(measured)) {
        const all = figures.get(root)?.get(name) ?? [];
        figures.get(root)?.set(name, [...all, figure]);
      }
    }
    await Deno.remove(folder, { recursive: true });
  }
}
await model.close();
const shown = (values: readonly number[]) => Math.round(median(values) * 10) / 10;
const names = [...figures.get(HERE)?.keys() ?? []];
console.log(`Medians of ${values.rounds} starts`);
console.table(Object.fromEntries(names.map((name) => [
  name,
  Object.fromEntries(roots.map((root) => [
    root === HERE ? "here" : "against",
    shown(figures.get(root)?.get(name) ?? []),
  ])),
])));

async function measure(
  root: string,
  settings: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number>>> {
  await using server = await start(root, settings);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const hasPhone = "TWILIO_ACCOUNT_SID" in settings;
  const name = hasPhone ? "with a phone" : "default settings";
  const memory = {
    [`${name}: until it listens, ms`]: server.listeningMs,
    [`${name}: resident, MB`]: residentMb(server.pid),
  };
  if (!hasPhone) return memory;
  const first = await call(server, 1);
  const second = await call(server, 2);
  return {
    ...memory,
    "webhook of the first call, ms": first.webhookMs,
    "webhook of the second call, ms": second.webhookMs,
    "stream to sound in the first call, ms": first.soundMs,
    "stream to sound in the second call, ms": second.soundMs,
  };
}

async function start(root: string, settings: Readonly<Record<string, string>>): Promise<Started> {
  const port = freePort();
  const startedAt = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "-P=server",
      "--v8-flags=--no-incremental-marking-task,--no-memory-reducer",
      "src/index.ts",
    ],
    cwd: root,
    env: { PORT: String(port), LOG_LEVEL: "error", ...settings },
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (let output = ""; !output.includes("Parley");) {
    const { value, done } = await reader.read();
    if (done) throw new Error("Cannot measure: the server ended");
    output += value;
  }
  const listeningMs = performance.now() - startedAt;
  const ended = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    listeningMs,
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await ended;
    },
  };
}

async function call({ origin }: Started, index: number) {
  const rangAt = performance.now();
  const callSid = callSidOf(index);
  const token = await requestStream(origin, ACCOUNT, callSid);
  const webhookMs = performance.now() - rangAt;
  const sound = new FirstSound();
  const joinedAt = performance.now();
  const caller = await join(origin, ACCOUNT, { callSid, token, index }, sound);
  // The model answers the first audio.
  caller.speak();
  const soundMs = await sound.heardAt - joinedAt;
  await caller.hangUp();
  return { webhookMs, soundMs };
}
