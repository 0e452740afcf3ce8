import assert from "node:assert/strict";
import { type Agent, readAgent } from "../../../src/config/agents.ts";
import {
  type AnalysisQueueDeps,
  createAnalysisQueue,
} from "../../../src/services/analysis/analysisQueue.ts";
import { createChatClient } from "../../../src/services/analysis/chatClient.ts";
import { createAnalysisSpending } from "../../../src/services/spending/analysisSpending.ts";
import { listPrices } from "../../../src/services/spending/pricing.ts";
import type { CallAnalysis } from "../../../src/services/store/analyses/analysis.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import {
  type ChatFault,
  type ChatServer,
  startChatServer,
} from "../../../src/sim/chat/chatServer.ts";
import { createIncidents } from "../../../src/utils/incidents.ts";
import { Inbox } from "../../support/inbox.ts";
import { ended, opened, said } from "../../support/store/storedCalls.ts";

const MODEL = "gpt-5-mini";

/** Time that the test moves; what waits for a short time goes on at once. */
function createClock() {
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  let now = Date.UTC(2027, 0, 1, 12);
  return {
    now: () => now,
    setTimer(wake: () => void, delayMs: number) {
      if (delayMs <= 50) {
        const real = setTimeout(wake, 0);
        return () => clearTimeout(real);
      }
      const timer = { at: now + delayMs, wake };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(ms: number) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.wake();
      }
    },
  };
}

function agentOf(front: string): Agent {
  const read = readAgent("receptionist", `---\ntitle: Desk\n${front}\n---\nHelp.`);
  assert.ok(read.ok, JSON.stringify(read));
  return read.agent;
}

interface Setup {
  readonly store: Store;
  readonly chat: ChatServer;
  readonly clock: ReturnType<typeof createClock>;
  readonly incidents: ReturnType<typeof createIncidents>;
  readonly logged: string[];
  /** Each run that was told of, and each attempt that is to be repeated. */
  readonly told: Inbox<CallAnalysis>;
  readonly postponed: Inbox<{ readonly reason: string; readonly inMs: number }>;
  start(deps?: Partial<AnalysisQueueDeps>): ReturnType<typeof createAnalysisQueue>;
  begin(callId: string, ...lines: readonly string[]): Promise<void>;
}

interface Options {
  readonly agent?: string;
  readonly chat?: Parameters<typeof startChatServer>[0];
  readonly dailyUsd?: number;
  readonly timeoutMs?: number;
  readonly model?: string;
}

async function withQueue(options: Options, run: (setup: Setup) => Promise<void>): Promise<void> {
  const {
    agent: front = "analysis: { fields: { guests: { type: integer, description: Guests } } }",
  } = options;
  const { model = MODEL, timeoutMs = 60_000 } = options;
  const clock = createClock();
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: clock.now });
  const chat = startChatServer(options.chat);
  const logged: string[] = [];
  const log = {
    info: (message: string, fields?: object) => void logged.push(message + JSON.stringify(fields)),
    warn: (message: string, fields?: object) => void logged.push(message + JSON.stringify(fields)),
  };
  const incidents = createIncidents({ now: clock.now, log });
  const told = new Inbox<CallAnalysis>();
  const postponed = new Inbox<{ reason: string; inMs: number }>();
  const queues: ReturnType<typeof createAnalysisQueue>[] = [];
  const agent = agentOf(front);
  const analyses: Store["analyses"] = {
    ...store.analyses,
    async postpone(claim, retry) {
      await store.analyses.postpone(claim, retry);
      postponed.add({ reason: retry.reason, inMs: retry.dueAt - clock.now() });
    },
  };
  const endpoint = { url: chat.url, model, apiKey: "sk-test" };
  const { dailyUsd } = options;
  const settings = {
    analysis: { ...endpoint, ...(dailyUsd !== undefined && { dailyUsd }) },
    limits: { server: {} },
  };
  const start: Setup["start"] = (deps = {}) => {
    const ask = createChatClient(endpoint, { timeoutMs, now: clock.now });
    const queue = createAnalysisQueue({
      agents: { get: () => agent },
      store: { analyses, calls: store.calls },
      spending: createAnalysisSpending({
        budget: store.budget,
        accountsOf: () => [],
        settings,
        prices: listPrices,
        incidents,
        now: clock.now,
        log,
      }),
      model: () =>
        Promise.resolve({
          name: model,
          host: "models.example",
          ask,
          isFree: false,
        }),
      onAnalyzed: (_, analysis) => Promise.resolve(told.add(analysis)),
      random: () => 0,
      incidents,
      now: clock.now,
      setTimer: clock.setTimer,
      log,
      ...deps,
    });
    queues.push(queue);
    return queue;
  };
  try {
    await run({
      store,
      chat,
      clock,
      incidents,
      logged,
      told,
      postponed,
      start,
      async begin(callId, ...lines) {
        await store.calls.write([
          opened({ id: callId, startedAt: clock.now() }),
          ...lines.map((text, at) => said(callId, { id: `t${at}`, text, position: at })),
          ended(callId),
        ]);
        await store.analyses.enqueue(callId, clock.now());
      },
    });
  } finally {
    for (const queue of queues) await queue.close();
    await chat.close();
    await store.close();
  }
}

