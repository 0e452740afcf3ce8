import assert from "node:assert/strict";
import { Session } from "../../src/call/session.ts";
import { WakeTimer } from "../../src/call/machine/wakeTimer.ts";
import type { CallPolicy } from "../../src/call/types.ts";
import { silenceOf } from "../../src/utils/audio/audioFormat.ts";
import { RecordingLeg } from "../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../support/call/sessionDependencies.ts";
import { settled } from "../support/until.ts";

const FRAME = "/".repeat(212) + "/w==";
const LOUD = "AAAA".repeat(53) + "AA==";
const TOOL = { callId: "call_1", name: "lookup", arguments: "{}" };

Deno.test("case 7: audio reaches the model's connection from the first frame, ready or not", () => {
  const { deps, session } = open();
  session.join(new RecordingLeg());
  for (const audio of ["AAAA", "BBBB", "CCCC"]) session.hear(audio);
  assert.deepEqual(deps.model.audio, ["AAAA", "BBBB", "CCCC"]);
});

Deno.test("case 7: audio heard while there is no connection is kept, bounded, and given to the next in order", () => {
  const { deps, session } = open();
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  deps.model.says({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
  assert.equal(deps.model.closes, 1);
  const frame15ms = (index: number) => frame(index).repeat(20);
  for (let i = 0; i < 2200; i++) session.hear(frame15ms(i));
  deps.pass(500);
  assert.equal(deps.models.length, 2);
  session.hear(frame15ms(2200));
  assert.deepEqual(deps.model.audio, range(200, 2200).map(frame15ms), "the oldest are dropped");
});

Deno.test("turns that are ended without a word do not fill the memory", () => {
  const { deps, session } = open({ modelListens: false, modelResponds: false });
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  for (let i = 0; i < 10_000; i++) session.input({ type: "turnCommitted" });
  deps.model.says({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  deps.pass(1);
  assert.equal(deps.models.length, 2);
  assert.ok(deps.model.commits <= 6000, String(deps.model.commits));
});

Deno.test("case 14: a caller's silence commits the turn where the model has no ears for it", () => {
  const { deps, session } = open({
    modelInterrupts: false,
    modelResponds: false,
    commitsBySilence: true,
  });
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  for (let i = 0; i < 25; i++) session.hear(FRAME);
  for (let i = 0; i < 25; i++) session.hear(LOUD);
  assert.equal(deps.model.commits, 0);
  for (let i = 0; i < 50; i++) session.hear(FRAME);
  assert.equal(deps.model.commits, 1);
  deps.model.says({ type: "committed", itemId: "user_1" });
  assert.deepEqual(deps.model.requests.map(({ type }) => type), ["respond"]);
});

Deno.test("case 14: a line that sends nothing after speech is silence to the model, until the turn is over", () => {
  const { deps, session } = open();
  session.join(new RecordingLeg());
  const { model } = deps;
  model.says({ type: "modelReady" });
  session.hear(LOUD);
  model.says({ type: "speechStarted" });
  deps.pass(1000);
  assert.deepEqual(model.audio, [LOUD], "a gap that the network may have made");
  session.hear(LOUD);
  deps.pass(1600);
  const filled = model.audio.slice(2);
  assert.equal(filled.length, 2);
  assert.deepEqual(new Set(filled), new Set([silenceOf(200, "pcmu")]));
  session.hear(LOUD);
  deps.pass(1600);
  model.says({ type: "speechStopped" });
  const told = model.audio.length;
  deps.pass(6000);
  assert.equal(model.audio.length, told, "a line may be silent between turns");
});

Deno.test("case 14: silence is not given for ever to a model that knows no end of a turn", () => {
  const { deps, session } = open({ idleMs: 1e9 });
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  deps.model.says({ type: "speechStarted" });
  deps.pass(100_000);
  assert.equal(deps.model.audio.length, 50);
});

Deno.test("case 14: a line that sends nothing after speech commits the turn where the model has no ears for it", () => {
  const { deps, session } = open({
    modelInterrupts: false,
    modelResponds: false,
    commitsBySilence: true,
  });
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  for (let i = 0; i < 25; i++) session.hear(FRAME);
  for (let i = 0; i < 25; i++) session.hear(LOUD);
  deps.pass(3000);
  assert.equal(deps.model.commits, 1);
});

Deno.test("case 17: after the end nothing is written to either end any more", async () => {
  const { deps, session } = open();
  const leg = new RecordingLeg();
  session.join(leg);
  const { model } = deps;
  model.says({ type: "modelReady" });
  model.speaks("item", 5000);
  session.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(await session.ended, { reason: "caller_hung_up" });
  const written = [leg.played.length, model.requests.length, model.audio.length];
  model.speaks("item", 500);
  model.says({ type: "modelReady" });
  session.hear(FRAME);
  session.input({ type: "typed", text: "hello?" });
  deps.pass(60_000);
  assert.deepEqual([leg.played.length, model.requests.length, model.audio.length], written);
  assert.equal(leg.afterClose, 0);
  assert.throws(() => session.join(new RecordingLeg()), /has ended/);
});

Deno.test("case 40: a tool that is running when the call ends is aborted, and its result discarded", async () => {
  const { deps, session } = open();
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  deps.model.says({
    type: "responseDone",
    responseId: "resp_1",
    status: "completed",
    toolCalls: [TOOL],
  });
  const [tool] = deps.tools;
  assert.equal(tool?.signal.aborted, false);
  session.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.equal(tool?.signal.aborted, true);
  const { model } = deps;
  tool?.answer({ output: "late", ok: true });
  await session.ended;
  assert.deepEqual(model.requests, []);
  assert.equal(deps.events.at(-1)?.type, "ended", "the record is complete");
});

Deno.test("a tool's result goes to the model by way of the machine", async () => {
  const { deps, session } = open();
  session.join(new RecordingLeg());
  const { model } = deps;
  model.says({ type: "modelReady" });
  model.says({ type: "responseDone", responseId: "r", status: "completed", toolCalls: [TOOL] });
  deps.tools[0]?.answer({ output: "42", ok: true });
  await settled();
  assert.deepEqual(model.requests.map(({ type }) => type), ["toolOutput", "respond"]);
});

Deno.test("case 49: however often a call ends, it ends once: one event, one close, no timers", async () => {
  const { deps, session } = open();
  const leg = new RecordingLeg();
  session.join(leg);
  deps.model.says({ type: "modelReady" });
  for (let i = 0; i < 3; i++) {
    session.input({ type: "left", end: { reason: "caller_hung_up" } });
    session.input({ type: "lost" });
    session.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
  }
  assert.deepEqual(await session.ended, { reason: "caller_hung_up" });
  assert.equal(deps.events.filter(({ type }) => type === "ended").length, 1);
  assert.deepEqual(leg.closes, [{ reason: "caller_hung_up" }]);
  assert.equal(deps.model.closes, 1);
  assert.equal(deps.timers, 0);
});

Deno.test("a leg that may be replaced gives its place to the next, with what was not heard yet", () => {
  const { deps, session } = open();
  let replaced = 0;
  const first = Object.assign(new RecordingLeg(), { onReplaced: () => void replaced++ });
  session.join(first);
  deps.model.says({ type: "modelReady" });
  deps.model.speaks("item", 3000);
  const second = new RecordingLeg();
  session.join(second);
  assert.equal(replaced, 1);
  assert.equal(second.played[0]?.audio, first.played[0]?.audio);
  assert.equal(first.closes.length, 0, "it is for its owner to close");
});

Deno.test("a call has one leg at a time, and takes another when that one is lost", () => {
  const { deps, session } = open();
  const first = new RecordingLeg();
  session.join(first);
  assert.throws(() => session.join(new RecordingLeg()), /has a leg already/);
  deps.model.says({ type: "modelReady" });
  deps.model.speaks("item", 3000);
  deps.pass(500);
  session.input({ type: "lost" });
  const second = new RecordingLeg();
  session.join(second);
  assert.ok(second.played.length > 0);
});

Deno.test("what a connection says after it was replaced does not count", () => {
  const { deps, session } = open();
  session.join(new RecordingLeg());
  const old = deps.model;
  old.says({ type: "modelReady" });
  old.says({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  deps.pass(1);
  assert.equal(deps.models.length, 2);
  const events = deps.events.length;
  old.says({ type: "modelLost", loss: { code: "closed", retry: "no" } });
  old.says({ type: "speechStarted" });
  old.speaks("item", 500);
  assert.equal(deps.events.length, events);
  assert.equal(deps.model.closes, 0);
});

Deno.test("an exception ends the call in order, and is reported", async () => {
  class FaultyTools extends RecordingDependencies {
    override runTool(): Promise<never> {
      return Promise.reject(new Error("broken"));
    }
  }
  const { deps, session } = open({}, new FaultyTools());
  const leg = new RecordingLeg();
  session.join(leg);
  deps.model.says({ type: "modelReady" });
  deps.model.says({
    type: "responseDone",
    responseId: "r",
    status: "completed",
    toolCalls: [TOOL],
  });
  assert.deepEqual(await session.ended, { reason: "internal_error" });
  assert.equal(deps.faults.length, 1);
  assert.equal(deps.events.at(-1)?.type, "ended");
  assert.equal(leg.closes.length, 1);
});

Deno.test("a fault while a call is ending does not keep it from ending", async () => {
  class FaultyEvents extends RecordingDependencies {
    override publish(): void {
      throw new Error("broken");
    }
  }
  const deps = new FaultyEvents();
  const session = new Session(sessionOptions(), deps);
  session.begin();
  assert.deepEqual(await session.ended, { reason: "internal_error" });
  assert.equal(deps.timers, 0);
  assert.ok(deps.faults.length > 0);
});

Deno.test("a timer is never set for the past, nor a fraction of a millisecond too early", () => {
  class StrictTimers extends RecordingDependencies {
    override setTimer(wake: () => void, delayMs: number): () => void {
      assert.ok(Number.isInteger(delayMs) && delayMs >= 0, `${delayMs}`);
      return super.setTimer(wake, delayMs);
    }
  }
  const { deps, session } = open({ greeting: "Hello!", idleMs: 7000.3 }, new StrictTimers());
  session.join(new RecordingLeg());
  deps.time = 0.7;
  deps.model.says({ type: "modelReady" });
  deps.model.speaks("item", 3333.3);
  deps.pass(60_000);
  assert.deepEqual(deps.faults, []);
});

function open(changes: Partial<CallPolicy> = {}, deps = new RecordingDependencies()) {
  const session = new Session(sessionOptions(changes), deps);
  session.begin();
  return { deps, session };
}

function frame(i: number): string {
  return `${i}`.padStart(8, "0");
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

Deno.test("case 62: a session that is said to last for years does not make the call's timer spin", () => {
  const delays: number[] = [];
  class Ports extends RecordingDependencies {
    override setTimer(wake: () => void, delayMs: number): () => void {
      delays.push(delayMs);
      return super.setTimer(wake, delayMs);
    }
  }
  const deps = new Ports();
  new Session(sessionOptions({ maxMs: 1e15, idleMs: 1e15 }), deps).begin();
  for (const expiresInMs of [1e12, 1e308, Infinity]) {
    deps.model.says({ type: "modelReady", expiresInMs });
  }
  assert.ok(delays.length > 0);
  assert.ok(delays.every((delayMs) => delayMs < 2 ** 31), `${delays}`);
});

Deno.test("case 63: a call opens no more than a few connections a minute, and ends in order beyond", () => {
  const { deps, session } = open({ maxMs: 1e9, idleMs: 1e9 });
  session.join(new RecordingLeg());
  const ended = () => deps.events.some(({ type }) => type === "ended");
  while (!ended()) {
    deps.model.says({ type: "modelReady" });
    // Long enough that no loss counts as part of the trouble before it.
    deps.pass(60_000);
    for (let i = 0; i < 3 && !ended(); i++) {
      deps.model.says({ type: "modelLost", loss: { code: "closed", retry: "now" } });
      deps.pass(1500);
    }
    assert.ok(deps.models.length <= 60, "no more than sixty an hour");
  }
  const end = deps.events.findLast(({ type }) => type === "ended");
  assert.deepEqual(end?.type === "ended" && end.end, {
    reason: "model_failed",
    detail: "open_limit",
  });
  assert.equal(deps.models.length, 60);
  assert.deepEqual(deps.faults, []);
});

Deno.test("case 62: what stays overdue is looked at ever more seldom", () => {
  const deps = new RecordingDependencies();
  let wakes = 0;
  const timer = new WakeTimer(deps, () => {
    wakes++;
    timer.set(5);
  });
  timer.set(5);
  deps.pass(10_000);
  assert.ok(wakes > 10 && wakes < 100, `${wakes} wakes in ten seconds`);
});
