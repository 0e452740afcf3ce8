import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

Deno.test("a reply is timed from the caller's last sound to the first sound that was played", () => {
  const call = new CallDriver({ startUpMs: 40 }).live();
  call.callerSays("hello");
  call.advance(300);
  const responseId = call.begin();
  call.advance(120);
  call.sound(responseId, "item", 1000);
  assert.deepEqual(call.events("latency"), []);
  call.advance(1000);
  // The first piece, whose mark gives the time, lasts 60 ms.
  assert.deepEqual(call.events("latency").map(({ latency }) => latency), [
    { responseMs: 300, firstAudioMs: 120, firstHeardMs: 100, totalMs: 520 },
  ]);
});

Deno.test("a reply in a browser is timed by the first position that it reports", () => {
  const call = new CallDriver({ reports: "positions" }).live();
  call.callerSays("hello");
  call.advance(200);
  call.speak("item", 1000);
  call.advance(1500);
  const [event] = call.events("latency");
  assert.equal(event?.latency.responseMs, 200);
  assert.ok((event?.latency.firstHeardMs ?? NaN) <= 100);
});

Deno.test("each turn is timed once, and what the agent says unasked is not timed", () => {
  const call = new CallDriver({ idleMs: 5000 }).live();
  call.callerSays("hello");
  call.speak("item", 1000);
  call.advance(6500);
  const prompt = call.begin("idle_prompt");
  call.say(prompt, "prompt", 800);
  call.finish(prompt);
  call.advance(1000);
  assert.equal(call.events("latency").length, 1);
});

Deno.test("a turn that was never answered is not timed by what the agent says later of its own accord", () => {
  const call = new CallDriver({ idleMs: 5000 }).live();
  call.callerSays("hello");
  call.advance(5100);
  const prompt = call.begin("idle_prompt");
  call.say(prompt, "prompt", 800);
  call.finish(prompt);
  call.advance(1000);
  assert.deepEqual(call.events("latency"), []);
});

Deno.test("a cough that was no turn is not timed", () => {
  const call = new CallDriver({
    modelInterrupts: false,
    modelResponds: false,
    interruptAfterMs: 400,
  }).live();
  call.speak("item", 2000);
  call.advance(500);
  call.callerStarts();
  call.advance(100);
  call.callerStops();
  call.advance(2500);
  call.input({ type: "sayAsked", text: "Your taxi is here." });
  const say = call.begin("say");
  call.say(say, "say", 500);
  call.finish(say);
  call.advance(1000);
  assert.deepEqual(call.events("latency"), []);
});

Deno.test("a turn answered by way of a tool is timed up to the first sound", () => {
  const call = new CallDriver().live();
  call.callerSays("what is the weather?");
  call.advance(100);
  call.call("weather");
  call.advance(900);
  call.toolReturns("weather");
  const answer = call.begin("tool_result");
  call.say(answer, "item", 500);
  call.finish(answer);
  call.advance(600);
  assert.equal(call.events("latency")[0]?.latency.totalMs, 1060);
});
