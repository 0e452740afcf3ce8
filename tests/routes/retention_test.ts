import assert from "node:assert/strict";
import type { TranscriptTurn } from "../../src/call/callEvent.ts";
import { createRecorder } from "../../src/services/records/recorder.ts";
import { listPrices } from "../../src/services/spending/pricing.ts";
import { ADMIN, ALICE, type ApiServer, BOB, withApi } from "../support/servers/apiServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { turn } from "../support/store/storedCalls.ts";

const MODEL = "gpt-realtime-2.1";
const GREETING = "Good day, you have reached the desk.";

/** Has calls recorded by their events, as sessions publish them. */
async function recordCalls(
  { store, events }: ApiServer,
  calls: readonly { readonly key: string; readonly turns: readonly Partial<TranscriptTurn>[] }[],
): Promise<void> {
  const recorder = createRecorder({
    ...{ events, callStore: store.calls, instances: store.instances, instanceId: "test" },
    prices: listPrices,
    callOf: (id) => ({
      request: {
        direction: "inbound",
        agent: "receptionist",
        keyName: calls[Number(id.slice(5))]?.key ?? "",
      },
      model: MODEL,
    }),
    now: () => 0,
    setTimer: () => () => {},
    log: { info() {}, error() {} },
  });
  for (const [at, { turns }] of calls.entries()) {
    const id = `call_${at}`;
    const agentVersion = "3f9a1c0d52be";
    events.publish(id, {
      type: "started",
      direction: "inbound",
      agent: "receptionist",
      agentVersion,
    });
    events.publish(id, {
      type: "mustHear",
      name: "notice",
      text: "This is recorded.",
      times: 0,
      heard: false,
    });
    for (const [position, line] of turns.entries()) {
      const interrupted = line.unheard !== undefined;
      events.publish(id, {
        type: "turn",
        turn: turn({ id: `item_${position}`, role: "agent", interrupted, position, ...line }),
      });
    }
    const none = { inputText: 0, inputAudio: 0, cachedText: 0, cachedAudio: 0, outputText: 0 };
    events.publish(id, { type: "usage", usage: { ...none, outputAudio: 1_000_000 } });
    events.publish(id, { type: "ended", end: { reason: "caller_hung_up" }, durationMs: 9 });
  }
  await recorder.close();
}

const calls = [
  {
    key: "alice",
    turns: [
      { text: "This is recorded." },
      { text: GREETING, final: false },
      { text: GREETING },
      { text: "Hello?", role: "caller" },
      { text: "We are open", unheard: "from nine." },
    ],
  },
  {
    key: "bob",
    turns: [{ text: "A sound", aside: true }, {
      text: "Good day,",
      unheard: "you have reached the desk.",
    }],
  },
] as const;

Deno.test("GET /api/analytics/retention tells how far the greeting was heard, and what nobody heard", () =>
  withApi({}, async (server) => {
    await recordCalls(server, calls);
    const { greetings, answers, unheard } = await (await server.ask(
      "/api/analytics/retention?from=2027-01-01",
      ADMIN,
    )).json();
    assert.deepEqual(greetings, [{
      agent: "receptionist",
      version: "3f9a1c0d52be",
      calls: 2,
      times: 2,
      words: GREETING.split(" "),
      heard: [2, 2, 1, 1, 1, 1, 1],
      cutAfter: [0, 0, 1, 0, 0, 0, 0],
      hungUpAfter: [0, 0, 1, 0, 0, 0, 0],
      heardToEnd: 1,
    }]);
    assert.deepEqual(answers, []);
    const price = listPrices.models[MODEL]?.audio.output ?? 0;
    const tokens = Math.round(1e6 * 2 / 15) + Math.round(1e6 * 5 / 7);
    assert.ok(price > 0);
    const [agent] = unheard.byAgent;
    assert.ok(Math.abs(agent.unheardAudio - tokens) <= 1);
    assert.ok(Math.abs(unheard.usd - tokens / 1e6 * price) < 0.001);
    assert.deepEqual([unheard.words, unheard.unheardWords, agent.unpricedAudio], [22, 7, 0]);
  }));

Deno.test("GET /api/analytics/retention shows a key its own calls, and nothing as nothing", () =>
  withApi({}, async (server) => {
    await recordCalls(server, calls);
    const ask = async (query: string, secret: string) =>
      await (await server.ask(`/api/analytics/retention${query}`, secret)).json();
    assert.deepEqual((await ask("", ALICE)).greetings[0].heard, [1, 1, 1, 1, 1, 1, 1]);
    assert.deepEqual((await ask("?key=bob", ADMIN)).greetings[0].heard, [1, 1, 0, 0, 0, 0, 0]);
    const version = "?version=000000000000";
    assert.deepEqual(await ask(version, ADMIN), {
      greetings: [],
      answers: [],
      unheard: { usd: 0, words: 0, unheardWords: 0, byAgent: [] },
    });
    const refused = await problemOf(await server.ask("/api/analytics/retention?key=alice", BOB));
    assert.deepEqual(refused, [403, "scope_missing"]);
  }));

Deno.test("GET /api/analytics/retention does not show what is blacked out later", () =>
  withApi({}, async (server) => {
    const said = { id: "item_0", text: "Good day, your card is" };
    await recordCalls(server, [{
      key: "alice",
      turns: [
        { ...said, unheard: "4111 1111 1111 1111" },
        { ...said, position: 0, unheard: "[card number]" },
      ],
    }]);
    const text = await (await server.ask("/api/analytics/retention", ADMIN)).text();
    assert.ok(text.includes("number]") && !text.includes("4111"));
    const { greetings } = JSON.parse(text);
    assert.deepEqual(greetings.map(({ cutAfter }: { cutAfter: number[] }) => cutAfter), [
      [0, 0, 0, 0, 0, 1, 0],
    ]);
  }));
