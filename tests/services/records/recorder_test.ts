import assert from "node:assert/strict";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import type { TokenUsage } from "../../../src/call/realtimeClient.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { listPrices } from "../../../src/services/spending/pricing.ts";
import {
  createRecorder,
  type RecordedCall,
  type Recorder,
} from "../../../src/services/records/recorder.ts";
import { endAbandonedCall } from "../../../src/services/records/endAbandonedCall.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import type { CallWrite } from "../../../src/services/store/calls/callWrites.ts";
import { StatementRefused } from "../../../src/services/store/database.ts";
import { turn } from "../../support/store/storedCalls.ts";
import { settled } from "../../support/until.ts";

const usage: TokenUsage = {
  inputText: 1000,
  inputAudio: 2000,
  cachedText: 0,
  cachedAudio: 1000,
  outputText: 100,
  outputAudio: 500,
};

Deno.test("a call is recorded from its events alone, with its cost and its latencies", async () => {
  await using trial = await startTrial();
  trial.calls.set("call_1", {
    request: {
      direction: "inbound",
      agent: "receptionist",
      caller: "+14155550123",
      called: "+14155550100",
      callSid: "CA1",
    },
    model: "gpt-realtime-2.1",
    transcriptionModel: "gpt-transcribe",
  });
  trial.publish({ type: "started", direction: "inbound", agent: "receptionist" });
  trial.now = 2000;
  trial.publish({ type: "connected", format: "pcmu" });
  trial.publish(turnEvent("a", "Hello"));
  for (const totalMs of [300, 900, 500]) {
    trial.publish({
      type: "latency",
      itemId: `item_${totalMs}`,
      latency: { responseMs: 100, firstAudioMs: 100, totalMs },
    });
  }
  trial.publish({ type: "usage", usage });
  trial.publish({ type: "usage", usage, itemId: "item_300" });
  trial.publish({ type: "transcriptionUsage", usage: { unit: "seconds", seconds: 60 } });
  trial.publish({ type: "toolStarted", toolCallId: "t", name: "look_up", arguments: "{}" });
  trial.now = 2500;
  trial.publish({
    type: "toolEnded",
    toolCallId: "t",
    name: "look_up",
    ok: true,
    output: "yes",
    durationMs: 500,
  });
  trial.now = 62_000;
  // The session counts by its own clock, from before its first event.
  trial.publish({ type: "ended", end: { reason: "idle" }, durationMs: 61_003 });
  await trial.recorder.flush();

  assert.deepEqual(await trial.store.calls.get("call_1"), {
    id: "call_1",
    direction: "inbound",
    agent: "receptionist",
    callSid: "CA1",
    from: "+14155550123",
    to: "+14155550100",
    status: "ended",
    startedAt: 1000,
    answeredAt: 2000,
    endedAt: 62_000,
    durationMs: 61_003,
    end: { reason: "idle" },
    model: "gpt-realtime-2.1",
    transcriptionModel: "gpt-transcribe",
    instanceId: "instance_a",
    usage: {
      ...noUsage,
      inputText: 2000,
      inputAudio: 4000,
      cachedAudio: 2000,
      outputText: 200,
      outputAudio: 1000,
      responses: 2,
      transcriptionSeconds: 60,
    },
    cost: {
      usd: 0.1661,
      parts: { text: 0.0128, audio: 0.1288, transcription: 0.0045, telephony: 0.02 },
      telephonyEstimated: true,
    },
    latency: { turns: 3, p50Ms: 500, p95Ms: 900 },
  });
  const { turns, tools, latencies, responses } = await trial.store.calls.content("call_1");
  const response = { atMs: 1000, model: "gpt-realtime-2.1", usage, usd: 0.0708 };
  assert.deepEqual(responses, [response, { ...response, itemId: "item_300" }]);
  assert.deepEqual(turns.map(({ text }) => text), ["Hello"]);
  assert.deepEqual(latencies.map(({ totalMs }) => totalMs), [300, 900, 500]);
  assert.deepEqual(tools, [
    {
      id: "t",
      name: "look_up",
      arguments: "{}",
      startedMs: 1000,
      result: { ok: true, output: "yes", durationMs: 500 },
    },
  ]);
});

