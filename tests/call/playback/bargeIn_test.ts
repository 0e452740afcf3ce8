import assert from "node:assert/strict";
import type { CallCommand } from "../../../src/call/callCommand.ts";
import type { ModelRequest } from "../../../src/call/realtimeClient.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const WORDS = "one two three four five six seven eight nine ten";

Deno.test("case 21: an interruption clears the line first and then truncates at the place that was heard", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.sound(responseId, "item", 4000);
  call.interruptAt(1500);
  const done = call.take();
  assert.deepEqual(kinds(done), ["clear", "truncate"]);
  assertCutAt(done, "item", 1500, 60);
});

Deno.test("case 21: an interruption cancels between clear and truncate where the model does not", () => {
  const call = new CallDriver({ modelInterrupts: false }).live();
  const responseId = call.begin();
  call.sound(responseId, "item", 4000);
  call.interruptAt(1500);
  const done = call.take();
  assert.deepEqual(kinds(done), ["clear", "cancel", "truncate"]);
  assert.deepEqual(requests(done)[0], { type: "cancel", responseId });
});

Deno.test("case 22: an interruption after the response's end still clears and truncates, without a cancel", () => {
  const call = new CallDriver({ modelInterrupts: false }).live();
  call.speak("item", 4000);
  call.interruptAt(2500);
  const done = call.take();
  assert.deepEqual(kinds(done), ["clear", "truncate"]);
  assertCutAt(done, "item", 2500, 60);
});

Deno.test("case 23: speech while nothing is playing changes nothing on either end", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  assert.deepEqual(kinds(call.take()), []);
  call.callerStops();
  call.speak("item", 1000);
  call.advance(2000);
  call.take();
  call.callerStarts();
  assert.deepEqual(kinds(call.take()), []);
});

Deno.test("case 24: late audio of a cut response is dropped, audio of the next one is played", () => {
  const call = new CallDriver().live();
  const cut = call.begin();
  call.sound(cut, "item", 3000);
  call.interruptAt(1000);
  call.take();
  call.sound(cut, "item", 400);
  call.sound(cut, "item_behind", 400);
  assert.deepEqual(call.take().map(({ type }) => type), ["publish"], "a notice, no audio");
  call.finish(cut, "cancelled", { reason: "turn_detected", callerSpoke: true });
  call.callerStops();
  call.take();
  call.speak("next", 600);
  assert.ok(call.take().some(({ type }) => type === "play"));
});

Deno.test("case 25: marks that come back because of a clear are not taken as played", () => {
  const call = new CallDriver().live();
  call.speak("item", 3000);
  call.interruptAt(1000);
  const marks = call.all("play").flatMap(({ piece }) => piece.mark ?? []);
  call.take();
  for (const mark of [...marks, ...marks, "unknown", ""]) call.input({ type: "marked", mark });
  assert.deepEqual(kinds(call.take()), []);
  call.callerStops();
  call.speak("next", 3000);
  call.take();
  for (const mark of marks) call.input({ type: "marked", mark });
  call.interruptAt(1200);
  assertCutAt(call.take(), "next", 1200, 60);
});

Deno.test("case 26: a cut in the first item takes back the second and the response queued behind", () => {
  const call = new CallDriver().live();
  const first = call.begin();
  call.say(first, "one", 2000);
  call.say(first, "two", 2000);
  call.finish(first);
  call.speak("three", 1000);
  call.interruptAt(1000);
  const done = call.take();
  assertCutAt(done, "one", 1000, 60);
  assert.deepEqual(requests(done).slice(1), [
    { type: "delete", itemId: "two" },
    { type: "delete", itemId: "three" },
  ]);
});

Deno.test("case 26: a cut in the second item leaves the first alone", () => {
  const call = new CallDriver().live();
  const response = call.begin();
  call.say(response, "one", 1000);
  call.say(response, "two", 2000);
  call.finish(response);
  call.interruptAt(1800);
  const done = call.take();
  assert.deepEqual(kinds(done), ["clear", "truncate"]);
  assertCutAt(done, "two", 800, 60);
});

