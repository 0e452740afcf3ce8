import assert from "node:assert/strict";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const TEXT = "Hello, this is the front desk. How can I help you?";
const KEPT: CallDriverOptions = {
  greeting: TEXT,
  kept: { greeting: { text: TEXT, ms: 3000 } },
};

Deno.test("a kept greeting is spoken as soon as the leg is there, and the model is told of it", () => {
  const call = new CallDriver(KEPT);
  call.join();
  assert.equal(call.all("play").length > 0, true, "before the model is ready");
  const requests = call.takeRequests();
  assert.deepEqual(requests, [{ type: "said", itemId: "kept_greeting_1", text: TEXT }]);
  call.ready();
  call.advance(4000);
  assert.deepEqual(call.takeRequests(), [], "and is asked for nothing");
  assert.deepEqual(call.line.heard, [{ itemId: "kept_greeting_1", ms: 3000 }]);
  assert.deepEqual(call.script, [`agent: ${TEXT}`]);
  assert.deepEqual(call.events("speaking").map(({ on }) => on), [true, false]);
});

Deno.test("a kept greeting waits for the leg, whatever is ready or answered before", () => {
  const call = new CallDriver(KEPT);
  call.ready();
  call.input({ type: "answered" });
  assert.deepEqual(call.takeRequests(), []);
  call.join();
  assert.equal(call.take().filter(({ type }) => type === "play").length > 0, true);
});

Deno.test("a greeting that the model was asked for is not spoken twice when it turns out to be kept", () => {
  const call = new CallDriver({ greeting: TEXT });
  call.ready();
  call.input({ type: "answered" });
  assert.deepEqual(call.takeAsked(), ["greeting"]);
  call.input({ type: "greetingKept" });
  call.join();
  assert.equal(call.all("speakKept").length, 0);
});

Deno.test("what the caller heard of a kept greeting is what the model is told, before the turn that cut it", () => {
  for (const reports of ["marks", "positions"] as const) {
    for (const before of [true, false]) {
      const call = new CallDriver({ ...KEPT, reports });
      call.join();
      if (before) call.ready();
      call.advance(1500);
      call.take();
      if (!before) call.ready();
      call.callerStarts();
      call.advance(300);
      const requests = call.takeRequests();
      const [cut] = call.events("interrupted");
      assert.ok(cut !== undefined && Math.abs(cut.heardMs - 1500) <= 60, `${cut?.heardMs}`);
      const heard = call.transcript[0]?.text ?? "";
      assert.ok(TEXT.startsWith(heard) && heard.length > 10 && heard.length < TEXT.length, heard);
      assert.deepEqual(requests, [{
        type: "said",
        itemId: "kept_greeting_1",
        text: `${heard} …`,
      }]);
      call.callerStops();
      assert.equal(call.transcript[0]?.interrupted, true);
    }
  }
});

Deno.test("a kept greeting of which nothing was heard is taken back", () => {
  const call = new CallDriver(KEPT).connect();
  call.take();
  call.callerStarts();
  assert.deepEqual(call.takeRequests(), [{ type: "said", itemId: "kept_greeting_1", text: "" }]);
});

Deno.test("a model that takes over during a kept greeting has it under the id that can be changed", () => {
  const call = new CallDriver(KEPT).connect();
  call.advance(1000);
  call.input({ type: "modelLost", loss: { code: "closed_1006", retry: "now" } });
  assert.deepEqual(call.all("openModel").at(-1)?.history, [
    { type: "message", role: "agent", text: TEXT, itemId: "kept_greeting_1" },
  ]);
  call.take();
  call.ready();
  assert.deepEqual(call.takeRequests(), [], "the agent is not asked to greet, or to go on");
  call.advance(500);
  call.callerStarts();
  const [said] = call.takeRequests();
  assert.ok(said?.type === "said" && said.text.endsWith(" …") && said.text.length < TEXT.length);
});

Deno.test("a protected kept greeting is heard whole, and what was said during it is answered", () => {
  const call = new CallDriver({
    ...KEPT,
    greetingProtected: true,
    modelInterrupts: false,
    modelResponds: false,
  }).connect();
  call.advance(1000);
  call.take();
  call.callerSays("hello?", 500);
  call.press("1");
  call.input({ type: "interruptAsked" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.advance(3000);
  assert.deepEqual(call.line.heard, [{ itemId: "kept_greeting_1", ms: 3000 }]);
  call.speak("answer", 2000);
  call.interruptAt(500);
  assert.equal(call.events("interrupted").length, 1, "the protection ends with the greeting");
});

Deno.test("keys and typed text cut a kept greeting off", () => {
  for (const act of ["digit", "typed"] as const) {
    const call = new CallDriver(KEPT).connect();
    call.advance(1000);
    call.take();
    if (act === "digit") call.press("1");
    else call.input({ type: "typed", text: "hello" });
    const [said, typed] = call.takeRequests();
    assert.equal(said?.type, "said");
    if (act === "typed") assert.ok(typed?.type === "message" && typed.role === "user");
  }
});

Deno.test("a machine that answers hears the message, not the rest of a kept greeting", () => {
  const call = new CallDriver({ ...KEPT, direction: "outbound" });
  call.input({ type: "answered" });
  call.ready();
  call.join();
  call.advance(1000);
  call.take();
  call.input({ type: "machineAnswered", end: { reason: "voicemail" }, message: "Call us back." });
  assert.deepEqual(call.takeRequests().map(({ type }) => type), ["said", "respond"]);
});

Deno.test("a protected greeting that was asked of a model is kept from interruption until that has said it", () => {
  const call = new CallDriver({
    direction: "outbound",
    greeting: "This call is recorded.",
    greetingProtected: true,
  });
  call.input({ type: "answered" });
  call.ready();
  call.input({ type: "greetingKept" });
  call.join();
  call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  call.advance(1);
  call.ready();
  const responseId = call.begin("greeting");
  call.say(responseId, "item", 2000, "This call is recorded.");
  call.callerStarts();
  assert.deepEqual(call.events("interrupted"), []);
});
