import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

const OVER = { reason: "handed_over" };

Deno.test("a call in which neither side speaks is handed over at once, and not ended", () => {
  const call = new CallDriver().live();
  call.input({ type: "handoverAsked", withinMs: 3000 });
  assert.deepEqual(call.end, OVER);
  assert.deepEqual(call.events("ended"), []);
  assert.equal(call.events("handedOver").length, 1);
  assert.equal(call.all("closeModel").length, 1);
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(call.events("ended"), [], "its leg is no end of the call");
});

Deno.test("the agent finishes its sentence before the call is handed over", () => {
  const call = new CallDriver().live();
  call.speak("a", 2000, "We are open until six.");
  call.advance(500);
  call.input({ type: "handoverAsked", withinMs: 3000 });
  assert.equal(call.end, undefined);
  call.advance(2000);
  assert.deepEqual(call.end, OVER);
  assert.deepEqual(call.script, ["agent: We are open until six."]);
});

Deno.test("a caller who speaks is answered before the call is handed over", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.input({ type: "handoverAsked", withinMs: 10_000 });
  call.advance(500);
  const itemId = call.callerStops();
  call.input({ type: "callerText", itemId, text: "When do you open?", final: true });
  assert.equal(call.end, undefined, "the answer is owed");
  call.speak("a", 1000, "At nine.");
  assert.equal(call.end, undefined);
  call.advance(1500);
  assert.deepEqual(call.end, OVER);
});

Deno.test("a tool that runs is waited for", () => {
  const call = new CallDriver().live();
  call.call("look");
  call.input({ type: "handoverAsked", withinMs: 10_000 });
  call.advance(1000);
  assert.equal(call.end, undefined);
  call.toolReturns("look");
  call.speak("a", 500, "Found.");
  call.advance(1000);
  assert.deepEqual(call.end, OVER);
});

Deno.test("at the deadline the agent is cut off, and what was not heard was not said", () => {
  const call = new CallDriver().live();
  call.speak("a", 10_000, "one two three four five six seven eight nine ten");
  call.advance(500);
  call.input({ type: "handoverAsked", withinMs: 2500 });
  call.advance(2600);
  assert.deepEqual(call.end, OVER);
  const [said] = call.transcript;
  assert.ok(said?.interrupted && said.final);
  assert.match(said.text, /^one two three?$/);
  const [{ heardMs } = { heardMs: 0 }] = call.events("interrupted");
  assert.ok(Math.abs(heardMs - 3000) < 10, String(heardMs));
});

Deno.test("a leg that reports positions says where it fell silent before the call is handed over", () => {
  const call = new CallDriver({ reports: "positions" }).live();
  call.speak("a", 10_000, "one two three four five six seven eight nine ten");
  call.advance(500);
  call.input({ type: "handoverAsked", withinMs: 1000 });
  call.advance(1600);
  assert.deepEqual(call.end, OVER);
  const [{ heardMs } = { heardMs: 0 }] = call.events("interrupted");
  assert.ok(Math.abs(heardMs - 1500) < 100, String(heardMs));
});

Deno.test("words of the caller that are being transcribed are waited for, but not for long", () => {
  for (const comes of [true, false]) {
    const call = new CallDriver().live();
    call.callerStarts();
    call.advance(400);
    const itemId = call.callerStops();
    call.speak("a", 200, "Yes.");
    call.advance(500);
    call.input({ type: "handoverAsked", withinMs: 10_000 });
    call.advance(500);
    assert.equal(call.end, undefined);
    if (comes) call.input({ type: "callerText", itemId, text: "Is it open?", final: true });
    else call.advance(1100);
    assert.deepEqual(call.end, OVER);
    assert.equal(call.script[0], comes ? "caller: Is it open?" : "caller: ");
  }
});

Deno.test("a call without a leg is handed over at once, one whose leg broke off when it is back", () => {
  const ringing = new CallDriver({ greeting: "Good day." });
  ringing.input({ type: "answered" });
  ringing.ready();
  ringing.speak("a", 1000, "Good day.");
  ringing.input({ type: "handoverAsked", withinMs: 3000 });
  assert.deepEqual(ringing.end, OVER);
  assert.deepEqual(ringing.script, ["agent:  /"], "nothing of it was heard");

  const away = new CallDriver().live();
  away.lose();
  away.input({ type: "handoverAsked", withinMs: 3000 });
  away.advance(1000);
  assert.equal(away.end, undefined);
  away.join();
  assert.deepEqual(away.end, OVER);
});

Deno.test("a call whose model is away is handed over without it", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.callerStops();
  call.input({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
  call.input({ type: "handoverAsked", withinMs: 10_000 });
  call.advance(1600);
  assert.deepEqual(call.end, OVER);
});

Deno.test("a call that is closing ends as it would have, at the latest at the deadline", () => {
  const end = { reason: "operator_hung_up" } as const;
  const said = new CallDriver().live();
  said.input({ type: "endAsked", end, goodbye: "Goodbye." });
  said.input({ type: "handoverAsked", withinMs: 3000 });
  said.begin("goodbye");
  said.speak("a", 1000, "Goodbye.");
  said.advance(2000);
  assert.deepEqual(said.end, end);

  const late = new CallDriver({ transfers: { sales: {} } }).live();
  late.input({ type: "transferAsked", alias: "sales" });
  late.input({ type: "handoverAsked", withinMs: 3000 });
  late.advance(3100);
  assert.deepEqual(late.gone, { reason: "transferred", detail: "sales" });
});

Deno.test("a second request brings the deadline nearer", () => {
  const call = new CallDriver().live();
  call.speak("a", 10_000, "one two three four five six seven eight nine ten");
  call.input({ type: "handoverAsked", withinMs: 9000 });
  call.advance(1000);
  call.input({ type: "handoverAsked", withinMs: 0 });
  assert.deepEqual(call.end, OVER);
});

Deno.test("a message on a machine that is not over at the deadline is left to the other process", () => {
  const end = { reason: "voicemail" } as const;
  const leave = (ms: number) => {
    const call = new CallDriver({ direction: "outbound" }).live();
    call.input({ type: "machineAnswered", end, message: "Please call us back." });
    const message = call.begin("goodbye");
    call.say(message, "message", ms, "Please call us back.");
    call.finish(message);
    call.input({ type: "handoverAsked", withinMs: 5000 });
    call.advance(8000);
    return call.end;
  };
  assert.deepEqual(leave(3000), end);
  assert.deepEqual(leave(20_000), { reason: "handed_over" });
});

Deno.test("a handover that waits for words is not looked at without end once the call is closing", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.callerStops();
  call.input({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
  call.input({ type: "handoverAsked", withinMs: 10_000 });
  const end = { reason: "operator_hung_up" } as const;
  call.input({ type: "endAsked", end, goodbye: "Goodbye." });
  call.advance(10_000);
  assert.deepEqual(call.end, end);
});
