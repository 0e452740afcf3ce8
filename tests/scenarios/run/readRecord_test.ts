import assert from "node:assert/strict";
import { analysisUsdOf, runCost } from "../../../src/cli/rehearse/runCost.ts";
import { readRecord } from "../../../src/scenarios/run/record/readRecord.ts";
import type { ScenarioRun } from "../../../src/scenarios/run/runScenario.ts";
import { runOf } from "../../support/scenarios/runOf.ts";

Deno.test("what a record says of money and time counts only where that can be", () => {
  const read = (cost: string) => runOf(`{ "id": "call_1", "cost": ${cost} }`);
  const known: ScenarioRun = read('{ "usd": 0.25, "parts": { "analysis": 0.05 } }');
  assert.deepEqual(runCost(known), { usd: 0.25, talkedMs: 60_000 });
  assert.equal(analysisUsdOf(known), 0.05);
  for (const usd of ["-1000", "1e999", "-1e999", '"0"', "null"]) {
    const told = read(`{ "usd": ${usd}, "parts": { "analysis": ${usd} } }`);
    assert.equal(runCost(told), undefined, usd);
    assert.equal(analysisUsdOf(told), 0, usd);
  }
});

Deno.test("turns and tools without a time are left out, and what took less than nothing has no duration", () => {
  const turn = { id: "a", role: "agent", text: "Hello." };
  const tool = { name: "find" };
  const record = readRecord({
    id: "call_1",
    durationMs: -1,
    latencies: [{ totalMs: 400 }, { totalMs: -400 }, { totalMs: Infinity }],
    turns: [{ ...turn, startedMs: 5, endedMs: Infinity }, { ...turn, startedMs: Infinity }],
    tools: [{ ...tool, startedMs: 7, result: { durationMs: -1 } }, { ...tool, startedMs: NaN }],
    transfers: [{ alias: "sales", step: "talked", target: 0, spokeMs: -1 }],
  });
  assert.deepEqual(record?.latenciesMs, [400]);
  assert.deepEqual(record?.turns.map(({ startedMs, endedMs }) => [startedMs, endedMs]), [
    [5, undefined],
  ]);
  assert.deepEqual(record?.tools.map(({ startedMs, durationMs }) => [startedMs, durationMs]), [
    [7, undefined],
  ]);
  assert.deepEqual(record?.transfers.map(({ target, spokeMs }) => [target, spokeMs]), [
    [0, undefined],
  ]);
  assert.equal(record?.durationMs, undefined);
});