Deno.test("the last words of a call are kept although they were never final", async () => {
  await using trial = await startTrial();
  trial.begin();
  trial.publish(turnEvent("a", "I wan", false));
  trial.publish(turnEvent("a", "I want to", false));
  trial.publish({ type: "ended", end: { reason: "caller_hung_up" }, durationMs: 1 });
  await trial.recorder.flush();
  const [last] = (await trial.store.calls.content("call_1")).turns;
  assert.deepEqual([last?.text, last?.final], ["I want to", false]);
});

Deno.test("unfinished turns and sums are stored in passing while the call goes on", async () => {
  await using trial = await startTrial();
  trial.begin();
  trial.publish(turnEvent("a", "I wan", false));
  trial.publish({ type: "usage", usage });
  await trial.sweep();
  await trial.recorder.flush();
  const call = await trial.store.calls.get("call_1");
  assert.deepEqual([call?.usage.outputAudio, call?.cost], [500, undefined]);
  assert.equal((await trial.store.calls.content("call_1")).turns[0]?.text, "I wan");
});

Deno.test("case 46: sensitive digits are stored nowhere", async () => {
  await using trial = await startTrial();
  trial.begin();
  trial.publish({ type: "digits", digits: "4111", sensitive: true });
  trial.publish({ type: "digits", digits: "12", sensitive: false });
  await trial.recorder.flush();
  const { digits } = await trial.store.calls.content("call_1");
  assert.deepEqual(digits.map(({ digits }) => digits), [undefined, "12"]);
});

Deno.test("a queued call is recorded, and its outcome when it is not answered", async () => {
  await using trial = await startTrial();
  const request = {
    direction: "outbound",
    agent: "reminder",
    caller: "+14155550123",
    called: "+14155550100",
    keyName: "ops",
  } as const;
  for (const callId of ["busy", "cancelled", "unanswered", "told"]) {
    trial.recorder.openCall(callId, { request });
  }
  trial.recorder.updateCall("busy", { callSid: "CA1", status: "ringing" });
  trial.recorder.endCall("busy", { reason: "not_answered", detail: "busy" });
  trial.recorder.endCall("cancelled", { reason: "operator_hung_up" });
  trial.recorder.endCall("unanswered", { reason: "not_answered", detail: "no-answer" });
  trial.recorder.endCall("told", { reason: "not_answered" }, "failed");
  trial.recorder.endCall("told", { reason: "idle" });
  await trial.recorder.flush();
  const outcomes = await Promise.all(
    ["busy", "cancelled", "unanswered", "told"].map(async (id) =>
      (await trial.store.calls.get(id))?.outcome
    ),
  );
  assert.deepEqual(outcomes, ["busy", "cancelled", "no_answer", "failed"]);
  const call = await trial.store.calls.get("busy");
  assert.deepEqual(
    [call?.from, call?.to, call?.keyName, call?.callSid, call?.durationMs, call?.cost?.usd],
    ["+14155550100", "+14155550123", "ops", "CA1", 0, 0],
  );
});

Deno.test("a placed call keeps one record when its session begins, with the id that comes later", async () => {
  await using trial = await startTrial();
  const request = { direction: "outbound", agent: "reminder", caller: "+14155550123" } as const;
  trial.recorder.openCall("call_1", { request });
  trial.now = 5000;
  trial.calls.set("call_1", { request });
  trial.publish({ type: "started", direction: "outbound", agent: "reminder" });
  trial.calls.set("call_1", { request, callSid: "CA1" });
  trial.publish({ type: "connected", format: "pcmu" });
  trial.recorder.updateCall("call_1", { answeredBy: "machine", outcome: "voicemail" });
  trial.now = 9000;
  trial.publish({ type: "ended", end: { reason: "agent_hung_up" }, durationMs: 4000 });
  await trial.recorder.flush();
  const call = await trial.store.calls.get("call_1");
  assert.deepEqual(
    [call?.startedAt, call?.answeredAt, call?.callSid, call?.outcome, call?.answeredBy],
    [1000, 5000, "CA1", "voicemail", "machine"],
  );
});

