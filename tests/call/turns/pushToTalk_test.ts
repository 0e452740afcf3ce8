import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

const LISTENING = { modelListens: true, modelResponds: true, modelInterrupts: true };

Deno.test("a button that is let go ends the turn at once, although the model waits for silence", () => {
  const call = new CallDriver(LISTENING).live();
  call.callerStarts();
  call.advance(800);
  call.take();
  call.input({ type: "turnCommitted" });
  assert.deepEqual(call.take().map(({ type }) => type), ["publish", "commitAudio"]);
  call.input({ type: "committed", itemId: "user_1" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("a word that the model has not noticed is answered when the button is let go", () => {
  const call = new CallDriver(LISTENING).live();
  call.input({ type: "turnCommitted" });
  assert.deepEqual(call.take().map(({ type }) => type), ["commitAudio"]);
  call.input({ type: "committed", itemId: "user_1" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("a button that is let go when the model has ended the turn already asks for nothing more", () => {
  const call = new CallDriver(LISTENING).live();
  call.callerStarts();
  call.advance(800);
  call.callerStops();
  call.take();
  call.input({ type: "turnCommitted" });
  const responseId = call.begin();
  call.input({ type: "turnCommitted" });
  assert.deepEqual(call.take().filter(({ type }) => type !== "publish"), []);
  call.sound(responseId, "item", 500);
  call.finish(responseId);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("after a turn that was discarded while the model heard it the agent may speak", () => {
  const call = new CallDriver(LISTENING).live();
  call.callerStarts();
  call.advance(100);
  call.take();
  call.input({ type: "turnCleared" });
  assert.deepEqual(call.take().map(({ type }) => type), ["publish", "clearInput"]);
  call.input({ type: "sayAsked", text: "Are you there?" });
  assert.deepEqual(call.takeAsked(), ["say"]);
});
