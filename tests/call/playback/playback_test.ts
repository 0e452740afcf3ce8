import assert from "node:assert/strict";
import { base64ByteLength, isBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const LONG = { idleMs: 1e9, maxMs: 1e9 };

Deno.test("case 16: a minute of audio in one delta is played whole, in short pieces, in order", () => {
  const call = new CallDriver(LONG).live();
  call.speak("item", 60_000);
  const atOnce = call.all("play").length;
  assert.ok(atOnce < 50, `${atOnce} pieces at once`);
  call.advance(61_000);
  assert.deepEqual(call.line.heard, [{ itemId: "item", ms: 60_000 }]);
  const pieces = call.all("play").map(({ piece }) => piece);
  assert.ok(pieces.every(({ durationMs }) => durationMs <= 600));
  for (const { audio, durationMs } of pieces) {
    assert.ok(isBase64(audio));
    assert.ok(Math.abs(base64ByteLength(audio) - durationMs * 8) <= 2);
  }
  assert.equal(call.transcript.length, 0);
  assert.deepEqual(call.events("speaking").map(({ on }) => on), [true, false]);
});

Deno.test("case 17: audio before the leg has joined is kept for it, and after the end dropped", () => {
  const call = new CallDriver();
  call.ready();
  call.speak("item", 1000);
  assert.deepEqual(call.all("play"), []);
  call.join();
  assert.ok(call.all("play").length > 0);
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  call.take();
  call.speak("late", 1000);
  assert.deepEqual(call.take(), []);
});

Deno.test("case 18: every piece has sound in it, and every mark a name of its own", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  for (const ms of [20, 0, 333, 1, 0.125, 700, 59.875]) call.sound(responseId, "item", ms);
  call.finish(responseId);
  call.interruptAt(800);
  call.callerStops();
  call.speak("next", 900);
  call.advance(2000);
  const pieces = call.all("play").map(({ piece }) => piece);
  assert.ok(pieces.every(({ audio, durationMs }) => audio !== "" && durationMs > 0));
  const marks = [
    ...pieces.flatMap(({ mark }) => mark ?? []),
    ...call.all("mark").map(({ name }) => name),
  ];
  assert.equal(new Set(marks).size, marks.length);
  assert.ok(marks.every((mark) => mark !== ""));
});

Deno.test("case 19: however much the model produces, the leg is kept only some seconds ahead", () => {
  const call = new CallDriver(LONG).live();
  call.speak("item", 15 * 60_000);
  let leastMs = Infinity;
  for (let s = 0; s < 14 * 60; s += 10) {
    call.advance(10_000);
    const givenMs = call.all("play").reduce((sum, { piece }) => sum + piece.durationMs, 0);
    const aheadMs = givenMs - call.now;
    assert.ok(aheadMs < 4500, `${aheadMs} ms ahead`);
    leastMs = Math.min(leastMs, aheadMs);
  }
  assert.ok(leastMs > 1500, `only ${leastMs} ms ahead`);
});

Deno.test("case 19: a model that never stops does not fill the memory", () => {
  const call = new CallDriver(LONG).live();
  const responseId = call.begin();
  for (let minutes = 0; minutes < 60; minutes++) call.sound(responseId, "item", 60_000);
  call.finish(responseId);
  call.advance(3_000_000);
  const ms = call.line.heard[0]?.ms ?? 0;
  assert.ok(ms > 4 * 60_000 && ms < 7 * 60_000, `${ms} ms`);
  const cancels = call.takeRequests().filter(({ type }) => type === "cancel");
  assert.deepEqual(cancels, [{ type: "cancel", responseId }]);
});

Deno.test("a leg that was lost and comes back goes on where it broke off", () => {
  const call = new CallDriver().live();
  call.speak("item", 4000, "a long story");
  call.advance(1500);
  call.lose();
  assert.equal(call.end, undefined);
  call.advance(3000);
  call.join();
  call.advance(5000);
  const heardMs = call.line.heard.reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(Math.abs(heardMs - 4000) < 5, `${heardMs} ms were played of 4000`);
  assert.equal(call.transcript[0]?.final, true);
  assert.equal(call.events("connected").length, 2);
});

