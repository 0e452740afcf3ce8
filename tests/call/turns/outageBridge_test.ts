import assert from "node:assert/strict";
import type { ModelLoss } from "../../../src/call/realtimeClient.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const LOST: ModelLoss = { code: "closed_1006", retry: "now" };
const BRIDGED: CallDriverOptions = { kept: { bridge: { text: "One moment, please.", ms: 1200 } } };

function bridges(call: CallDriver): number {
  return call.events("notice").filter(({ code }) => code === "outage_bridged").length;
}

Deno.test("a caller whose model is lost in the middle of a sentence hears a bridge, and one again later", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("tell me a story");
  const responseId = call.begin();
  call.words(responseId, "item", "Once upon a time there was a frog.");
  call.sound(responseId, "item", 1020);
  call.input({ type: "modelLost", loss: LOST });
  call.advance(2100);
  assert.equal(bridges(call), 0, "what is buffered is heard out first");
  call.advance(400);
  assert.equal(bridges(call), 1);
  call.advance(6500);
  assert.equal(bridges(call), 1);
  call.advance(600);
  assert.equal(bridges(call), 2);
  assert.ok(call.script.includes("agent: One moment, please."), "it is on record");
  const history = call.all("openModel").at(-1)?.history ?? [];
  assert.equal(JSON.stringify(history).includes("One moment"), false, "the model need not know");
});

Deno.test("a caller who waits for an answer hears a bridge, whether it was owed before or after the loss", () => {
  for (const spoke of ["before", "after"] as const) {
    const call = new CallDriver(BRIDGED).live();
    if (spoke === "before") call.callerSays("hello");
    call.input({ type: "modelLost", loss: LOST });
    if (spoke === "after") {
      call.input({ type: "callerLevel", speaking: true });
      call.advance(3000);
      assert.equal(bridges(call), 0, "never over the caller's words");
      call.input({ type: "callerLevel", speaking: false });
    }
    call.advance(1300);
    assert.equal(bridges(call), 1);
  }
});

Deno.test("a caller who owes the next word is left in peace, however long the model is away", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("hello");
  call.speak("item", 1000, "How can I help you?");
  call.advance(500);
  call.input({ type: "modelLost", loss: LOST });
  call.advance(10_000);
  assert.equal(bridges(call), 0);
});

Deno.test("a model that is back at once makes no bridge", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("hello");
  call.advance(1500);
  call.input({ type: "modelLost", loss: LOST });
  call.advance(400);
  call.ready();
  call.speak("item", 3000);
  call.advance(3000);
  assert.equal(bridges(call), 0);
});

Deno.test("a caller can speak over a bridge, which the model need not forget", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("hello");
  call.input({ type: "modelLost", loss: LOST });
  call.advance(1400);
  call.take();
  call.input({ type: "interruptAsked" });
  assert.deepEqual(call.takeRequests(), []);
  assert.equal(call.transcript.at(-1)?.interrupted, true);
  assert.ok((call.line.heard[0]?.ms ?? 0) < 1200);
});

Deno.test("words from before a bridge, which the next model hears first, do not cut it off; new ones do", () => {
  for (const isLoud of [false, true]) {
    const call = new CallDriver(BRIDGED).live();
    call.callerSays("hello");
    call.input({ type: "modelLost", loss: LOST });
    call.advance(1400);
    call.ready();
    if (isLoud) call.input({ type: "callerLevel", speaking: true });
    call.callerStarts();
    assert.equal(call.events("interrupted").length, isLoud ? 1 : 0);
    call.callerStops();
    call.speak("item", 3000);
    call.advance(2000);
    call.callerStarts();
    assert.equal(call.events("interrupted").length, isLoud ? 2 : 1, "the answer is no bridge");
  }
});

Deno.test("a caller who waits for the first word hears a bridge while there is no model, and none once there is", () => {
  for (const [readyAfterMs, expected] of [[2000, 1], [300, 0]] as const) {
    const call = new CallDriver({ ...BRIDGED, greeting: "Hello!" });
    call.join();
    call.advance(readyAfterMs);
    call.ready();
    call.advance(3000);
    assert.equal(bridges(call), expected);
  }
  const silent = new CallDriver({ ...BRIDGED, greeting: "Hello!", direction: "outbound" });
  silent.join();
  silent.advance(3000);
  assert.equal(bridges(silent), 0, "who was called speaks first");
});

