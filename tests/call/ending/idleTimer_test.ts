import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

const IDLE = { idleMs: 10_000 };

Deno.test("silence is asked about once, and ends the call after a goodbye when it lasts", () => {
  const call = new CallDriver(IDLE).live();
  call.advance(9900);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["idle_prompt"]);
  respond(call, "idle_prompt", 1500);
  call.advance(11_400);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  respond(call, "goodbye", 1000);
  call.advance(1100);
  assert.deepEqual(call.end, { reason: "idle" });
});

Deno.test("a caller who answers the question is asked again only after the next silence", () => {
  const call = new CallDriver(IDLE).live();
  call.advance(10_100);
  respond(call, "idle_prompt", 1000);
  call.advance(3000);
  call.callerSays("yes, still here");
  call.speak("item", 2000);
  call.take();
  call.advance(11_900);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(300);
  assert.deepEqual(call.takeAsked(), ["idle_prompt"]);
});

Deno.test("a caller who speaks up during the last goodbye keeps the call", () => {
  const call = new CallDriver(IDLE).live();
  call.advance(10_100);
  respond(call, "idle_prompt", 1000);
  call.advance(11_200);
  assert.equal(call.machine.phase, "closing");
  call.callerSays("wait!");
  assert.equal(call.machine.phase, "live");
});

Deno.test("silence does not count while either side speaks, a tool runs, the model is away or the leg is lost", () => {
  const speaking = new CallDriver(IDLE).live();
  speaking.speak("item", 15_000);
  speaking.advance(15_000);
  assert.deepEqual(notices(speaking), []);

  const tool = new CallDriver(IDLE).live();
  tool.call("slow");
  tool.advance(30_000);
  assert.deepEqual(notices(tool), []);

  const listening = new CallDriver(IDLE).live();
  listening.callerStarts();
  listening.advance(30_000);
  assert.deepEqual(notices(listening), []);

  const away = new CallDriver(IDLE).live();
  away.advance(9000);
  away.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  away.advance(9000);
  assert.deepEqual(notices(away), []);

  const lost = new CallDriver(IDLE).live();
  lost.advance(5000);
  lost.lose();
  lost.advance(9000);
  assert.deepEqual(notices(lost), []);
});

Deno.test("case 45: after the model's own idle question the call does not ask again, it ends", () => {
  const call = new CallDriver(IDLE).live();
  call.advance(8000);
  call.input({ type: "modelIdled" });
  call.input({ type: "committed", itemId: "empty" });
  call.speak("item", 2000, "Are you still there?");
  call.advance(11_900);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  assert.deepEqual(notices(call), []);
});

Deno.test("case 45: the response to the model's own idle question can be interrupted like any other", () => {
  const call = new CallDriver(IDLE).live();
  call.input({ type: "modelIdled" });
  call.speak("item", 3000);
  call.interruptAt(1000);
  assert.deepEqual(call.takeRequests().map(({ type }) => type), ["truncate"]);
});

function respond(call: CallDriver, purpose: "idle_prompt" | "goodbye", ms: number): void {
  const responseId = call.begin(purpose);
  call.say(responseId, `${purpose}_${call.now}`, ms);
  call.finish(responseId);
}

function notices(call: CallDriver): readonly string[] {
  return call.events("notice").map(({ code }) => code);
}