Deno.test("what was heard whole is not played again by a leg that comes back", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.sound(responseId, "item", 438);
  call.advance(442);
  call.lose();
  call.finish(responseId);
  call.join();
  call.advance(5000);
  const heardMs = call.line.heard.reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(heardMs < 439, `${heardMs} ms were played of 438`);
});

Deno.test("a leg that was lost and does not come back ends the call", () => {
  const call = new CallDriver().live();
  call.speak("item", 4000, "one two three four five six seven eight");
  call.advance(2000);
  call.lose();
  call.advance(44_900);
  assert.equal(call.end, undefined);
  call.advance(200);
  assert.deepEqual(call.end, { reason: "leg_failed" });
  assert.deepEqual(call.script, ["agent: one two three four /"], "and nobody heard the rest");
});

Deno.test("the model is truncated at the browser's exact answer to the clear", () => {
  const call = new CallDriver({ reports: "positions", startUpMs: 230 }).live();
  call.speak("item", 4000, "one two three four five six seven eight");
  call.interruptAt(1230);
  const requests = call.takeRequests();
  assert.deepEqual(requests, [
    { type: "truncate", itemId: "item", contentIndex: 0, audioEndMs: 1000 },
  ]);
  assert.deepEqual(call.events("interrupted"), [
    { type: "interrupted", itemId: "item", heardMs: 1000 },
  ]);
});

Deno.test("a browser's exact answer decides about every item that was queued", () => {
  const call = new CallDriver({ reports: "positions" });
  call.ready();
  call.input({ type: "joined", format: "pcm24k", reports: "positions" });
  const responseId = call.begin();
  for (const itemId of ["one", "two", "three"]) call.say(responseId, itemId, 1000);
  call.finish(responseId);
  call.advance(500);
  call.take();
  call.callerStarts();
  assert.deepEqual(call.takeRequests(), [], "it waits for the answer");
  call.input({ type: "rendered", itemId: "two", ms: 400, cleared: true });
  assert.deepEqual(call.takeRequests(), [
    { type: "truncate", itemId: "two", contentIndex: 0, audioEndMs: 400 },
    { type: "delete", itemId: "three" },
  ]);
});

Deno.test("a browser that does not answer the clear is estimated after a moment", () => {
  const call = new CallDriver({ reports: "positions" });
  call.ready();
  call.input({ type: "joined", format: "pcm24k", reports: "positions" });
  call.speak("item", 4000);
  call.advance(1000);
  call.take();
  call.callerStarts();
  call.advance(490);
  assert.deepEqual(call.takeRequests(), []);
  call.advance(20);
  const [truncate] = call.takeRequests();
  assert.ok(truncate?.type === "truncate" && Math.abs(truncate.audioEndMs - 900) < 20);
});

Deno.test("case 60: a browser cannot have played more than it was sent, nor less than nothing", () => {
  for (const [claimedMs, toldMs] of [[99_999, 3000], [-50, undefined], [NaN, undefined]] as const) {
    const call = new CallDriver({ reports: "positions" });
    call.ready();
    call.input({ type: "joined", format: "pcm24k", reports: "positions" });
    const responseId = call.begin();
    call.sound(responseId, "item", 3000);
    call.advance(500);
    call.input({ type: "rendered", itemId: "item", ms: claimedMs });
    call.take();
    call.callerStarts();
    call.input({ type: "rendered", itemId: "item", ms: claimedMs, cleared: true });
    const [request] = call.takeRequests();
    if (toldMs === undefined) assert.equal(request, undefined, "deleted when its response is over");
    else assert.ok(request?.type === "truncate" && request.audioEndMs === toldMs);
  }
});

Deno.test("a leg whose marks never come back does not keep the agent speaking for ever", () => {
  const call = new CallDriver();
  call.ready();
  call.input({ type: "joined", format: "pcmu", reports: "marks" });
  call.speak("item", 1000, "Hello.");
  call.advance(6000);
  assert.equal(call.transcript[0]?.final, true);
  assert.deepEqual(call.events("speaking").at(-1), { type: "speaking", who: "agent", on: false });
});