Deno.test("while the store fails, calls go on, health says so, and all is caught up with later", async () => {
  await using trial = await startTrial();
  trial.begin();
  await trial.recorder.flush();
  trial.fault = new Error("disk full");
  trial.now = 7000;
  trial.publish(turnEvent("a", "Hello"));
  await assert.rejects(trial.recorder.flush(), /disk full/);
  trial.publish({ type: "ended", end: { reason: "idle" }, durationMs: 1 });
  await assert.rejects(trial.recorder.flush(), /disk full/);
  assert.deepEqual(trial.recorder.health(), {
    status: "degraded",
    sinceMs: 7000,
    waiting: 2,
    dropped: 0,
  });
  assert.deepEqual(trial.logged, ["Store unavailable, calls go on"]);

  trial.fault = undefined;
  await trial.retry();
  assert.deepEqual(trial.recorder.health(), { status: "ok" });
  assert.deepEqual(trial.logged, ["Store unavailable, calls go on", "Store available again"]);
  assert.equal((await trial.store.calls.get("call_1"))?.status, "ended");
  assert.equal((await trial.store.calls.content("call_1")).turns.length, 1);
});

Deno.test("while the store fails, only the newest state of a call that goes on is kept", async () => {
  await using trial = await startTrial();
  trial.begin();
  await trial.recorder.flush();
  trial.fault = new Error("gone");
  for (let second = 1; second <= 1000; second++) {
    trial.publish(turnEvent("a", `word ${second}`, false));
    trial.publish({ type: "transcriptionUsage", usage: { unit: "seconds", seconds: 1 } });
    await assert.rejects(trial.recorder.flush(), /gone/);
  }
  const health = trial.recorder.health();
  assert.ok(health.status === "degraded" && health.waiting <= 2, Deno.inspect(health));
  trial.fault = undefined;
  await trial.recorder.flush();
  assert.equal((await trial.store.calls.content("call_1")).turns[0]?.text, "word 1000");
  assert.equal((await trial.store.calls.get("call_1"))?.usage.transcriptionSeconds, 1000);
});

Deno.test("a store that stalls is reported, and nothing waits for it but the records", async () => {
  await using trial = await startTrial();
  await trial.recorder.flush();
  const stall = Promise.withResolvers<void>();
  trial.stall = stall.promise;
  trial.begin();
  trial.publish(turnEvent("a", "Hello"));
  const flushed = trial.recorder.flush();
  await trial.stallNoticed();
  assert.equal(trial.recorder.health().status, "degraded");
  stall.resolve();
  await flushed;
  assert.deepEqual(trial.recorder.health(), { status: "ok" });
});

Deno.test("when there is no room, the oldest details go and never that a call was or ended", async () => {
  await using trial = await startTrial({ maxDetails: 100 });
  trial.begin();
  await trial.recorder.flush();
  trial.fault = new Error("gone");
  for (let at = 0; at < 1000; at++) trial.publish(turnEvent(`t${at}`, "word"));
  trial.publish({ type: "ended", end: { reason: "idle" }, durationMs: 1 });
  await assert.rejects(trial.recorder.flush());
  const health = trial.recorder.health();
  assert.ok(health.status === "degraded" && health.waiting <= 101 && health.dropped >= 900);
  trial.fault = undefined;
  await trial.recorder.flush();
  assert.equal((await trial.store.calls.get("call_1"))?.status, "ended");
  const { turns } = await trial.store.calls.content("call_1");
  assert.equal(turns.length + health.dropped, 1000);
  assert.ok(turns.some(({ id }) => id === "t999") && !turns.some(({ id }) => id === "t0"));
});

Deno.test("a record that the store refuses keeps no other from it", async () => {
  await using trial = await startTrial();
  trial.begin();
  trial.refuse = (write) => write.type === "turn" && write.turn.id === "bad";
  for (const id of ["a", "bad", "b"]) trial.publish(turnEvent(id, "word"));
  await trial.recorder.flush();
  assert.deepEqual((await trial.store.calls.content("call_1")).turns.map(({ id }) => id), [
    "a",
    "b",
  ]);
  assert.deepEqual(trial.logged, ["Record refused by the store"]);
  assert.deepEqual(trial.recorder.health(), { status: "ok" });
});

