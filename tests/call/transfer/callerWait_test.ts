import assert from "node:assert/strict";
import type { TransferPlan } from "../../../src/call/transfer.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

/** A caller who waits with the agent while a person is asked. */
function waiting(sales: TransferPlan = { mode: "warm" }): CallDriver {
  const call = new CallDriver({ transfers: { sales }, idleMs: 15_000 }).live();
  call.input({ type: "transferAsked", alias: "sales" });
  call.finish(call.begin("goodbye"));
  call.advance(100);
  const told = call.take();
  assert.ok(told.some(({ type }) => type === "transfer"));
  assert.match(JSON.stringify(told), /calling \\"sales\\" on another line/);
  return call;
}

/** When the music goes on and off, by the commands since the last look. */
function music(call: CallDriver): readonly boolean[] {
  return call.take().flatMap((it) => it.type === "waitingSound" ? [it.on] : []);
}

Deno.test("a caller who waits hears music, and every 20 s a word that somebody is still being called", () => {
  const call = waiting();
  call.advance(1_000);
  assert.deepEqual(music(call), [true]);
  for (let times = 0; times < 3; times++) {
    call.advance(20_500);
    assert.deepEqual(call.takeAsked(), ["say"], "and nobody asks whether they are there");
    const response = call.begin("say");
    call.say(response, `item_${times}`, 900, "Still trying.");
    call.finish(response);
    call.advance(1_000);
    call.advance(1_500);
    call.take();
  }
  assert.equal(call.end, undefined);
});

Deno.test("the word is the operator's own, as often as the file says", () => {
  const hold = { text: "Please hold the line.", everyMs: 10_000 };
  const call = waiting({ mode: "warm", hold });
  call.advance(9_000);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(1_500);
  const [asked] = call.takeRequests();
  assert.ok(
    asked?.type === "respond" &&
      /: "Please hold the line\."$/.test(asked.request.instructions ?? ""),
  );
});

Deno.test("the caller's own words stop the music, and it goes on after the answer", () => {
  const call = waiting();
  call.advance(1_000);
  assert.deepEqual(music(call), [true]);
  call.callerStarts();
  assert.deepEqual(music(call), [false]);
  call.callerStops();
  call.advance(100);
  assert.deepEqual(music(call), []);
  call.finish(call.begin("reply"));
  call.advance(3_000);
  assert.deepEqual(music(call), [true]);
});

Deno.test("a caller may have nobody called any more, and the agent goes on", () => {
  const call = waiting();
  call.input({ type: "transferCancelled" });
  const commands = call.take();
  assert.ok(commands.some((it) => it.type === "cancelTransfer" && it.number === 1));
  assert.match(JSON.stringify(commands), /it was cancelled/);
  assert.deepEqual(call.events("transfer").map(({ step }) => step), ["requested", "failed"]);
  assert.equal(call.machine.isAway, false);
});

Deno.test("the caller is away from when a person has taken the call, and the music plays until they are there", () => {
  const call = waiting();
  call.advance(1_000);
  assert.deepEqual(music(call), [true]);
  call.input({ type: "transferProgress", number: 1, step: "accepted", target: 0 });
  assert.equal(call.machine.isAway, true);
  call.advance(500);
  assert.deepEqual(music(call), []);
  call.input({ type: "lost" });
  call.input({ type: "transferProgress", number: 1, step: "connected", target: 0 });
  call.advance(60_000);
  assert.equal(call.end, undefined);
  call.input({ type: "transferOver", number: 1, result: { kind: "talked" } });
  assert.deepEqual(call.end, { reason: "transferred", detail: "sales" });
});
