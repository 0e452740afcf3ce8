import type { CallEvent } from "../../src/call/callEvent.ts";
import type { TokenUsage } from "../../src/call/realtimeClient.ts";
import { createEventHub } from "../../src/services/events/eventHub.ts";
import { createRecorder, type Recorder } from "../../src/services/records/recorder.ts";
import { listPrices } from "../../src/services/spending/pricing.ts";
import { openStore } from "../../src/services/store/store.ts";
import { setTimer } from "../../src/utils/clock.ts";
import { turn } from "../support/store/storedCalls.ts";
import { median, shown } from "./load/measure.ts";

/**
 * What recording 100 conversations costs the thread that carries the calls: messages to the thread of
 * SQLite, and CPU time beyond that of the same events without a recorder. Usage: deno task bench records
 */
const CALLS = 100;
const SECONDS = 5;
const ROUNDS = 7;
/** Events come in steps, as what causes them does. */
const STEP_MS = 10;
/** Of one turn of the caller and one of the agent. */
const EXCHANGE_MS = 6000;

const usage: TokenUsage = {
  inputText: 119,
  inputAudio: 13,
  cachedText: 64,
  cachedAudio: 0,
  outputText: 30,
  outputAudio: 91,
};
const words = "We are open from nine in the morning until six in the evening, every day.".split(
  " ",
);

const posts = countPosts();
const hub = createEventHub(Date.now);
let conversations = 0;
const folder = await Deno.makeTempDir();
const store = await openStore({ kind: "sqlite", path: `${folder}/bench.db` }, { now: Date.now });
const postsPerSecond: number[] = [];
const addedMs: number[] = [];
try {
  for (let round = 1; round <= ROUNDS; round++) {
    const withoutMs = await converse();
    const before = posts.sent;
    const recorder = record();
    const withMs = await converse(recorder);
    await recorder.close();
    postsPerSecond.push((posts.sent - before) / SECONDS);
    addedMs.push(withMs - withoutMs);
  }
} finally {
  await store.close();
  await Deno.remove(folder, { recursive: true });
}
const shownMs = addedMs.map((ms) => ms.toFixed(3)).join(", ");
console.log(`${CALLS} conversations, ${ROUNDS} rounds of ${SECONDS} s`);
console.log(`Messages to the store's thread: ${Math.round(median(postsPerSecond))} a second`);
console.log(`Main thread: ${median(addedMs).toFixed(3)} ms per call-second (${shownMs})`);

function record(): Recorder {
  return createRecorder({
    events: hub,
    callStore: store.calls,
    instances: store.instances,
    instanceId: "bench",
    prices: listPrices,
    callOf: () => undefined,
    now: Date.now,
    setTimer,
    log: { info() {}, error() {} },
  });
}

/** Returns the milliseconds of the main thread per call-second. */
async function converse(recorder?: Recorder): Promise<number> {
  const prefix = `call_${++conversations}`;
  for (let at = 0; at < CALLS; at++) {
    hub.publish(`${prefix}_${at}`, { type: "started", direction: "web", agent: "desk" });
  }
  await recorder?.flush();
  const events = schedule(prefix);
  const cpuBefore = mainThreadMs();
  const startedAt = performance.now();
  for (const { atMs, callId, event } of events) {
    const waitMs = Math.ceil(atMs / STEP_MS) * STEP_MS - (performance.now() - startedAt);
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    hub.publish(callId, event);
  }
  return (mainThreadMs() - cpuBefore) / CALLS / SECONDS;
}

interface Planned {
  readonly atMs: number;
  readonly callId: string;
  readonly event: CallEvent;
}

/** The events of all calls, which are at different points of their conversations. */
function schedule(prefix: string): readonly Planned[] {
  const planned: Planned[] = [];
  for (let at = 0; at < CALLS; at++) {
    const callId = `${prefix}_${at}`;
    const first = EXCHANGE_MS * ((at * 0.618) % 1) - EXCHANGE_MS;
    for (let start = first, n = 0; start < SECONDS * 1000; start += EXCHANGE_MS, n++) {
      for (const [afterMs, event] of exchange(n)) {
        planned.push({ atMs: start + afterMs, callId, event });
      }
    }
  }
  return planned.filter(({ atMs }) => atMs >= 0 && atMs < SECONDS * 1000)
    .sort((a, b) => a.atMs - b.atMs);
}

/** The agent's words become known at once, and are heard one after another. */
function exchange(n: number): readonly (readonly [number, CallEvent])[] {
  const saying = (id: string, role: "agent" | "caller", text: string, final: boolean) =>
    ({ type: "turn", turn: turn({ id, role, text, final, position: n, startedMs: n }) }) as const;
  const latency = { responseMs: 200, firstAudioMs: 50, totalMs: 600 };
  return [
    [0, { type: "speaking", who: "caller", on: true }],
    [1200, { type: "speaking", who: "caller", on: false }],
    [1600, saying(`caller_${n}`, "caller", "What are your opening hours?", true)],
    [1600, { type: "transcriptionUsage", usage: { unit: "tokens", input: 13, output: 9 } }],
    [1700, { type: "latency", itemId: `agent_${n}`, latency }],
    [2200, { type: "usage", usage }],
    ...words.map((_, heard) =>
      [
        1700 + 200 * heard,
        saying(`agent_${n}`, "agent", words.slice(0, heard + 1).join(" "), false),
      ] as const
    ),
    [4800, saying(`agent_${n}`, "agent", words.join(" "), true)],
  ];
}

function countPosts() {
  const counter = { sent: 0 };
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, message: unknown): void {
    counter.sent++;
    Reflect.apply(postMessage, this, [message]);
  };
  return counter;
}

/** From Linux' own books, in nanoseconds there. */
function mainThreadMs(): number {
  const path = `/proc/${Deno.pid}/task/${Deno.pid}/schedstat`;
  return Number(shown("cat", path).split(" ")[0]) / 1e6;
}
