import assert from "node:assert/strict";
import type { CallCommand } from "../../../src/call/callCommand.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

/** A browser whose reports are in the test's hand, with a long answer that it has begun to play. */
function answering(options: CallDriverOptions = {}): CallDriver {
  const call = new CallDriver({ ...options, reports: "positions" });
  call.ready();
  call.input({ type: "joined", format: "pcm24k", reports: "positions" });
  call.take();
  call.speak("item", 20_000, "one two three four five six seven eight nine ten");
  return call;
}

function report(call: CallDriver, ms: number, itemId = "item"): void {
  call.input({ type: "rendered", itemId, ms });
}

/** Plays in real time up to `untilMs`, and reports it as browsers do. */
function play(call: CallDriver, fromMs: number, untilMs: number): void {
  for (let ms = fromMs + 100; ms <= untilMs; ms += 100) {
    call.advance(100);
    report(call, ms);
  }
}

function givenMs(commands: readonly CallCommand[]): number {
  return commands.reduce(
    (sum, one) => one.type === "play" ? sum + one.piece.durationMs : sum,
    0,
  );
}

Deno.test("case 190: a browser that stops reporting is given no more, and goes on where it stopped", () => {
  const call = answering();
  play(call, 0, 1000);
  const before = givenMs(call.commands);
  call.advance(12_000);
  const ahead = givenMs(call.commands) - 1000;
  assert.ok(ahead < 6500, `${ahead} ms were given to a browser that plays nothing`);
  assert.ok(givenMs(call.commands) >= before);
  assert.deepEqual(call.events("speaking").map(({ on }) => on), [true]);
  assert.deepEqual(call.events("notice").map(({ code }) => code), ["playout_stalled"]);
  assert.deepEqual(call.events("interrupted"), []);

  play(call, 1000, 20_000);
  assert.equal(Math.round(givenMs(call.commands)), 20_000);
  assert.deepEqual(call.events("speaking").map(({ on }) => on), [true, false]);
});

Deno.test("case 191: what a browser had not reported when it went was not heard", () => {
  for (const silentMs of [300, 1500, 8000]) {
    const call = answering();
    play(call, 0, 4000);
    call.advance(silentMs);
    call.input({ type: "left", end: { reason: "leg_failed" } });
    assert.deepEqual(call.events("interrupted").map(({ heardMs }) => heardMs), [4000]);
    assert.deepEqual(call.script, ["agent: one two /"]);
  }
});

Deno.test("case 191: a caller who cuts in on a browser that plays nothing cuts at the last report", () => {
  const call = answering();
  play(call, 0, 4000);
  call.advance(3000);
  call.take();
  call.input({ type: "typed", text: "stop" });
  call.advance(1000);
  const truncated = call.takeRequests().filter(({ type }) => type === "truncate");
  assert.deepEqual(truncated, [
    { type: "truncate", itemId: "item", contentIndex: 0, audioEndMs: 4000 },
  ]);
});

Deno.test("case 192: what a browser does not play for long is taken back, and the call goes on", () => {
  const call = answering({ idleMs: 30_000 });
  play(call, 0, 4000);
  call.take();
  call.advance(20_000);
  const truncated = call.takeRequests().filter(({ type }) => type === "truncate");
  assert.deepEqual(truncated, [
    { type: "truncate", itemId: "item", contentIndex: 0, audioEndMs: 4000 },
  ]);
  assert.deepEqual(call.events("speaking").map(({ on }) => on), [true, false]);
  call.callerSays("Are you there?");
  call.speak("next", 500, "Yes.");
  report(call, 500, "next");
  assert.deepEqual(call.script, ["agent: one two /", "caller: Are you there?", "agent: Yes."]);
});

Deno.test("case 192: a goodbye that a browser does not play holds the end up for seconds only", () => {
  const call = answering();
  play(call, 0, 1000);
  call.input({ type: "endAsked", end: { reason: "operator_hung_up" } });
  call.advance(20_000);
  assert.deepEqual(call.end, { reason: "operator_hung_up" });
  assert.deepEqual(call.events("interrupted").map(({ heardMs }) => heardMs), [1000]);
});

Deno.test("case 192: a browser that plays nothing does not keep an idle call for ever", () => {
  const call = answering({ idleMs: 30_000 });
  play(call, 0, 1000);
  for (let minute = 0; minute < 4 && call.end === undefined; minute++) {
    call.advance(30_000);
    for (const purpose of call.takeAsked()) {
      const responseId = call.begin(purpose);
      call.say(responseId, `${purpose}_${minute}`, 3000, "Still there?");
      call.finish(responseId);
    }
    call.advance(30_000);
  }
  assert.deepEqual(call.end, { reason: "idle" });
});

Deno.test("case 193: a client that never reports is taken to play by the clock", () => {
  const call = answering();
  call.advance(30_000);
  assert.equal(Math.round(givenMs(call.commands)), 20_000);
  assert.deepEqual(call.events("speaking").map(({ on }) => on), [true, false]);
  assert.deepEqual(call.events("interrupted"), []);
});

Deno.test("case 193: a client that reports in coarse steps has heard an item to its end", () => {
  const call = answering();
  play(call, 0, 19_900);
  call.advance(4000);
  assert.deepEqual(call.events("speaking").map(({ on }) => on), [true, false]);
  assert.deepEqual(call.events("interrupted"), []);
});

Deno.test("case 193: a browser that says from the first that it plays nothing has heard nothing", () => {
  const call = answering();
  report(call, 0);
  call.advance(8000);
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(call.events("interrupted").map(({ heardMs }) => heardMs), [0]);
});
