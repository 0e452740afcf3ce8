import { ACCOUNT } from "../bench/load/account.ts";
import { startParley } from "../bench/load/subject.ts";
import {
  api,
  type Attack,
  browser,
  frames,
  mediaStream,
  strangeStream,
  webhooks,
} from "./malformed/attack.ts";
import { Junk } from "./malformed/junk.ts";
import { HOSTILE_MODEL, type LiveMeasure, type LiveRequest } from "./malformed/liveCalls.ts";
import { atMost, exactly, type Figure, type Scenario, type SoakOptions } from "./scenario.ts";
import { pause } from "./pause.ts";

/** `count` is the number of malformed messages. */
export const scenario: Scenario = {
  name: "malformed",
  promise: "malformed messages from all sides end no call but their own, and make none late",
  counts: { usual: 20_000, full: 100_000 },
  run: attackBesideCalls,
};

const LIVE_CALLS = 20;
/** Control and attack take turns, so that what else the machine does strikes both. */
const ROUNDS = 10;
const CONTROL_MS = 3000;
const SETTLE_MS = 3000;
const ATTACKERS = 8;
/** Sockets first: each has many messages. */
const ATTACKS: readonly Attack[] = [
  ...[browser, mediaStream, strangeStream, browser, frames],
  ...[api, api, api, api, webhooks, webhooks, webhooks, webhooks],
];
/** A disk that is slow for a moment, which no message can make so. */
const IS_SLOW = /Store unavailable/;
const keys = Array.from({ length: 100 }, (_, n) => `a-secret-of-the-soak-${n}`);

async function attackBesideCalls(
  { count, seed, progress }: SoakOptions,
): Promise<readonly Figure[]> {
  const live = startLiveCalls();
  const folder = await makeFolder();
  try {
    const modelUrl = String(await live.ask({ type: "open", seed }));
    const faults: string[] = [];
    const subject = await startParley(modelUrl, ACCOUNT, settingsIn(folder.path), {
      read: (output) => void gatherFaults(output, faults),
    });
    try {
      await live.ask({ type: "call", origin: subject.origin, calls: LIVE_CALLS });
      await pause(SETTLE_MS);
      await live.measure();
      const control: LiveMeasure[] = [];
      const attacked: LiveMeasure[] = [];
      const target = { ...ACCOUNT, origin: subject.origin, keys, agent: "hostile" };
      const junk = new Junk(seed);
      let sent = 0;
      let hostile = 0;
      for (let round = 1; round <= ROUNDS; round++) {
        await pause(CONTROL_MS);
        control.push(await live.measure());
        await Promise.all(Array.from({ length: ATTACKERS }, async () => {
          do {
            sent += await junk.pick(ATTACKS)(target, junk);
            progress(sent + hostile);
          } while (sent + hostile < count * round / ROUNDS);
        }));
        const measured = await live.measure();
        attacked.push(measured);
        hostile = measured.hostileEvents;
        // What is left of the attack, such as calls that end, is not the control's.
        await pause(SETTLE_MS);
        attacked.push(await live.measure());
      }
      const left = await stateOf(subject.origin);
      await live.ask({ type: "end" });
      for (const fault of faults.slice(0, 5)) console.log(fault);
      return figuresOf({ control, attacked, sent, left, faults: faults.length });
    } finally {
      await subject.stop();
    }
  } finally {
    live.close();
    await folder.remove();
  }
}

