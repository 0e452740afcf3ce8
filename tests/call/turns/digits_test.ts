import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

Deno.test("case 46: keys are gathered until a pause and reach the model as one text", () => {
  const call = new CallDriver({ digitTimeoutMs: 2000 }).live();
  for (const digit of "12*A") {
    call.press(digit);
    call.advance(1500);
  }
  assert.deepEqual(call.takeRequests(), []);
  call.advance(600);
  const [message, respond] = call.takeRequests();
  assert.ok(
    message?.type === "message" && message.role === "user" && message.text.endsWith("12*A"),
  );
  assert.ok(respond?.type === "respond" && respond.request.purpose === "reply");
  assert.deepEqual(call.events("digits"), [{ type: "digits", digits: "12*A", sensitive: false }]);
  assert.deepEqual(call.script, ["caller: 12*A"]);
  assert.equal(call.transcript[0]?.by, "keypad");
});

Deno.test("case 46: the hash key ends an entry at once, and alone it is one", () => {
  const call = new CallDriver().live();
  call.press("42#");
  assert.deepEqual(call.events("digits").map(({ digits }) => digits), ["42"]);
  call.press("#");
  assert.deepEqual(call.events("digits").map(({ digits }) => digits), ["42", "#"]);
});

Deno.test("case 46: a burst of keys is cut into entries of bounded length", () => {
  const call = new CallDriver().live();
  call.press("7".repeat(70));
  call.advance(3000);
  assert.deepEqual(call.events("digits").map(({ digits }) => digits.length), [32, 32, 6]);
});

Deno.test("case 46: what is no key is no key", () => {
  const call = new CallDriver().live();
  for (const digit of ["", "E", "12", "٣", "a", " "]) call.input({ type: "digit", digit });
  call.advance(5000);
  assert.deepEqual(call.events("digits"), []);
  assert.deepEqual(call.takeRequests(), []);
});

Deno.test("case 46: keys during the agent's speech silence it, and are answered when they are complete", () => {
  const call = new CallDriver().live();
  call.speak("item", 5000);
  call.advance(1000);
  call.take();
  call.press("1");
  assert.equal(call.takeRequests()[0]?.type, "truncate");
  call.advance(2100);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 46: sensitive keys reach the model, but the transcript shows only how many there were", () => {
  const call = new CallDriver({ digitsSensitive: true }).live();
  call.press("123456#");
  const [message] = call.takeRequests();
  assert.ok(message?.type === "message" && message.text.includes("123456"));
  assert.deepEqual(call.events("digits").map(({ sensitive }) => sensitive), [true]);
  assert.deepEqual(call.script, ["caller: ••••••"]);
});
