import assert from "node:assert/strict";
import type { ModelLoss } from "../../../src/call/realtimeClient.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const HOUR = 3_600_000;
const LONG = { idleMs: 1e9, maxMs: 1e9 };
const REFUSED: ModelLoss = { code: "server_error", retry: "backoff" };

/** A call whose session is to be left in a quiet moment from now on, and another is being prepared. */
function aging(): CallDriver {
  const call = new CallDriver(LONG);
  call.ready(HOUR);
  call.join();
  call.advance(HOUR - 5 * 60_000);
  assert.equal(call.all("prepareModel").length, 1);
  call.take();
  return call;
}

Deno.test("case 51: another session is prepared before one expires, which serves until the other is ready", () => {
  const call = aging();
  call.callerSays("hello");
  call.speak("item", 2000, "Hi.");
  call.advance(10_000);
  assert.deepEqual(taken(call), [], "it is slow");
  assert.equal(call.machine.phase, "live");
  call.input({ type: "standbyReady", expiresInMs: HOUR });
  const [takeOver] = call.all("takeOver");
  assert.deepEqual(takeOver?.history, [
    { type: "message", role: "user", text: "hello" },
    { type: "message", role: "agent", text: "Hi." },
  ], "what was said while it was prepared");
  assert.equal(call.machine.phase, "live");
  assert.deepEqual(call.takeAsked(), []);
  assert.equal(call.all("openModel").length, 1);
  assert.deepEqual(call.events("modelLost"), []);
  call.callerSays("still there?");
  call.speak("item_2", 1000, "Yes.");
  call.advance(HOUR - 6 * 60_000);
  assert.equal(call.all("prepareModel").length, 1, "the new session has its own hour");
  call.advance(2 * 60_000);
  assert.equal(call.all("prepareModel").length, 2);
});

Deno.test("case 51: no session is left between the caller's turn and its answer, while the agent speaks or a tool runs", () => {
  const call = aging();
  call.input({ type: "standbyReady", expiresInMs: HOUR });
  assert.equal(taken(call).length, 1);
  const busy = aging();
  busy.callerStarts();
  busy.input({ type: "standbyReady", expiresInMs: HOUR });
  busy.advance(500);
  busy.callerStops();
  busy.advance(500);
  busy.call("lookup");
  busy.advance(10_000);
  busy.toolReturns("lookup");
  busy.say(busy.begin("tool_result"), "item", 2000, "Found it.");
  busy.finish("resp_2");
  busy.advance(1500);
  assert.deepEqual(taken(busy), []);
  busy.advance(1000);
  assert.equal(taken(busy).length, 1);
});

Deno.test("case 51: in its last minute a session is left while the caller still hears what it has said", () => {
  const call = aging();
  call.call("lookup");
  call.input({ type: "standbyReady", expiresInMs: HOUR });
  call.advance(4 * 60_000 + 1000);
  call.toolReturns("lookup");
  const responseId = call.begin("tool_result");
  call.say(responseId, "item", 8000, "This is a long one.");
  assert.deepEqual(taken(call), []);
  call.finish(responseId);
  assert.equal(taken(call).length, 1);
  assert.equal(
    call.events("speaking").findLast(({ who }) => who === "agent")?.on,
    true,
    "nothing of it is cut off",
  );
  call.advance(9000);
  assert.deepEqual(call.line.heard, [{ itemId: "item", ms: 8000 }]);
});

Deno.test("case 51: a session without a quiet moment is left shortly before it expires, even in mid-sentence", () => {
  const call = aging();
  call.call("endless");
  call.input({ type: "standbyReady", expiresInMs: HOUR });
  call.advance(4 * 60_000 + 30_000);
  const responseId = call.begin("reply");
  call.words(responseId, "item", "Once upon a time there was a frog who lived in a deep well.");
  call.sound(responseId, "item", 12_000);
  call.take();
  call.advance(10_000);
  assert.equal(taken(call).length, 1);
  const requests = call.takeRequests();
  assert.ok(requests.some((one) => one.type === "message" && one.role === "system"), "go on");
  assert.ok(requests.some((one) => one.type === "respond" && one.request.purpose === "reply"));
  assert.equal(call.machine.phase, "live");
  call.advance(2000);
  assert.deepEqual(call.line.heard, [{ itemId: "item", ms: 12_000 }], "no gap: it was buffered");
  call.toolReturns("endless", "42");
  const [message] = call.takeRequests();
  assert.ok(message?.type === "message" && message.text.includes("42"), "by a way that it knows");
});

Deno.test("case 51: a session that cannot be prepared is tried again ever later, and the present one serves", () => {
  const call = aging();
  const at: number[] = [];
  for (let tries = 0; tries < 8; tries++) {
    at.push(call.now);
    const prepared = call.all("prepareModel").length;
    call.input({ type: "standbyLost", loss: REFUSED });
    assert.equal(call.machine.phase, "live");
    while (call.all("prepareModel").length === prepared) call.advance(500);
  }
  const gaps = at.slice(1).map((time, index) => time - at[index]!);
  assert.deepEqual(gaps, [2000, 5000, 10_000, 20_000, 30_000, 30_000, 30_000]);
  call.callerSays("hello");
  call.speak("item", 1000, "Hi.");
  call.advance(1500);
  call.input({ type: "standbyReady", expiresInMs: HOUR });
  assert.equal(taken(call).length, 1);
});

Deno.test("case 51: where the present session is lost, the one that stands by serves at once", () => {
  for (const isReady of [true, false]) {
    const call = aging();
    call.callerStarts();
    if (isReady) call.input({ type: "standbyReady", expiresInMs: HOUR });
    call.input({ type: "modelLost", loss: { code: "session_expired", retry: "now" } });
    assert.equal(taken(call).length, 1);
    assert.equal(call.all("openModel").length, 1);
    assert.equal(call.machine.phase, isReady ? "live" : "recovering");
    if (!isReady) call.ready(HOUR);
    assert.equal(call.machine.phase, "live");
  }
});

Deno.test("case 51: a session that stood by and was lost as it took over is replaced like any lost one", () => {
  const call = aging();
  call.input({ type: "modelLost", loss: { code: "session_expired", retry: "now" } });
  call.input({ type: "modelLost", loss: { code: "connection_lost", retry: "now" } });
  call.advance(500);
  assert.equal(call.all("openModel").length, 2);
});

Deno.test("case 62: sessions that are said to end at once, or never, are not replaced in a loop", () => {
  const told = [0, -1, -7_200_000, 3000, 59_000, 60_000, 61_000, 120_000, NaN, 1e308, -Infinity];
  for (const expiresInMs of told) {
    const call = new CallDriver(LONG);
    call.ready(expiresInMs);
    call.join();
    const opened = [0];
    for (let second = 0; second < 7200; second++) {
      call.advance(1000);
      if (call.all("prepareModel").length === opened.length - 1) continue;
      opened.push(call.now);
      call.input({ type: "standbyReady", expiresInMs });
    }
    const gaps = opened.slice(1).map((at, index) => at - opened[index]!);
    assert.ok(gaps.length > 0, `${expiresInMs}: no session outlives its hour`);
    assert.ok(Math.min(...gaps) >= 100_000, `${expiresInMs}: ${gaps}`);
  }
});

function taken(call: CallDriver) {
  return call.all("takeOver");
}