Deno.test("events are written soon without being asked for, many in one transaction", async () => {
  await using trial = await startTrial();
  trial.begin();
  for (let at = 0; at < 50; at++) trial.publish(turnEvent(`t${at}`, "word"));
  await trial.written(51);
  assert.deepEqual(trial.batches, [51]);
});

Deno.test("close() writes what waits and leaves, so that the calls left open count as abandoned", async () => {
  const trial = await startTrial();
  trial.begin();
  trial.publish(turnEvent("a", "I wan", false));
  await trial.recorder.close();
  trial.publish(turnEvent("b", "too late"));
  assert.deepEqual((await trial.store.calls.content("call_1")).turns.map(({ id }) => id), ["a"]);
  const abandoned = await trial.store.instances.abandonedCalls([]);
  assert.deepEqual(abandoned.map(({ id }) => id), ["call_1"]);
  await trial[Symbol.asyncDispose]();
});

Deno.test("what a process has counted of a call that another one has taken replaces nothing", async () => {
  await using trial = await startTrial();
  trial.begin();
  trial.publish({ type: "usage", usage });
  await trial.recorder.flush();
  const { calls, instances } = trial.store;
  const from = (await calls.get("call_1"))?.instanceId ?? "";
  assert.ok(await instances.claimCall("call_1", { from, to: "other" }));
  const usageThere = { ...noUsage, responses: 7 };
  await calls.write([{ type: "changed", callId: "call_1", changes: { usage: usageThere } }]);
  trial.publish({ type: "usage", usage });
  await trial.recorder.flush();
  assert.deepEqual((await calls.get("call_1"))?.usage, usageThere);
});

Deno.test("a process that has lost a call neither plans its end nor takes a plan back", async () => {
  await using trial = await startTrial();
  trial.begin();
  await trial.recorder.flush();
  const { calls, instances } = trial.store;
  const from = (await calls.get("call_1"))?.instanceId ?? "";
  assert.ok(await instances.claimCall("call_1", { from, to: "other" }));
  trial.publish({ type: "closing", end: { reason: "idle" } });
  await trial.recorder.flush();
  assert.equal((await calls.get("call_1"))?.plannedEnd, undefined);
  const plannedEnd = { reason: "agent_hung_up" } as const;
  await calls.write([{ type: "changed", callId: "call_1", changes: { plannedEnd } }]);
  trial.publish({ type: "closing" });
  await trial.recorder.flush();
  assert.deepEqual((await calls.get("call_1"))?.plannedEnd, plannedEnd);
});

Deno.test("endAbandonedCall() adds up a call whose process is gone, from what is stored", async () => {
  const trial = await startTrial();
  trial.calls.set("call_1", {
    request: { direction: "inbound", agent: "receptionist" },
    model: "gpt-realtime-2.1",
  });
  trial.begin();
  trial.publish({ type: "connected", format: "pcmu" });
  trial.publish({ type: "usage", usage });
  trial.publish({
    type: "latency",
    itemId: "b",
    latency: { responseMs: 1, firstAudioMs: 1, totalMs: 700 },
  });
  trial.publish(turnEvent("a", "Hello"));
  await trial.recorder.close();
  const [call] = await trial.store.instances.abandonedCalls([]);
  assert.ok(call);
  await endAbandonedCall(trial.store.calls, call, {
    end: { reason: "internal_error", detail: "crashed" },
    endedAt: 90_000,
    prices: listPrices,
  });
  const ended = await trial.store.calls.get("call_1");
  assert.deepEqual([
    ended?.status,
    ended?.end,
    ended?.durationMs,
    ended?.cost?.usd,
    ended?.latency?.p50Ms,
  ], [
    "ended",
    { reason: "internal_error", detail: "crashed" },
    1500,
    0.0908,
    700,
  ]);
  assert.equal((await trial.store.calls.analyse({})).latency.count, 1);
  await trial[Symbol.asyncDispose]();
});

