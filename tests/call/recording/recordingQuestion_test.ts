import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

const QUESTION = "May we record this call?";

/** The caller has been asked whether the call may be recorded, and has yet to answer. */
function asked(): CallDriver {
  const call = new CallDriver({
    modelResponds: false,
    modelInterrupts: false,
    greeting: "Good day.",
    opening: [{ name: "recording", text: QUESTION }],
    recording: { consent: "required", announcement: QUESTION },
    kept: { opening: { text: QUESTION, ms: 2000 } },
  }).connect();
  call.advance(2500);
  call.takeRequests();
  return call;
}

Deno.test("while the caller's connection is lost, the question about the recording waits", () => {
  const call = asked();
  call.lose();
  call.advance(20_000);
  assert.deepEqual(call.events("recording"), []);
  call.join();
  call.press("1");
  call.advance(1000);
  assert.deepEqual(call.events("recording").map(({ state }) => state), ["on"]);
});

Deno.test("an operator who stops the recording ends the question about it: the agent greets", () => {
  const call = asked();
  call.input({ type: "recordingAsked", change: "stop", by: "operator" });
  call.advance(10_000);
  assert.deepEqual(call.events("recording").map(({ state }) => state), ["stopped"]);
  assert.ok(call.takeAsked().includes("greeting"));
  call.press("1");
  call.advance(3000);
  assert.deepEqual(call.events("digits").map(({ digits }) => digits), ["1"]);
});