Deno.test("a caller whose call goes on in another process hears a bridge while that one's model is refused", () => {
  const before = new CallDriver().live();
  before.callerSays("hello");
  before.speak("item", 1000, "How can I help you?");
  before.advance(2000);
  const { transcript: turns, now: elapsedMs } = before;
  const resumed = { elapsedMs, connectedMs: elapsedMs, turns, tools: [], usage: noUsage };
  for (const [text, expected] of [["One moment, please.", 2], ["", 5]] as const) {
    const call = new CallDriver({ kept: { bridge: { text, ms: 400 } }, resumed });
    call.join();
    call.input({ type: "modelLost", loss: { code: "http_429", retry: "backoff" } });
    call.advance(9500);
    assert.equal(bridges(call), expected);
  }
});

Deno.test("the time that a new model takes for its answer is bridged too", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("hello");
  call.input({ type: "modelLost", loss: LOST });
  call.advance(500);
  call.ready();
  call.advance(800);
  assert.equal(bridges(call), 1);
});

Deno.test("what a stalled filler brings after a bridge is not mixed with the answer", () => {
  const call = new CallDriver({ ...BRIDGED, fillerAfterMs: 500 }).live();
  call.callerSays("hello");
  call.input({ type: "modelLost", loss: LOST });
  call.advance(500);
  call.ready();
  call.advance(4700);
  const filler = call.begin("filler", { aside: true });
  call.sound(filler, "filler", 300);
  call.advance(2500);
  assert.equal(bridges(call), 2);
  const answer = call.begin();
  call.sound(answer, "answer", 300);
  call.sound(filler, "filler", 300);
  call.sound(answer, "answer", 300);
  call.advance(3000);
  const items = call.all("play").map(({ piece }) => piece.itemId);
  const order = items.filter((item, at) => item !== items[at - 1]);
  assert.deepEqual(order, ["kept_bridge_1", "filler", "kept_bridge_2", "answer"]);
});

Deno.test("the wait for a model that hears the last turn once more is bridged, whatever it has reported of it", () => {
  for (const reported of ["began", "stopped", "committed"] as const) {
    const call = new CallDriver(BRIDGED).live();
    call.callerSays("hello");
    call.input({ type: "modelLost", loss: LOST });
    call.advance(500);
    call.ready();
    call.input({ type: "speechStarted", itemId: "again" });
    if (reported !== "began") call.input({ type: "speechStopped", itemId: "again" });
    if (reported === "committed") call.input({ type: "committed", itemId: "again" });
    call.advance(1300);
    assert.equal(bridges(call), 1, reported);
    assert.equal(call.events("interrupted").length, 0);
  }
});

Deno.test("a bridge over a filler that is yet to sound leaves the filler to be cancelled by the caller", () => {
  const call = new CallDriver({ ...BRIDGED, fillerAfterMs: 500 }).live();
  call.callerSays("hello");
  call.input({ type: "modelLost", loss: LOST });
  call.advance(500);
  call.ready();
  call.advance(6900);
  const filler = call.begin("filler", { aside: true });
  assert.equal(bridges(call), 1);
  call.advance(1000);
  assert.equal(bridges(call), 2);
  call.take();
  call.input({ type: "interruptAsked" });
  assert.deepEqual(call.takeRequests().filter(({ type }) => type === "cancel"), [
    { type: "cancel", responseId: filler },
  ]);
  call.sound(filler, "late", 500);
  assert.deepEqual(call.take().filter(({ type }) => type === "play"), []);
});

Deno.test("a tone in place of a sentence comes more often, is no line of the transcript and delays no answer", () => {
  const call = new CallDriver({ kept: { bridge: { text: "", ms: 360 } } }).live();
  call.callerSays("hello");
  call.input({ type: "modelLost", loss: LOST });
  call.advance(1400 + 4 * 2000);
  assert.equal(bridges(call), 5);
  call.ready();
  call.speak("item", 1000, "Good day.");
  call.advance(1500);
  assert.deepEqual(call.script, ["caller: hello", "agent: Good day."]);
  assert.equal(call.transcript.every(({ final }) => final), true);
});

Deno.test("without a kept sentence nothing is said, and nothing else changes", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.input({ type: "modelLost", loss: LOST });
  call.advance(5000);
  assert.equal(bridges(call), 0);
  call.ready();
  assert.deepEqual(call.takeAsked(), ["reply"]);
});