const faults: readonly (readonly [name: string, fault: ChatFault, reason: string])[] = [
  ["refuses the key", { type: "status", status: 401 }, "http_401"],
  ["is too busy", { type: "status", status: 429 }, "http_429"],
  ["fails", { type: "status", status: 500 }, "http_500"],
  ["redirects", { type: "status", status: 302 }, "http_302"],
  ["answers 5 MB", { type: "huge", bytes: 5_000_000 }, "answer_too_large"],
  [
    "answers a page",
    { type: "body", body: "<html>Log in</html>", contentType: "text/html" },
    "answer_html",
  ],
  ["answers no JSON", { type: "body", body: "{" }, "answer_unreadable"],
  ["answers another JSON", { type: "body", body: '{"choices":[]}' }, "answer_unreadable"],
  ["answers JSON that is too deep", { type: "body", body: "[".repeat(9000) }, "answer_unreadable"],
  ["closes the connection", { type: "cut" }, "unreachable"],
  ["cuts the answer off", { type: "cutOff" }, "answer_cut_off"],
];

for (const [name, fault, reason] of faults) {
  Deno.test(`an analysis whose endpoint ${name} is made later, and the operator sees why`, () =>
    withQueue({ chat: { faults: [fault] } }, async (setup) => {
      const { store, clock, incidents, told, postponed, logged } = setup;
      await setup.begin("call_a", "We are 4 people.");
      setup.start();
      const [first] = await postponed.when((all) => all.length === 1);
      assert.deepEqual(first, { reason, inMs: 10_000 });
      const pending = await store.analyses.get("call_a");
      assert.deepEqual([pending?.state, pending?.reason], ["pending", reason]);
      const open = incidents.list().filter(({ code }) => code === "analysis_failing");
      // One odd answer is no fault of the endpoint.
      assert.equal(open.length, fault.type === "cutOff" ? 0 : 1);
      if (open[0]) assert.match(open[0].message, new RegExp(`gpt-5-mini: ${reason}`));
      clock.pass(10_000);
      const [done] = await told.when((all) => all.length === 1);
      assert.deepEqual([done?.state, done?.reason], ["done", undefined]);
      assert.equal(done?.result?.fields["guests"]?.value, 4);
      assert.deepEqual(incidents.list(), []);
      assert.ok(logged.every((line) => !line.includes("people")), "no words in the log");
    }));
}

Deno.test("an endpoint that hangs is given up after its time", () =>
  withQueue({ chat: { faults: [{ type: "hang" }] }, timeoutMs: 100 }, async (setup) => {
    await setup.begin("call_a", "Hello.");
    setup.start();
    const [first] = await setup.postponed.when((all) => all.length === 1);
    assert.equal(first?.reason, "timeout");
  }));

Deno.test("an endpoint is asked again when it says, and ever more rarely until it is given up", () =>
  withQueue({
    chat: {
      faults: [
        { type: "status", status: 429, retryAfter: "120" },
        ...Array.from({ length: 6 }, () => ({ type: "status", status: 503 }) as const),
      ],
    },
  }, async (setup) => {
    const { clock, postponed, told, chat, store } = setup;
    await setup.begin("call_a", "Hello.");
    setup.start();
    for (let tries = 1; tries <= 6; tries++) {
      const all = await postponed.when((all) => all.length === tries);
      clock.pass(all.at(-1)?.inMs ?? 0);
    }
    const [run] = await told.when((all) => all.length === 1);
    assert.deepEqual([run?.state, run?.reason], ["failed", "http_503"]);
    const minutes = postponed.all.map(({ inMs }) => inMs / 60_000);
    assert.deepEqual(minutes, [2, 1, 5, 30, 120, 360]);
    assert.equal(chat.stats.requests, 7);
    assert.equal(await store.analyses.nextDue(), undefined);
  }));

