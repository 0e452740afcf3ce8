import assert from "node:assert/strict";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const AFTER: CallDriverOptions = {
  modelInterrupts: false,
  modelResponds: false,
  interruptAfterMs: 400,
};

Deno.test("case 31: where the model interrupts and responds, the call sends neither cancel nor create", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.sound(responseId, "item", 4000);
  call.interruptAt(1000);
  call.finish(responseId, "cancelled");
  call.callerStops();
  call.advance(2000);
  assert.deepEqual(call.takeRequests().map(({ type }) => type), ["truncate"]);
});

Deno.test("case 31: where the model neither interrupts nor responds, the call sends both", () => {
  const call = new CallDriver({ ...AFTER, interruptAfterMs: 0 }).live();
  const responseId = call.begin();
  call.sound(responseId, "item", 4000);
  call.interruptAt(1000);
  assert.deepEqual(call.takeRequests().map(({ type }) => type), ["cancel", "truncate"]);
  call.finish(responseId, "cancelled");
  call.advance(700);
  call.callerStops();
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 31: push-to-talk commits the turn and asks for one reply, once it is committed", () => {
  const call = new CallDriver({ modelInterrupts: false, modelResponds: false }).live();
  call.input({ type: "turnCommitted" });
  assert.deepEqual(call.take().map(({ type }) => type), ["commitAudio"]);
  call.input({ type: "committed", itemId: "user_1" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("case 31: push-to-talk gets its reply also from a model that confirms no commit", () => {
  const call = new CallDriver({ modelInterrupts: false, modelResponds: false }).live();
  call.input({ type: "turnCommitted" });
  call.advance(1500);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("a discarded push-to-talk turn clears what the model has heard of it", () => {
  const call = new CallDriver({ modelInterrupts: false, modelResponds: false }).live();
  call.input({ type: "turnCleared" });
  assert.deepEqual(call.take(), [{ type: "clearInput" }]);
});

Deno.test("a cough does not silence the agent, and is not answered", () => {
  const call = new CallDriver(AFTER).live();
  call.speak("item", 5000, "a long story");
  call.advance(1000);
  call.take();
  call.callerStarts();
  call.advance(300);
  call.callerStops();
  const done = call.take();
  assert.ok(done.every(({ type }) => type !== "clear" && type !== "model"));
  assert.deepEqual(call.events("notice").map(({ code }) => code), ["false_alarm"]);
  call.advance(6000);
  assert.deepEqual(call.script, ["agent: a long story"]);
});

Deno.test("speech that goes on silences the agent when it has lasted long enough, at the place heard then", () => {
  const call = new CallDriver(AFTER).live();
  call.speak("item", 5000);
  call.advance(1000);
  call.callerStarts();
  call.take();
  call.advance(399);
  assert.deepEqual(call.takeRequests(), []);
  call.advance(2);
  const [truncate] = call.takeRequests();
  assert.ok(truncate?.type === "truncate" && Math.abs(truncate.audioEndMs - 1400) < 30);
  call.callerStops();
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("an agent that pauses for a cough goes on where it stopped", () => {
  const call = new CallDriver({ ...AFTER, pausesOnSpeech: true }).live();
  call.speak("item", 5000, "a long story");
  call.advance(1000);
  call.take();
  call.callerStarts();
  assert.deepEqual(call.take().map(({ type }) => type), ["publish", "clear"]);
  call.advance(300);
  assert.ok(call.take().every(({ type }) => type !== "play"), "silent meanwhile");
  call.callerStops();
  call.advance(6000);
  const heardMs = call.line.heard.reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(Math.abs(heardMs - 5000) <= 5, `${heardMs} ms were played of 5000`);
  assert.deepEqual(call.script, ["agent: a long story"]);
  assert.equal(call.transcript[0]?.final, true);
  assert.deepEqual(call.events("interrupted"), []);
});

Deno.test("an agent that pauses for speech that goes on is cut off where it paused", () => {
  const call = new CallDriver({ ...AFTER, pausesOnSpeech: true }).live();
  call.speak("item", 5000, "a long story");
  call.interruptAt(1000);
  call.advance(900);
  const done = call.take();
  assert.equal(done.filter(({ type }) => type === "clear").length, 1);
  const [truncate] = done.flatMap((one) => one.type === "model" ? [one.request] : []);
  assert.ok(truncate?.type === "truncate" && Math.abs(truncate.audioEndMs - 1000) < 30);
  // On record it ends when the caller heard the last of it.
  const { startedMs = 0, endedMs = 0 } = call.transcript[0] ?? {};
  assert.ok(Math.abs(endedMs - startedMs - 1000) < 30, `${startedMs} to ${endedMs}`);
});

Deno.test("a browser that pauses for a cough goes on at the exact place that it reports", () => {
  const call = new CallDriver({ ...AFTER, pausesOnSpeech: true, reports: "positions" }).live();
  call.speak("item", 3000, "a long story");
  call.interruptAt(1000);
  call.advance(200);
  call.callerStops();
  call.advance(5000);
  const heardMs = call.line.heard.reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(Math.abs(heardMs - 3000) <= 5, `${heardMs} ms were played of 3000`);
  assert.equal(call.transcript[0]?.final, true);
});

Deno.test("a pause when all has been played, but the last marks are not back yet, leaves nothing unfinished", () => {
  const call = new CallDriver({ ...AFTER, pausesOnSpeech: true });
  call.ready();
  call.input({ type: "joined", format: "pcmu", reports: "marks" });
  call.speak("item", 1020, "short");
  call.advance(1200);
  call.callerStarts();
  call.advance(100);
  call.callerStops();
  assert.equal(call.transcript[0]?.final, true);
  assert.equal(call.transcript[0]?.interrupted, false);
  const agent = call.events("speaking").filter(({ who }) => who === "agent");
  assert.deepEqual(agent.map(({ on }) => on), [true, false]);
});

Deno.test("case 14: our own silence detection commits the turn and asks for the reply", () => {
  const call = new CallDriver({
    modelInterrupts: false,
    modelResponds: false,
    commitsBySilence: true,
  }).live();
  call.input({ type: "callerLevel", speaking: true });
  call.advance(1200);
  call.take();
  call.input({ type: "callerLevel", speaking: false });
  assert.deepEqual(call.take().map(({ type }) => type), ["publish", "commitAudio"]);
  call.input({ type: "committed", itemId: "user_1" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("a level alone neither interrupts nor commits where the model listens for itself", () => {
  const call = new CallDriver().live();
  call.speak("item", 3000);
  call.advance(500);
  call.take();
  call.input({ type: "callerLevel", speaking: true });
  call.input({ type: "callerLevel", speaking: false });
  assert.deepEqual(call.take(), []);
});