function figuresOf({ control, attacked, sent, left, faults }: {
  readonly control: readonly LiveMeasure[];
  readonly attacked: readonly LiveMeasure[];
  readonly sent: number;
  readonly left: ServerState;
  /** Errors in the log, such as of a call that failed. */
  readonly faults: number;
}): readonly Figure[] {
  const all = [...control, ...attacked];
  const sum = (measures: readonly LiveMeasure[], of: "late" | "underruns" | "frames") =>
    measures.reduce((total, measure) => total + measure[of], 0);
  const last = all.at(-1);
  /** In as many frames as the attacked ones. */
  const usual = (of: "late" | "underruns") =>
    Math.ceil(sum(control, of) * sum(attacked, "frames") / Math.max(1, sum(control, "frames")));
  const worst = (measures: readonly LiveMeasure[], of: "p99Ms" | "longestMs" | "meterLateMs") =>
    Math.max(...measures.map((measure) => measure[of]));
  const hostile = attacked.at(-1)?.hostileEvents ?? 0;
  return [
    {
      what: "malformed messages (from a model)",
      measured: `${sent + hostile} (${hostile})`,
      target: "> 0 each",
      ok: sent > 0 && hostile > 0,
    },
    exactly(
      "live calls that still talk",
      Math.min(...all.map(({ talking }) => talking)),
      LIVE_CALLS,
    ),
    exactly("frames of theirs lost or out of order", last?.outOfOrder ?? NaN, 0),
    atMost("frames of theirs later than 200 ms", sum(attacked, "late"), usual("late")),
    atMost("times a caller ran out of sound", sum(attacked, "underruns"), usual("underruns")),
    {
      what: "worst p99 of a round, and longest (control)",
      measured: `${Math.round(worst(attacked, "p99Ms"))}, ${
        Math.round(worst(attacked, "longestMs"))
      } ms (${Math.round(worst(control, "p99Ms"))}, ${Math.round(worst(control, "longestMs"))})`,
      target: "shown",
      ok: true,
    },
    {
      what: "longest time that the meter itself was late",
      measured: `${Math.round(worst(all, "meterLateMs"))} ms`,
      target: "shown",
      ok: true,
    },
    exactly("exits, and errors that nothing caught", left.strayErrors, 0),
    exactly("errors in the log", faults, 0),
    exactly("sockets left beside the live calls'", left.sockets - LIVE_CALLS, 0),
    exactly("calls left beside the live ones", left.calls - LIVE_CALLS, 0),
  ];
}

interface ServerState {
  readonly strayErrors: number;
  readonly sockets: number;
  readonly calls: number;
}

/** Waits until calls of the attack have ended: those without a leg wait some seconds for another. */
async function stateOf(origin: string): Promise<ServerState> {
  const until = performance.now() + 30_000;
  for (;;) {
    const health = await (await fetch(`${origin}/health`)).json();
    const metrics = await (await fetch(`${origin}/metrics`, {
      headers: { Authorization: `Bearer ${keys[0]}` },
    })).text();
    const sockets = [...metrics.matchAll(/^parley_sockets_open\{.*\} (\d+)$/gm)]
      .reduce((sum, [, open]) => sum + Number(open), 0);
    const stray = /^parley_incident_reports_total\{code="stray_error"\} (\d+)$/m.exec(metrics)?.[1];
    const state = { strayErrors: Number(stray ?? 0), sockets, calls: health.calls.live };
    if (sockets <= LIVE_CALLS && state.calls <= LIVE_CALLS) return state;
    if (performance.now() > until) return state;
    await pause(200);
  }
}

async function gatherFaults(output: ReadableStream<Uint8Array>, faults: string[]): Promise<void> {
  let rest = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    faults.push(...lines.filter((line) => line.includes('"level":"error"') && !IS_SLOW.test(line)));
  }
}

function startLiveCalls() {
  const worker = new Worker(new URL("./malformed/liveCalls.ts", import.meta.url), {
    type: "module",
  });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  worker.onerror = (event) => {
    event.preventDefault();
    failed.reject(new Error(event.message));
  };
  const ask = (request: LiveRequest): Promise<unknown> => {
    const answered = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
    worker.postMessage(request);
    return Promise.race([answered, failed.promise]);
  };
  return {
    ask,
    measure: async () => await ask({ type: "measure" }) as LiveMeasure,
    close: () => worker.terminate(),
  };
}

async function makeFolder() {
  const data = new URL("../../data/", import.meta.url).pathname;
  await Deno.mkdir(data, { recursive: true });
  const path = await Deno.makeTempDir({ dir: data, prefix: "soak-" });
  await Deno.mkdir(`${path}/agents`);
  const agent = (name: string, model: string) =>
    Deno.writeTextFile(
      `${path}/agents/${name}.md`,
      `---\ntitle: Desk\nmodel: ${model}\n---\nHelp.\n`,
    );
  await agent("receptionist", "gpt-realtime-2.1");
  await agent("hostile", HOSTILE_MODEL);
  return { path, remove: () => Deno.remove(path, { recursive: true }) };
}

function settingsIn(folder: string): Record<string, string> {
  return {
    AGENTS_DIR: `${folder}/agents`,
    DATABASE_URL: `sqlite:${folder}/soak.db`,
    TWILIO_API_URL: "http://127.0.0.1:9",
    API_KEYS: keys.map((key, at) => `soak${at}:${key};scopes=admin`).join(","),
    LOG_FORMAT: "json",
    WEB_CALLS_PER_KEY: "off",
    WEB_CALLS_PER_VISITOR: "off",
    VISITOR_DAILY_MINUTES: "off",
    KEY_DAILY_MINUTES: "off",
    KEY_DAILY_USD: "off",
    MAX_CALL_USD: "off",
  };
}