Deno.test("a refusal of the model, and a request that it cannot take, are not repeated", () =>
  withQueue({
    chat: {
      faults: [
        { type: "refusal" },
        ...Array.from({ length: 3 }, () => ({ type: "status", status: 400 }) as const),
      ],
    },
  }, async (setup) => {
    await setup.begin("call_a", "Hello.");
    setup.start();
    await setup.told.when((all) => all.length === 1);
    await setup.begin("call_b", "Hello.");
    setup.clock.pass(30_000);
    const runs = await setup.told.when((all) => all.length === 2);
    assert.deepEqual(runs.map(({ state, reason }) => [state, reason]), [
      ["failed", "refused"],
      ["failed", "http_400"],
    ]);
    const { cost } = await setup.store.calls.get("call_a") ?? {};
    assert.ok((cost?.parts.analysis ?? 0) > 0, "the refusal cost tokens");
  }));

Deno.test("an answer that does not fit is asked for once more; what still does not fit is null", () => {
  const answers = [
    '```json\n{"summary":"S","fields":{"day":{"value":"soon","line":1}}}\n```',
    '{"summary":"S","fields":{"day":{"value":"2027-02-30","line":1}},"success":{"kind":{"result":"pass","reason":"R","line":99}}}',
  ];
  return withQueue({
    agent: `analysis:
  fields: { day: { type: date, description: Day } }
  success: { kind: The agent was kind }`,
    chat: { answer: () => answers.shift() ?? "{}" },
  }, async ({ begin, start, told, chat }) => {
    await begin("call_a", "See you on the 30th.");
    start();
    const [run] = await told.when((all) => all.length === 1);
    assert.deepEqual(run?.result, {
      summary: "S",
      fields: { day: { value: null } },
      success: { kind: { result: "pass", reason: "R" } },
      passed: true,
    });
    await chat.nextRequest();
    const { messages } = await chat.nextRequest();
    assert.match(messages.at(-1)?.content ?? "", /fields\.day\.value must be a date/);
    assert.match(messages.at(-1)?.content ?? "", /success\.kind\.result must be one of pass/);
  });
});

Deno.test("an endpoint that takes no JSON Schema is asked for plain JSON, from then on at once", () =>
  withQueue({ chat: { takesSchemas: false } }, async ({ begin, start, told, chat, clock }) => {
    await begin("call_a", "We are 4 people.");
    start();
    await told.when((all) => all.length === 1);
    await begin("call_b", "We are 5 people.");
    clock.pass(30_000);
    const runs = await told.when((all) => all.length === 2);
    assert.deepEqual(runs.map(({ result }) => result?.fields["guests"]?.value), [4, 5]);
    const formats = [];
    for (let at = 0; at < 3; at++) formats.push((await chat.nextRequest()).format);
    assert.deepEqual(formats, ["json_schema", "json_object", "json_object"]);
  }));

Deno.test("two calls are analysed at a time, and no call more than once", async () => {
  let [now, most] = [0, 0];
  const gate = Promise.withResolvers<void>();
  await withQueue({
    chat: {
      async answer() {
        most = Math.max(most, ++now);
        await gate.promise;
        now--;
        return '{"summary":"S","fields":{"guests":{"value":1,"line":1}}}';
      },
    },
  }, async ({ begin, start, told, chat }) => {
    for (let at = 0; at < 6; at++) await begin(`call_${at}`, "Hello.");
    start();
    await chat.nextRequest();
    await chat.nextRequest();
    gate.resolve();
    const runs = await told.when((all) => all.length === 6);
    assert.equal(new Set(runs.map(({ callId }) => callId)).size, 6);
    assert.equal(most, 2);
    assert.equal(chat.stats.requests, 6);
  });
});

Deno.test("several processes make each analysis once", () =>
  withQueue({}, async ({ begin, start, told, chat, clock }) => {
    for (let at = 0; at < 8; at++) await begin(`call_${at}`, "Hello.");
    start();
    start();
    const runs = await told.when((all) => all.length >= 8);
    clock.pass(60_000);
    assert.deepEqual(
      runs.map(({ callId }) => callId).sort(),
      [0, 1, 2, 3, 4, 5, 6, 7].map((at) => `call_${at}`),
    );
    assert.equal(chat.stats.requests, 8);
  }));

