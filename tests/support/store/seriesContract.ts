import assert from "node:assert/strict";
import type { CallWrite } from "../../../src/services/store/calls/callWrites.ts";
import { ended, opened, said } from "./storedCalls.ts";
import type { StoreTest } from "./storeContract.ts";

const HOUR = 3_600_000;
const price = (usd: number | null) => ({
  usd,
  parts: { text: 0, audio: usd, transcription: 0, telephony: null },
});

/** What a series says is what was stored. */
export function testSeries(test: StoreTest): void {
  test("a series counts, adds up and ranks by time and group", async ({ calls }) => {
    await calls.write([
      opened({ id: "a", startedAt: 10, keyName: "ops", direction: "outbound" }),
      ...answered("a", 1000),
      ...tool("a", "t1", "book", true),
      ...tool("a", "t2", "book", false),
      ...tool("a", "t3", "__proto__", true),
      said("a", { id: "1", role: "agent", text: "Good day", unheard: "to you", interrupted: true }),
      said("a", { id: "2", role: "agent", text: "Yes.", position: 2 }),
      said("a", { id: "3", role: "agent", text: "One moment.", position: 3, aside: true }),
      said("a", { id: "4", role: "agent", text: "", position: 4, interrupted: true }),
      said("a", { id: "5", role: "caller", text: "Stop", position: 5 }),
      ended("a", {
        endedAt: 91_000,
        outcome: "human",
        cost: price(0.1),
        latenciesMs: [300, 100, 200],
      }),
      opened({ id: "b", startedAt: HOUR - 1, agent: "clerk", keyName: "ops" }),
      ended("b", { durationMs: 0, end: { reason: "refused" }, cost: price(null) }),
      opened({ id: "c", startedAt: HOUR }),
      ended("c", { latenciesMs: [900], cost: price(0.2) }),
      opened({ id: "d", startedAt: 2 * HOUR }),
    ]);
    const edges = [0, HOUR, 2 * HOUR];
    const [all, ...others] = await calls.series({ filter: {}, edges });
    assert.deepEqual(others, []);
    const first = {
      calls: 2,
      connectedMs: 90_000,
      outcomes: { human: 1 },
      endReasons: { caller_hung_up: 1, refused: 1 },
      usd: 0.1,
      unpriced: 1,
      latency: { count: 3, p50Ms: 200, p95Ms: 300 },
      agentTurns: 2,
      interrupted: 1,
      tools: Object.fromEntries([
        ["book", { calls: 2, failed: 1 }],
        ["__proto__", { calls: 1, failed: 0 }],
      ]),
    };
    const second = {
      ...{ calls: 1, connectedMs: 0, outcomes: {}, endReasons: { caller_hung_up: 1 } },
      ...{ usd: 0.2, unpriced: 0, latency: { count: 1, p50Ms: 900, p95Ms: 900 } },
      ...{ agentTurns: 0, interrupted: 0, tools: {} },
    };
    assert.deepEqual(all, { name: null, isRest: false, points: [first, second] });
    const byKey = await calls.series({ filter: {}, edges, groupBy: "key" });
    assert.deepEqual(byKey.map(({ name, points }) => [name, ...points.map(({ calls }) => calls)]), [
      ["ops", 2, 0],
      [null, 0, 1],
    ]);
    assert.deepEqual(byKey[0]?.points[0], first);
    const only = await calls.series({ filter: { agent: "clerk", since: 5 }, edges });
    assert.deepEqual(only[0]?.points.map(({ calls }) => calls), [1, 0]);
  });

  test("a series has lines for the largest groups, and one for the rest", async ({ calls }) => {
    await calls.write(
      Array.from({ length: 11 }, (_, at) =>
        Array.from({ length: 11 - at }, (_, call) => [
          opened({ id: `${at}_${call}`, startedAt: 1, agent: `agent_${at}` }),
          ended(`${at}_${call}`, { latenciesMs: [at] }),
        ])).flat(2),
    );
    const lines = await calls.series({ filter: {}, edges: [0, HOUR], groupBy: "agent" });
    assert.deepEqual(
      lines.map(({ name, isRest, points: [point] }) => [name, isRest, point?.calls]),
      [
        ...Array.from({ length: 8 }, (_, at) => [`agent_${at}`, false, 11 - at]),
        [null, true, 6],
      ],
    );
    assert.deepEqual(lines.at(-1)?.points[0]?.latency, { count: 6, p50Ms: 8, p95Ms: 10 });
  });
}

function answered(callId: string, answeredAt: number): readonly CallWrite[] {
  return [{ type: "changed", callId, changes: { answeredAt } }];
}

function tool(callId: string, toolCallId: string, name: string, ok: boolean): readonly CallWrite[] {
  return [
    { type: "toolStarted", callId, toolCallId, name, arguments: "{}", startedMs: 1 },
    { type: "toolEnded", callId, toolCallId, name, ok, output: "", durationMs: 1, atMs: 2 },
  ];
}
