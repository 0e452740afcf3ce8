import assert from "node:assert/strict";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import type { ModelLoss } from "../../../src/call/realtimeClient.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const LOST: ModelLoss = { code: "closed_1006", retry: "now" };
const GREETING = "Good day, this is the desk. How can I help you?";
const KEPT = {
  greeting: GREETING,
  kept: {
    greeting: { text: GREETING, ms: 4000 },
    bridge: { text: "One moment, please.", ms: 1200 },
  },
};

/** The caller makes a sound of that length; its end is noticed half a second later. */
function sound(call: CallDriver, ms: number): void {
  call.input({ type: "callerLevel", speaking: true });
  call.advance(ms + 500);
  call.input({ type: "callerLevel", speaking: false });
}

Deno.test("what a caller says to no model is on record at once, and asked for again by the process that goes on", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.speak("item", 500, "How can I help you?");
  call.advance(1000);
  call.input({ type: "modelLost", loss: LOST });
  sound(call, 2000);
  const stored = call.transcript;
  assert.deepEqual(call.script, ["caller: hello", "agent: How can I help you?", "caller: "]);
  assert.equal(stored.at(-1)?.final, false, "the next model may hear it");
  call.input({ type: "handoverAsked", withinMs: 2000 });
  call.advance(2000);
  assert.deepEqual(call.end, { reason: "handed_over" });
  for (const turns of [stored, call.transcript]) {
    const state = { elapsedMs: call.now, connectedMs: call.now, tools: [], usage: noUsage };
    const next = new CallDriver({ resumed: { ...state, turns } }).live();
    const [note] = next.all("model").map(({ request }) => request);
    assert.ok(note?.type === "message" && /say it again/.test(note.text));
  }
});

Deno.test("a turn of which a lost model has brought no words is on record at once, too", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.advance(800);
  call.callerStops();
  assert.deepEqual(call.script, []);
  call.input({ type: "modelLost", loss: LOST });
  assert.deepEqual(call.script, ["caller: "]);
  call.advance(500);
  call.ready();
  call.callerSays("hello");
  assert.deepEqual(call.script, ["caller: hello"]);
});

Deno.test("what the next model hears of it is the same turn, at its place", () => {
  const call = new CallDriver(KEPT);
  call.join();
  call.advance(5000);
  sound(call, 1000);
  sound(call, 1000);
  call.ready();
  call.input({ type: "speechStarted", itemId: "a" });
  call.input({ type: "speechStopped", itemId: "a" });
  call.input({ type: "committed", itemId: "a", previousItemId: "kept_greeting_1" });
  call.input({ type: "callerText", itemId: "a", text: "When do you open?", final: true });
  const answer = call.begin();
  call.input({ type: "itemAdded", itemId: "b", role: "agent", previousItemId: "a" });
  call.say(answer, "b", 500, "At nine.");
  call.finish(answer);
  call.advance(1000);
  const script = call.script.filter((line) => line !== "agent: One moment, please.");
  assert.deepEqual(script, [
    `agent: ${GREETING}`,
    "caller: When do you open?",
    "agent: At nine.",
  ]);
  assert.equal(call.transcript.every(({ final }) => final), true);
});

Deno.test("what the next model takes for no speech is closed, and no later turn is taken for it", () => {
  const call = new CallDriver().live();
  call.input({ type: "modelLost", loss: LOST });
  sound(call, 1000);
  call.advance(100);
  call.ready();
  call.advance(4000);
  assert.deepEqual(
    call.transcript.map(({ text, final, aside }) => [text, final, aside]),
    [["", true, true]],
  );
  call.callerSays("hello");
  assert.deepEqual(call.script, ["caller: ", "caller: hello"]);
});

Deno.test("turns that the next model hears as one leave none open, and no later turn is taken for them", () => {
  const call = new CallDriver().live();
  for (let turn = 0; turn < 2; turn++) {
    call.callerStarts();
    call.advance(800);
    call.callerStops();
    call.advance(400);
  }
  call.input({ type: "modelLost", loss: LOST });
  call.advance(300);
  call.ready();
  call.callerSays("When do you open? And where?");
  call.speak("b", 500, "At nine, in the hall.");
  call.advance(20_000);
  const asked = call.transcript;
  assert.deepEqual(asked.map(({ final }) => final), [true, true, true]);
  call.callerSays("Thank you.");
  assert.ok((call.transcript.at(-1)?.startedMs ?? 0) > 20_000);

  const state = { elapsedMs: call.now, connectedMs: call.now, tools: [], usage: noUsage };
  const next = new CallDriver({ resumed: { ...state, turns: asked } }).live();
  const [note] = next.all("model").map(({ request }) => request);
  assert.ok(note?.type === "message" && /there again/.test(note.text));
});

