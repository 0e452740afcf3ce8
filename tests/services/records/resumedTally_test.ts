import assert from "node:assert/strict";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { createRecorder } from "../../../src/services/records/recorder.ts";
import { listPrices } from "../../../src/services/spending/pricing.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import type { TokenUsage } from "../../../src/call/realtimeClient.ts";
import { turn } from "../../support/store/storedCalls.ts";

const request = { direction: "inbound", agent: "receptionist", callerProven: true } as const;
const usage: TokenUsage = {
  inputText: 1000,
  inputAudio: 2000,
  cachedText: 0,
  cachedAudio: 0,
  outputText: 100,
  outputAudio: 500,
};

Deno.test("the record of a call that two processes hold one after the other is that of one call", async () => {
  await using store = await openMemory();
  const first = start(store, "instance_a", 1000);
  first.publish({ type: "started", direction: "inbound", agent: "receptionist" });
  first.at(2000);
  first.publish({ type: "connected", format: "pcmu" });
  talk(first, "a", 300);
  first.publish({ type: "handedOver" });
  await first.recorder.flush();
  const record = await store.calls.get("call_1");
  assert.deepEqual([record?.status, record?.endedAt], ["live", undefined]);

  const second = start(store, "instance_b", 60_000);
  assert.ok(record);
  second.recorder.expectResumed(record, await store.calls.content("call_1"));
  second.publish({
    type: "resumed",
    direction: "inbound",
    agent: "receptionist",
    afterMs: 59_000,
  });
  second.at(61_000);
  second.publish({ type: "connected", format: "pcmu", again: true });
  talk(second, "b", 500);
  // What the first process would still write of it comes too late.
  first.publish({ type: "ended", end: { reason: "leg_failed" }, durationMs: 1 });
  await first.recorder.flush();
  second.at(90_000);
  // From the last words on, which were not all heard.
  second.publish({ type: "ended", end: { reason: "caller_hung_up" }, durationMs: 91_500 });
  await second.recorder.flush();

  const ended = await store.calls.get("call_1");
  assert.deepEqual([ended?.startedAt, ended?.answeredAt, ended?.endedAt], [1000, 2000, 90_000]);
  assert.deepEqual(ended?.end, { reason: "caller_hung_up" });
  assert.equal(ended?.durationMs, 89_000);
  assert.equal(ended?.usage.responses, 2);
  assert.equal(ended?.usage.outputAudio, 1000);
  assert.deepEqual(ended?.latency, { turns: 2, p50Ms: 300, p95Ms: 500 });
  assert.equal(ended?.callerProven, true);
  assert.equal(ended?.instanceId, "instance_b");
  const { digits, tools, turns } = await store.calls.content("call_1");
  assert.deepEqual(digits.map(({ digits }) => digits), ["1", "1"]);
  assert.deepEqual(tools.map(({ startedMs }) => startedMs), [1000, 60_000]);
  assert.equal(turns.length, 2);
  await Promise.all([first.recorder.close(), second.recorder.close()]);
});

Deno.test("what words in the place of sound have saved is summed up over both processes", async () => {
  await using store = await openMemory();
  const first = start(store, "instance_a", 1000);
  first.publish({ type: "started", direction: "inbound", agent: "receptionist" });
  compact(first);
  first.publish({ type: "handedOver" });
  await first.recorder.flush();
  const record = await store.calls.get("call_1");
  const once = { inputText: -10, inputAudio: 150, cachedText: 0, cachedAudio: 0 };
  assert.deepEqual(record?.savings, once);

  const second = start(store, "instance_b", 60_000);
  second.recorder.expectResumed(record, await store.calls.content("call_1"));
  const resumed = { direction: "inbound", agent: "receptionist", afterMs: 59_000 } as const;
  second.publish({ type: "resumed", ...resumed });
  compact(second);
  second.publish({ type: "ended", end: { reason: "caller_hung_up" }, durationMs: 89_000 });
  await second.recorder.flush();
  // 300 tokens of sound for $32 a million, less 20 of text for $4.
  assert.deepEqual((await store.calls.get("call_1"))?.savings, {
    inputText: -20,
    inputAudio: 300,
    cachedText: 0,
    cachedAudio: 0,
    usd: 0.00952,
  });
  await Promise.all([first.recorder.close(), second.recorder.close()]);
});

Deno.test("a process that has lost a call to another one cannot end its record", async () => {
  await using store = await openMemory();
  const first = start(store, "instance_a", 1000);
  first.publish({ type: "started", direction: "inbound", agent: "receptionist" });
  await first.recorder.flush();
  assert.equal(
    await store.instances.claimCall("call_1", { from: "instance_a", to: "instance_b" }),
    true,
  );
  first.publish({ type: "ended", end: { reason: "leg_failed" }, durationMs: 1 });
  await first.recorder.flush();
  assert.equal((await store.calls.get("call_1"))?.endedAt, undefined);
  await first.recorder.close();
});

type Process = ReturnType<typeof start>;

function start(store: Store, instanceId: string, startsAt: number) {
  let now = startsAt;
  const events = createEventHub(() => now);
  const recorder = createRecorder({
    events,
    callStore: store.calls,
    instances: store.instances,
    instanceId,
    prices: listPrices,
    callOf: () => ({ request, model: "gpt-realtime-2.1" }),
    now: () => now,
    setTimer: () => () => {},
    log: { info() {}, error() {} },
  });
  return {
    recorder,
    at: (ms: number) => void (now = ms),
    publish: (event: Parameters<typeof events.publish>[1]) => events.publish("call_1", event),
  };
}

/** One turn, with a tool, a key and what it used. */
function talk({ publish }: Process, id: string, totalMs: number): void {
  publish({ type: "turn", turn: turn({ id, text: "Hello" }) });
  publish({ type: "digits", digits: "1", sensitive: false });
  publish({ type: "toolStarted", toolCallId: `tool_${id}`, name: "look", arguments: "{}" });
  publish({ type: "usage", usage });
  const latency = { responseMs: 100, firstAudioMs: 100, totalMs };
  publish({ type: "latency", itemId: id, latency });
}

/** 150 tokens of sound became 10 and more of words, and were not read by one response. */
function compact({ publish }: Process): void {
  publish({ type: "modelReady", afterMs: 0, again: false });
  publish({ type: "compacted", role: "caller", audioMs: 5000, characters: 40 });
  publish({ type: "compacted", role: "agent", audioMs: 5000, characters: 60 });
  publish({ type: "usage", usage });
}

async function openMemory() {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  return { ...store, [Symbol.asyncDispose]: () => store.close() };
}