Deno.test("events after the end of a call, and of unknown calls, are not recorded", async () => {
  await using trial = await startTrial();
  trial.publish(turnEvent("a", "Hello"));
  trial.begin();
  trial.publish({ type: "ended", end: { reason: "idle" }, durationMs: 1 });
  trial.publish({ type: "ended", end: { reason: "model_failed" }, durationMs: 2 });
  trial.publish(turnEvent("b", "late"));
  await trial.recorder.flush();
  assert.deepEqual((await trial.store.calls.get("call_1"))?.end, { reason: "idle" });
  assert.deepEqual((await trial.store.calls.content("call_1")).turns, []);
});

function turnEvent(id: string, text: string, final = true): CallEvent {
  return { type: "turn", turn: turn({ id, text, final, startedMs: 100, endedMs: 1500 }) };
}

interface Timer {
  readonly wake: () => void;
  readonly delayMs: number;
}

/** A recorder on a real store, with its clock and its store's faults in our hands. */
class Trial {
  now = 1000;
  fault: Error | undefined;
  stall: Promise<void> | undefined;
  refuse: (write: CallWrite) => boolean = () => false;
  readonly calls = new Map<string, RecordedCall>();
  readonly logged: string[] = [];
  readonly batches: number[] = [];
  readonly store: Store;
  readonly recorder: Recorder;
  readonly #timers = new Set<Timer>();
  readonly #events = createEventHub(() => this.now);
  #onBegun: () => void = () => {};
  #onWritten: () => void = () => {};

  constructor(store: Store, options: { readonly maxDetails?: number }) {
    this.store = store;
    const log = (message: string) => void this.logged.push(message);
    this.recorder = createRecorder({
      events: this.#events,
      callStore: { write: (writes) => this.#write(writes) },
      instances: store.instances,
      instanceId: "instance_a",
      prices: listPrices,
      callOf: (callId) => this.calls.get(callId),
      now: () => this.now,
      log: { info: log, error: log },
      setTimer: (wake, delayMs) => {
        const timer = { wake, delayMs };
        this.#timers.add(timer);
        return () => void this.#timers.delete(timer);
      },
      ...options,
    });
  }

  publish(event: CallEvent): void {
    this.#events.publish("call_1", event);
  }

  begin(): void {
    this.publish({ type: "started", direction: "inbound", agent: "receptionist" });
  }

  /** Lets the second pass after which unfinished things are written. */
  async sweep(): Promise<void> {
    await settled();
    this.#fire(({ delayMs }) => delayMs === 1000);
  }

  /** Waits for a write to begin, and lets so much time pass that it is taken for stalled. */
  async stallNoticed(): Promise<void> {
    await new Promise<void>((resolve) => this.#onBegun = resolve);
    this.#fire(({ delayMs }) => delayMs === 2000);
  }

  /** Lets the time pass after which a failed write is tried again. */
  async retry(): Promise<void> {
    this.#fire(({ delayMs }) => delayMs < 1000);
    await this.recorder.flush();
  }

  /** Lets the moment pass in which events gather, and waits for the store. */
  async written(count: number): Promise<void> {
    await settled();
    const done = new Promise<void>((resolve) => {
      this.#onWritten = () => {
        if (this.batches.reduce((sum, size) => sum + size, 0) >= count) resolve();
      };
    });
    this.#fire(({ delayMs }) => delayMs > 0 && delayMs <= 50);
    await done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.recorder.close();
    await this.store.close();
  }

  async #write(writes: readonly CallWrite[]): Promise<void> {
    this.#onBegun();
    await this.stall;
    if (this.fault !== undefined) throw this.fault;
    if (writes.some(this.refuse)) throw new StatementRefused("no");
    await this.store.calls.write(writes);
    this.batches.push(writes.length);
    this.#onWritten();
  }

  #fire(due: (timer: Timer) => boolean): void {
    for (const timer of [...this.#timers].filter(due)) {
      this.#timers.delete(timer);
      timer.wake();
    }
  }
}

async function startTrial(options: { readonly maxDetails?: number } = {}): Promise<Trial> {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  return new Trial(store, options);
}
