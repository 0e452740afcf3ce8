import assert from "node:assert/strict";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const END = { effect: { type: "endCall" } } as const;
const TRANSFERS: CallDriverOptions = {
  transfers: { sales: { sentence: "I connect you." }, desk: {} },
};

Deno.test("case 41: end_call after a goodbye waits until the goodbye has been heard", () => {
  const call = farewell();
  assert.equal(call.machine.phase, "closing");
  assert.deepEqual(call.takeAsked(), [], "the goodbye has been said");
  call.advance(1900);
  assert.equal(call.end, undefined);
  call.advance(200);
  assert.deepEqual(call.end, { reason: "agent_hung_up" });
  assert.deepEqual(call.script, ["caller: bye", "agent: Goodbye and thank you"]);
});

Deno.test("case 41: end_call without a goodbye has one said first", () => {
  const call = new CallDriver().live();
  call.callerSays("bye");
  call.call("end_call");
  call.take();
  call.toolReturns("end_call", "{}", END);
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  call.advance(500);
  const goodbye = call.begin("goodbye");
  call.say(goodbye, "bye", 1200, "Goodbye!");
  call.finish(goodbye);
  call.advance(1150);
  assert.equal(call.end, undefined);
  call.advance(100);
  assert.deepEqual(call.end, { reason: "agent_hung_up" });
});

Deno.test("case 41: a goodbye that was cut off by the caller is not one", () => {
  const call = new CallDriver().live();
  const cut = call.begin();
  call.sound(cut, "item", 2000);
  call.interruptAt(500);
  call.callerStops();
  call.sound(cut, "item", 500);
  call.finish(cut, "cancelled");
  call.call("end_call");
  call.take();
  call.toolReturns("end_call", "{}", END);
  assert.deepEqual(call.takeAsked(), ["goodbye"], "late audio that nobody hears says nothing");
});

Deno.test("case 41: a leg that never tells what it played holds the end up for two seconds only", () => {
  const call = farewell({ marks: false });
  call.advance(3900);
  assert.equal(call.end, undefined);
  call.advance(400);
  assert.deepEqual(call.end, { reason: "agent_hung_up" });
});

Deno.test("case 41: a model that never says goodbye holds the end up for fifteen seconds only", () => {
  const call = new CallDriver().live();
  call.call("end_call");
  call.toolReturns("end_call", "{}", END);
  call.advance(9000);
  call.begin("goodbye");
  call.advance(5900);
  assert.equal(call.end, undefined);
  call.advance(200);
  assert.deepEqual(call.end, { reason: "agent_hung_up" });
});

Deno.test("case 41: last words that are long in the making are heard to their end, if they have one", () => {
  for (const [seconds, heardMs] of [[25, 25_000], [100, 60_000]] as const) {
    const call = new CallDriver().live();
    const end = { reason: "voicemail" } as const;
    call.input({ type: "machineAnswered", end, message: "A long message." });
    const goodbye = call.begin("goodbye");
    for (let second = 0; second < seconds; second++) {
      call.sound(goodbye, "message", 1000);
      call.advance(980);
    }
    call.finish(goodbye);
    call.advance(4000);
    assert.deepEqual(call.end, end);
    const ms = call.line.heard.reduce((sum, piece) => sum + piece.ms, 0);
    assert.ok(Math.abs(ms - heardMs) <= 2000, `${ms} ms were heard`);
  }
});

Deno.test("case 41: a caller who hangs up first ends the call at once, as who hung up", () => {
  const call = farewell();
  call.advance(300);
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(call.end, { reason: "caller_hung_up" });
  call.advance(60_000);
  assert.equal(call.all("endCall").length, 1);
});

Deno.test("a caller who speaks on takes the agent's hanging up back", () => {
  const call = farewell();
  call.advance(500);
  call.callerSays("oh, and one more thing");
  assert.equal(call.machine.phase, "live");
  call.advance(20_000);
  assert.equal(call.end, undefined);
});

Deno.test("noise on the line does not take a hanging up back where the model listens for itself", () => {
  const call = farewell();
  call.input({ type: "callerLevel", speaking: true });
  assert.equal(call.machine.phase, "closing");
});

Deno.test("case 41: a transfer says its sentence, waits until it was heard, and ends as transferred", () => {
  const call = new CallDriver(TRANSFERS).live();
  call.callerSays("To sales, please.");
  call.call("transfer_call");
  call.take();
  call.toolReturns("transfer_call", "{}", { effect: { type: "transfer", alias: "sales" } });
  assert.deepEqual(call.events("transfer").map(({ alias, step }) => [alias, step]), [
    ["sales", "requested"],
  ]);
  const [say] = call.takeRequests().filter(({ type }) => type === "respond");
  assert.ok(say?.type === "respond" && say.request.instructions?.includes("I connect you."));
  const sentence = call.begin("goodbye");
  call.say(sentence, "item", 1500);
  call.finish(sentence);
  call.advance(1400);
  assert.equal(call.end, undefined);
  call.advance(200);
  assert.deepEqual(call.gone, { reason: "transferred", detail: "sales" });
});

