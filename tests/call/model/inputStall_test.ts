import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

Deno.test("case 87: a session that does not hear the caller is replaced, and the caller asked for what was lost", () => {
  const call = new CallDriver({ idleMs: 10_000 }).live();
  call.advance(5000);
  level(call, true);
  call.advance(3900);
  assert.equal(call.all("openModel").length, 1);
  call.advance(200);
  assert.equal(call.all("openModel").length, 2);
  assert.equal(call.events("modelLost")[0]?.code, "deaf");
  level(call, false);
  call.ready();
  call.take();
  call.advance(3100);
  assert.deepEqual(call.takeAsked(), ["say"]);
});

Deno.test("case 87: a session that hears the caller again needs no asking", () => {
  const call = new CallDriver().live();
  level(call, true);
  call.advance(4100);
  call.ready();
  call.take();
  call.callerStarts();
  level(call, false);
  call.advance(500);
  call.callerStops();
  call.finish(call.begin());
  call.advance(9000);
  assert.deepEqual(call.takeAsked(), []);
  assert.equal(call.all("openModel").length, 2);
});

Deno.test("case 87: where a fresh session hears no more, the caller's turn is ended by hand and answered", () => {
  const call = new CallDriver().live();
  level(call, true);
  call.advance(4100);
  call.ready();
  call.advance(4100);
  assert.equal(call.all("openModel").length, 2, "once a minute at most");
  call.take();
  level(call, false);
  assert.deepEqual(call.take().map(({ type }) => type), ["commitAudio"]);
  call.input({ type: "committed", itemId: "user" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 87: a noise without end replaces few sessions, and holds up the end for two minutes at most", () => {
  const call = new CallDriver({ idleMs: 10_000, maxMs: 1e9 }).live();
  call.input({ type: "callerLevel", speaking: true });
  for (let s = 0; s < 600 && call.end === undefined; s++) {
    const opened = call.all("openModel").length;
    call.advance(1000);
    if (call.all("openModel").length > opened) call.ready();
    for (const purpose of call.takeAsked()) call.finish(call.begin(purpose));
  }
  assert.deepEqual(call.end, { reason: "idle" });
  assert.ok(call.all("openModel").length <= 4);
  assert.ok(call.now < 200_000);
});

Deno.test("case 87: the agent's own voice on the caller's line is no sign of deafness, nor is a model without ears", () => {
  const echo = new CallDriver().live();
  echo.speak("item", 20_000);
  echo.advance(1000);
  level(echo, true);
  echo.advance(15_000);
  assert.equal(echo.all("openModel").length, 1);

  const manual = new CallDriver({ modelListens: false, modelResponds: false }).live();
  level(manual, true);
  manual.advance(15_000);
  assert.equal(manual.all("openModel").length, 1);
});

Deno.test("case 88: nobody is asked whether they are there, or left, while they speak", () => {
  const call = new CallDriver({ idleMs: 5000 }).live();
  for (let s = 0; s < 60; s++) {
    const opened = call.all("openModel").length;
    level(call, s % 3 !== 2);
    call.advance(1000);
    if (call.all("openModel").length > opened) call.ready();
    for (const purpose of call.takeAsked()) call.finish(call.begin(purpose));
  }
  assert.deepEqual(call.events("notice").filter(({ code }) => code === "idle_prompt"), []);
  assert.equal(call.end, undefined);
});

Deno.test("case 97: a turn whose end the model never tells is ended by hand once the line is quiet", () => {
  const call = new CallDriver().live();
  level(call, true);
  call.callerStarts();
  call.advance(2000);
  level(call, false);
  call.take();
  call.advance(14_000);
  assert.deepEqual(call.take(), []);
  call.advance(1100);
  assert.ok(call.take().some(({ type }) => type === "commitAudio"));
  call.advance(1100);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

function level(call: CallDriver, speaking: boolean): void {
  call.input({ type: "callerLevel", speaking });
}