Deno.test("case 27: the second and the tenth interruption of a call are as exact as the first", () => {
  const call = new CallDriver({ startUpMs: 80 }).live();
  for (let turn = 1; turn <= 10; turn++) {
    call.speak(`item_${turn}`, 3000);
    call.take();
    call.interruptAt(700 + 150 * turn + 80);
    assertCutAt(call.take(), `item_${turn}`, 700 + 150 * turn, turn === 1 ? 60 : 10);
    call.advance(500);
    call.callerStops();
  }
});

Deno.test("case 28: a response cut before its first sound is not truncated, and what comes of it is deleted", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.take();
  call.callerStarts();
  assert.deepEqual(kinds(call.take()), []);
  call.input({ type: "itemAdded", itemId: "item", role: "agent" });
  call.sound(responseId, "item", 500);
  assert.deepEqual(kinds(call.take()), []);
  call.finish(responseId, "cancelled");
  assert.deepEqual(call.takeRequests(), [{ type: "delete", itemId: "item" }]);
});

Deno.test("case 28: an item of which less than a syllable was heard is deleted once its response has ended", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.sound(responseId, "item", 2000);
  call.interruptAt(50);
  assert.deepEqual(kinds(call.take()), ["clear"]);
  call.finish(responseId, "cancelled");
  assert.deepEqual(call.takeRequests(), [{ type: "delete", itemId: "item" }]);
});

Deno.test("case 29: a refused truncate is tried once more with what the model has", () => {
  const call = new CallDriver().live();
  call.speak("item", 4000);
  call.interruptAt(2000);
  const [truncate] = call.takeRequests();
  assert.ok(truncate?.type === "truncate");
  refuse(truncate, "invalid_request_error", 1900);
  assert.deepEqual(call.takeRequests(), [{ ...truncate, audioEndMs: 1899 }]);
  refuse({ ...truncate, audioEndMs: 1899 }, "invalid_request_error", 1800);
  assert.deepEqual(call.takeRequests(), []);
  call.callerStops();
  const next = call.begin();
  call.sound(next, "next", 500);
  assert.ok(call.take().some(({ type }) => type === "play"), "the conversation goes on");

  function refuse(request: ModelRequest, code: string, availableMs: number): void {
    call.input({ type: "requestRefused", request, kind: "tooShort", code, availableMs });
  }
});

Deno.test("case 29: an item that has no audio for the model is deleted, an unknown one let be", () => {
  for (
    const [kind, asked] of [
      ["unsupported", [{ type: "delete", itemId: "item" }]],
      ["other", []],
    ] as const
  ) {
    const call = new CallDriver().live();
    call.speak("item", 4000);
    call.interruptAt(2000);
    const [request] = call.takeRequests();
    assert.ok(request !== undefined);
    call.input({ type: "requestRefused", request, kind, code: "some_code" });
    assert.deepEqual(call.takeRequests(), asked);
  }
});

Deno.test("case 30: a truncate is a whole number within what was produced, at whatever moment", () => {
  for (let at = 3; at < 2600; at += 31.7) {
    const call = new CallDriver().live();
    const responseId = call.begin();
    for (let ms = 0; ms < 2000; ms += 312.5) call.sound(responseId, "item", 312.5);
    if (at % 2 < 1) call.finish(responseId);
    call.take();
    call.interruptAt(at);
    for (const request of call.takeRequests()) {
      if (request.type !== "truncate") continue;
      assert.ok(Number.isInteger(request.audioEndMs), `${request.audioEndMs} at ${at}`);
      assert.ok(request.audioEndMs >= 0 && request.audioEndMs <= 2187);
    }
  }
});

Deno.test("case 30: an item that was played whole is not truncated, though its last mark is not back yet", () => {
  const call = new CallDriver().live();
  call.speak("item", 2000);
  call.take();
  call.advance(1950);
  call.callerStarts();
  assert.deepEqual(call.takeRequests(), []);
});

Deno.test("an interruption while the model stalls cuts off what it has yet to deliver", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.words(responseId, "item", WORDS);
  call.sound(responseId, "item", 1020);
  call.interruptAt(2000);
  assert.deepEqual(kinds(call.take()), ["truncate"], "nothing to clear");
  call.sound(responseId, "item", 2000);
  call.finish(responseId, "cancelled");
  assert.deepEqual(kinds(call.take()), [], "the late audio is dropped");
  assert.equal(call.transcript[0]?.interrupted, true);
  assert.ok(WORDS.startsWith(call.transcript[0]!.text) && call.transcript[0]!.text !== WORDS);
});