Deno.test("a caller who talks into the sentence of a transfer does not take it back", () => {
  const call = new CallDriver(TRANSFERS).live();
  call.input({ type: "transferAsked", alias: "sales" });
  const sentence = call.begin("goodbye");
  call.say(sentence, "item", 1500);
  call.finish(sentence);
  call.advance(500);
  call.callerSays("thank you");
  call.advance(2000);
  assert.deepEqual(call.gone, { reason: "transferred", detail: "sales" });
});

Deno.test("a transfer without a sentence of its own uses what the agent has just said", () => {
  const call = new CallDriver(TRANSFERS).live();
  call.callerSays("To the desk, please.");
  call.callerSays("the desk, please");
  call.speak("item", 1000, "I connect you with the desk.");
  call.call("transfer_call");
  call.take();
  call.toolReturns("transfer_call", "{}", { effect: { type: "transfer", alias: "desk" } });
  assert.deepEqual(call.takeAsked(), []);
  call.advance(1100);
  assert.deepEqual(call.gone, { reason: "transferred", detail: "desk" });
});

Deno.test("a transfer to an alias that the operator has not defined does not happen", () => {
  for (const alias of ["+15550100", "__proto__", "toString", ""]) {
    const call = new CallDriver(TRANSFERS).live();
    call.callerSays("Put me through.");
    call.call("transfer_call");
    call.take();
    call.toolReturns("transfer_call", "{}", { effect: { type: "transfer", alias } });
    call.input({ type: "transferAsked", alias });
    assert.deepEqual(call.takeAsked(), ["tool_result"], "the conversation goes on");
    call.advance(5000);
    assert.equal(call.end, undefined);
  }
});

Deno.test("a transfer and an end asked for together transfer", () => {
  for (const order of [["end_call", "transfer_call"], ["transfer_call", "end_call"]] as const) {
    const call = new CallDriver(TRANSFERS).live();
    call.callerSays("To sales, please.");
    call.call("end_call", "transfer_call");
    for (const name of order) {
      const effect = name === "end_call"
        ? END.effect
        : { type: "transfer", alias: "sales" } as const;
      call.toolReturns(name, "{}", { effect });
    }
    call.advance(20_000);
    assert.equal(call.gone?.reason, "transferred");
  }
});

Deno.test("an operator's hang-up ends the call at once, in the middle of a word", () => {
  const call = new CallDriver().live();
  call.speak("item", 3000, "one two three four five six");
  call.advance(1500);
  call.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
  assert.deepEqual(call.end, { reason: "operator_hung_up" });
  assert.deepEqual(call.script, ["agent: one two three /"], "and the record ends there too");
});

Deno.test("an end that was asked for lets the agent finish, with a goodbye where one is given", () => {
  const call = new CallDriver().live();
  call.speak("item", 2000);
  call.take();
  call.input({ type: "endAsked", end: { reason: "operator_hung_up" }, goodbye: "We close now." });
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  const goodbye = call.begin("goodbye");
  call.say(goodbye, "bye", 1000);
  call.finish(goodbye);
  call.advance(2900);
  assert.equal(call.end, undefined);
  call.advance(200);
  assert.deepEqual(call.end, { reason: "operator_hung_up" });
});

Deno.test("a machine silences the agent before the message that is left on it", () => {
  const call = new CallDriver({ modelInterrupts: true }).live();
  const responseId = call.begin();
  call.sound(responseId, "item", 5000);
  call.advance(1000);
  call.take();
  const end = { reason: "voicemail" } as const;
  call.input({ type: "machineAnswered", end, message: "Please call back." });
  const done = call.take().filter(({ type }) => type !== "publish");
  assert.equal(done[0]?.type, "clear");
  assert.deepEqual(done[1], { type: "model", request: { type: "cancel", responseId } });
});

Deno.test("case 53: the greatest length is announced before it strikes, and strikes after a goodbye", () => {
  const call = new CallDriver({ maxMs: 60_000, timeWarningMs: 20_000, idleMs: 1e9 }).live();
  call.advance(39_900);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["time_warning"]);
  const warning = call.begin("time_warning");
  call.say(warning, "warning", 2000);
  call.finish(warning);
  call.advance(19_800);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  call.callerStarts();
  call.callerStops();
  assert.equal(call.machine.phase, "closing", "a limit is not to be talked away");
  call.advance(20_000);
  assert.deepEqual(call.end, { reason: "time_limit" });
});

Deno.test("case 53: the length of a call counts from when the caller was connected", () => {
  const call = new CallDriver({ maxMs: 60_000, timeWarningMs: 0, idleMs: 1e9 });
  call.ready();
  call.advance(50_000);
  call.join();
  call.advance(59_000);
  assert.equal(call.machine.phase, "live");
  call.advance(30_000);
  assert.deepEqual(call.end, { reason: "time_limit" });
});

/** The caller has said goodbye, the agent too, and now it hangs up. */
function farewell({ marks = true } = {}): CallDriver {
  const call = new CallDriver().live();
  call.callerSays("bye");
  const responseId = call.begin();
  call.say(responseId, "item", 2000, "Goodbye and thank you");
  if (!marks) call.line.drop(call.now);
  const tools = [{ callId: "call_end_call", name: "end_call", arguments: "{}" }];
  call.finish(responseId, "completed", { tools });
  call.take();
  call.toolReturns("end_call", "{}", END);
  return call;
}