Deno.test("an analysis that a process left when it died is made by another, and the run told of once", () =>
  withQueue({}, async ({ begin, start, told, store, clock }) => {
    await begin("call_a", "Hello.");
    // What such a process leaves: the lease of an attempt, and a run that it could not tell of any more.
    await store.analyses.claim(clock.now(), { limit: 1, leaseMs: 60_000 });
    await begin("call_b", "Hello.");
    const [ended] = await store.analyses.claim(clock.now(), { limit: 1, leaseMs: 60_000 });
    assert.ok(ended !== undefined);
    await store.analyses.finish(ended, { state: "skipped", reason: "limit" }, { now: clock.now() });
    start();
    clock.pass(60_000);
    const runs = await told.when((all) => all.length === 2);
    assert.deepEqual(runs.map(({ callId, state }) => [callId, state]).sort(), [
      ["call_a", "done"],
      ["call_b", "skipped"],
    ]);
    clock.pass(120_000);
    assert.equal(told.all.length, 2);
  }));

Deno.test("a run that cannot be told of holds up no other, and is told of when it can be", () =>
  withQueue({}, async ({ begin, start, told, clock }) => {
    let isBroken = true;
    await begin("call_a", "Hello.");
    const queue = start({
      onAnalyzed: (_, analysis) =>
        isBroken && analysis.callId === "call_a"
          ? Promise.reject(new Error("no room"))
          : Promise.resolve(told.add(analysis)),
    });
    clock.pass(60_000);
    await begin("call_b", "Hello.");
    queue.wake();
    await told.when((all) => all.some(({ callId }) => callId === "call_b"));
    clock.pass(60_000);
    await begin("call_c", "Hello.");
    queue.wake();
    await told.when((all) => all.some(({ callId }) => callId === "call_c"));
    isBroken = false;
    clock.pass(60_000);
    queue.wake();
    await told.when((all) => all.some(({ callId }) => callId === "call_a"));
  }));

Deno.test("what is being made when a process stops is made by the next one, at once", () =>
  withQueue({ chat: { faults: [{ type: "hang" }] } }, async ({ begin, start, told, chat }) => {
    await begin("call_a", "We are 4 people.");
    const first = start();
    await chat.nextRequest();
    await first.close();
    assert.equal(told.all.length, 0);
    start();
    const [run] = await told.when((all) => all.length === 1);
    assert.equal(run?.result?.fields["guests"]?.value, 4);
  }));

Deno.test("calls beyond the limit of the day are skipped, and the operator is told until midnight", () =>
  withQueue({ dailyUsd: 0.0005 }, async ({ begin, start, told, incidents, clock, chat }) => {
    await begin("call_a", "Hello. ".repeat(250));
    start();
    const [first] = await told.when((all) => all.length === 1);
    assert.equal(first?.state, "done");
    for (const callId of ["call_b", "call_c", "call_d"]) await begin(callId, "Hello. ".repeat(250));
    clock.pass(30_000);
    const runs = await told.when((all) => all.length === 4);
    assert.deepEqual([runs.at(-1)?.state, runs.at(-1)?.reason], ["skipped", "limit"]);
    assert.ok(chat.stats.requests < 4);
    assert.match(incidents.list()[0]?.message ?? "", /ANALYSIS_DAILY_USD is used up/);
    clock.pass(12 * 60 * 60_000);
    await begin("call_e", "Hello.");
    clock.pass(30_000);
    await told.find(({ callId, state }) => callId === "call_e" && state === "done");
    assert.deepEqual(incidents.list(), []);
  }));

Deno.test("a model without a known price costs null, never nothing", () =>
  withQueue(
    { model: "own-model", dailyUsd: 1 },
    async ({ begin, start, told, store, incidents }) => {
      await begin("call_a", "Hello.");
      start();
      await told.when((all) => all.length === 1);
      const { cost } = await store.calls.get("call_a") ?? {};
      assert.deepEqual([cost?.usd, cost?.parts.analysis], [null, null]);
      assert.match(
        incidents.list()[0]?.message ?? "",
        /price of own-model is not known.*PRICES_FILE/,
      );
    },
  ));

Deno.test("an answering machine and a call that was erased meanwhile are not read by the model", () =>
  withQueue({}, async ({ begin, start, told, store, chat }) => {
    await begin("call_a", "You have reached the mailbox.");
    await store.calls.write([
      { type: "changed", callId: "call_a", changes: { outcome: "machine" } },
    ]);
    await begin("call_b", "Hello.");
    await store.erasure.eraseCall("call_b", 0, { underWay: false });
    start();
    const [run] = await told.when((all) => all.length === 1);
    assert.deepEqual([run?.callId, run?.reason], ["call_a", "no_conversation"]);
    assert.equal(chat.stats.requests, 0);
  }));