Deno.test("case 32: interrupting again, at once or during the clear, does nothing more", () => {
  const call = new CallDriver({ modelInterrupts: false }).live();
  const responseId = call.begin();
  call.sound(responseId, "item", 4000);
  call.interruptAt(1000);
  assert.deepEqual(kinds(call.take()), ["clear", "cancel", "truncate"]);
  call.input({ type: "speechStarted", itemId: "user_1" });
  call.input({ type: "interruptAsked" });
  call.advance(80);
  call.callerStarts();
  call.input({ type: "interruptAsked" });
  assert.deepEqual(kinds(call.take()), []);
});

Deno.test("case 33: the transcript keeps the words that were heard, to the last whole word", () => {
  const call = new CallDriver().live();
  call.speak("item", 5000, WORDS);
  call.interruptAt(2500);
  const [turn] = call.transcript;
  assert.deepEqual(call.script, ["agent: one two three four five /"]);
  assert.equal(turn?.final, true);
  assert.deepEqual(call.events("interrupted").map(({ itemId }) => itemId), ["item"]);
});

Deno.test("case 33: an item that nobody heard has no words in the transcript", () => {
  const call = new CallDriver().live();
  const response = call.begin();
  call.say(response, "one", 1000, "first");
  call.say(response, "two", 1000, "second");
  call.finish(response);
  call.interruptAt(700);
  assert.deepEqual(call.script.filter((line) => line.includes("second")), []);
  call.input({
    type: "speechText",
    ref: { responseId: response, itemId: "two", contentIndex: 0 },
    text: "x",
  });
  assert.ok(call.script.every((line) => !line.includes("x")));
});

Deno.test("a digit interrupts as speech does, and cancels the response", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.sound(responseId, "item", 4000);
  call.take();
  call.advance(1000);
  call.take();
  call.press("5");
  assert.deepEqual(kinds(call.take()), ["clear", "cancel", "truncate"]);
});

function kinds(commands: readonly CallCommand[]): readonly string[] {
  return commands.filter(({ type }) => type !== "publish")
    .map((command) => command.type === "model" ? command.request.type : command.type);
}

function requests(commands: readonly CallCommand[]): readonly ModelRequest[] {
  return commands.flatMap((command) => command.type === "model" ? [command.request] : []);
}

function assertCutAt(
  commands: readonly CallCommand[],
  itemId: string,
  ms: number,
  withinMs: number,
): void {
  const truncates = requests(commands).filter((request) => request.type === "truncate");
  assert.equal(truncates.length, 1);
  assert.equal(truncates[0]?.itemId, itemId);
  const off = Math.abs((truncates[0]?.audioEndMs ?? NaN) - ms);
  assert.ok(off <= withinMs, `cut at ${truncates[0]?.audioEndMs}, heard ${ms}`);
}

for (const reports of ["marks", "positions"] as const) {
  Deno.test(`an answer that broke off before it was cut ends on record where it broke off (${reports})`, () => {
    const call = new CallDriver({ reports }).live();
    const responseId = call.begin();
    call.words(responseId, "item", "a long story");
    call.sound(responseId, "item", 2000);
    call.advance(4000);
    call.callerStarts();
    call.advance(700);
    const { startedMs = 0, endedMs = 0 } = call.transcript[0] ?? {};
    assert.ok(Math.abs(endedMs - startedMs - 2000) < 30, `${startedMs} to ${endedMs}`);
  });
}

Deno.test("speech that waited for a leg in vain is on record when it waited, and not before", () => {
  const call = new CallDriver().live();
  call.speak("heard", 1000, "a sentence");
  call.advance(2000);
  call.lose();
  call.speak("waiting", 3000, "another one");
  call.advance(500);
  call.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
  assert.deepEqual(call.transcript.map(({ id, text }) => [id, text]), [
    ["heard", "a sentence"],
    ["waiting", ""],
  ]);
  const [, waiting] = call.transcript;
  assert.deepEqual([waiting?.startedMs, waiting?.endedMs], [2000, 2500]);
});