Deno.test("a click on the line is no speech, and nor is what a model hears", () => {
  const call = new CallDriver().live();
  sound(call, 2000);
  call.input({ type: "modelLost", loss: LOST });
  sound(call, 100);
  assert.deepEqual(call.script, []);
});

Deno.test("a caller who talks over a kept greeting stops it while no model hears, and what was heard is exact", () => {
  const call = new CallDriver(KEPT);
  call.join();
  call.advance(1000);
  sound(call, 100);
  assert.deepEqual(call.events("interrupted"), []);
  call.advance(400);
  sound(call, 1500);
  const [{ heardMs } = { heardMs: 0 }] = call.events("interrupted");
  const heard = call.line.heard.reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(heardMs > 2500 && heardMs < 3200 && Math.abs(heard - heardMs) < 10, `${heardMs}`);
  const greeting = call.transcript.find(({ role }) => role === "agent");
  assert.ok(greeting?.interrupted && GREETING.startsWith(greeting.text));
  const said = call.all("model").map(({ request }) => request).findLast(({ type }) =>
    type === "said"
  );
  assert.ok(said?.type === "said" && said.text === `${greeting.text} …`);
});

Deno.test("speech that a lost model has left behind, or a bridge, is talked over too; a protected greeting is not", () => {
  const left = new CallDriver().live();
  left.callerSays("hello");
  const responseId = left.begin();
  left.words(responseId, "item", "Once upon a time there was a frog who lived in a pond.");
  left.sound(responseId, "item", 6000);
  left.advance(500);
  left.input({ type: "modelLost", loss: LOST });
  sound(left, 1500);
  assert.equal(left.events("interrupted").length, 1);

  const held = new CallDriver({ ...KEPT, greetingProtected: true });
  held.join();
  held.advance(500);
  sound(held, 1500);
  assert.deepEqual(held.events("interrupted"), []);
});

Deno.test("an agent that short speech does not silence is not silenced by it in an outage, and it is on record", () => {
  const call = new CallDriver({
    ...KEPT,
    modelInterrupts: false,
    modelResponds: false,
    interruptAfterMs: 2000,
  });
  call.join();
  call.advance(500);
  call.input({ type: "callerLevel", speaking: true });
  call.advance(1900);
  assert.equal(call.script.at(-1), "caller: ");
  assert.deepEqual(call.events("interrupted"), []);
  call.advance(200);
  assert.equal(call.events("interrupted").length, 1);
});

Deno.test("once a model hears, it alone says whether the caller speaks", () => {
  const call = new CallDriver(KEPT);
  call.join();
  call.advance(500);
  call.input({ type: "callerLevel", speaking: true });
  call.advance(500);
  call.ready();
  call.advance(1500);
  assert.deepEqual(call.events("interrupted"), []);
});

Deno.test("an agent that was stopped by what no model takes for speech goes on", () => {
  const greeted = new CallDriver(KEPT);
  greeted.join();
  greeted.advance(1000);
  sound(greeted, 1500);
  greeted.ready();

  const left = new CallDriver().live();
  left.callerSays("hello");
  const responseId = left.begin();
  left.words(responseId, "item", "Once upon a time there was a frog who lived in a pond.");
  left.sound(responseId, "item", 6000);
  left.finish(responseId);
  left.advance(500);
  left.input({ type: "modelLost", loss: LOST });
  sound(left, 1500);
  left.ready();

  for (const call of [greeted, left]) {
    assert.equal(call.events("interrupted").length, 1);
    call.takeRequests();
    call.advance(4500);
    const [note, request] = call.takeRequests();
    assert.ok(note?.type === "message" && /broke off/.test(note.text));
    assert.ok(request?.type === "respond" && request.request.purpose === "reply");
  }
});
