import assert from "node:assert/strict";
import type { HistoryItem } from "../../../src/call/modelSetup.ts";
import type { ModelLoss } from "../../../src/call/realtimeClient.ts";
import { STILL_RUNNING } from "../../../src/call/model/prompts.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const CLOSED: ModelLoss = { code: "closed_1006", retry: "now" };
const LONG = { idleMs: 1e9, maxMs: 1e9 };

Deno.test("case 50: a lost connection is opened again with what was said, and nothing is asked for", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.speak("item", 1000, "Hi there.");
  call.advance(1500);
  call.input({ type: "modelLost", loss: CLOSED });
  assert.equal(call.machine.phase, "recovering");
  assert.deepEqual(call.events("modelLost").map(({ recovering }) => recovering), [true]);
  assert.deepEqual(history(call), [
    { type: "message", role: "user", text: "hello" },
    { type: "message", role: "agent", text: "Hi there." },
  ]);
  call.advance(300);
  call.take();
  call.ready();
  assert.deepEqual(call.takeRequests(), []);
  assert.equal(call.machine.phase, "live");
  assert.equal(call.events("modelReady").at(-1)?.again, true);
});

Deno.test("case 50: what the lost connection was asked for is asked of the next one", () => {
  for (const started of [false, true]) {
    const call = new CallDriver({ greeting: "Hello!" }).connect();
    assert.deepEqual(call.takeAsked(), ["greeting"]);
    if (started) call.begin("greeting");
    call.input({ type: "modelLost", loss: CLOSED });
    call.ready();
    assert.deepEqual(call.takeAsked(), ["greeting"]);
  }
});

Deno.test("case 50: a caller whose turn had just ended is answered by the next connection", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.input({ type: "modelLost", loss: CLOSED });
  call.ready();
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 50: a sentence that breaks off is played out, and the next connection goes on from it", () => {
  const call = new CallDriver().live();
  call.callerSays("tell me a story");
  const responseId = call.begin();
  call.words(responseId, "item", "Once upon a time there was a frog who lived in a deep well.");
  call.sound(responseId, "item", 1020);
  call.input({ type: "modelLost", loss: CLOSED });
  call.advance(400);
  call.take();
  call.ready();
  const [message, respond] = call.takeRequests();
  assert.ok(message?.type === "message" && message.role === "system");
  assert.ok(respond?.type === "respond" && respond.request.purpose === "reply");
  call.advance(1500);
  const [heard] = call.line.heard;
  assert.deepEqual(heard, { itemId: "item", ms: 1020 });
  const [, told] = call.transcript;
  assert.ok(told?.final && told.text.length < 30, `nobody heard all of: ${told?.text}`);
});

Deno.test("case 50: a sentence that the caller had cut off is not gone on with", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.sound(responseId, "item", 3000);
  call.interruptAt(1000);
  call.input({ type: "modelLost", loss: CLOSED });
  call.take();
  call.ready();
  assert.deepEqual(call.takeRequests(), []);
});

Deno.test("case 50: each further try waits longer, and after seven the call ends", () => {
  const call = new CallDriver().live();
  const waits: number[] = [];
  for (let tries = 0; call.end === undefined; tries++) {
    assert.ok(tries < 10);
    const from = call.now;
    const opened = call.all("openModel").length;
    call.input({ type: "modelLost", loss: CLOSED });
    while (call.end === undefined && call.all("openModel").length === opened) call.advance(100);
    waits.push(call.now - from);
  }
  assert.deepEqual(waits, [0, 400, 1000, 2000, 4000, 5000, 6000, 0]);
  assert.deepEqual(call.end, { reason: "model_failed", detail: "closed_1006" });
});

Deno.test("case 72: a server that asks for time is given it, as long as a caller waits", () => {
  for (const [retryAfterMs, waitMs] of [[0, 400], [1500, 1500], [1e12, 4000], [-5, 400]] as const) {
    const call = new CallDriver().live();
    const loss: ModelLoss = { code: "rate_limited", retry: "backoff", retryAfterMs };
    call.input({ type: "modelLost", loss });
    const from = call.now;
    while (call.all("openModel").length < 2) call.advance(100);
    assert.equal(call.now - from, waitMs);
  }
});

Deno.test("case 50: a connection that has held for a while starts with a clean slate", () => {
  const call = new CallDriver(LONG).live();
  for (let i = 0; i < 20; i++) {
    call.input({ type: "modelLost", loss: CLOSED });
    call.advance(100);
    call.ready();
    call.advance(61_000);
  }
  assert.equal(call.end, undefined);
});

Deno.test("case 50: a loss that no retry can mend ends the call at once", () => {
  const call = new CallDriver();
  call.join();
  call.input({ type: "modelLost", loss: { code: "invalid_api_key", retry: "no" } });
  assert.deepEqual(call.end, { reason: "model_failed", detail: "invalid_api_key" });
  assert.equal(call.all("openModel").length, 1);
});

Deno.test("case 50: a failed response that waited for its second try is asked of the next connection, not woken for", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.finish(call.begin(), "failed", { reason: "server_error" });
  call.input({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
  call.advance(3000);
  call.take();
  call.ready();
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 51: a session that expired all the same is replaced like any lost one", () => {
  const call = new CallDriver(LONG).live();
  call.input({ type: "modelLost", loss: { code: "session_expired", retry: "now" } });
  assert.equal(call.all("openModel").length, 2);
});

Deno.test("case 62: a failed response waits for the connection without waking the call", () => {
  const call = new CallDriver();
  call.join();
  call.finish(call.begin(), "failed", { reason: "server_error" });
  call.advance(5000);
  call.ready();
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 52: the history has every item in order, interrupted words marked, and tool calls with their outputs", () => {
  const call = new CallDriver({ digitsSensitive: true }).live();
  call.callerSays("what is the weather?");
  const tools = call.call("weather", "dangling");
  call.toolReturns("weather", '{"sky":"blue"}');
  call.speak("item", 5000, "one two three four five six seven eight nine ten");
  call.interruptAt(2500);
  call.advance(300);
  call.callerStops();
  call.input({ type: "typed", text: "thanks" });
  call.input({ type: "modelLost", loss: CLOSED });
  assert.deepEqual(history(call), [
    { type: "message", role: "user", text: "what is the weather?" },
    {
      type: "toolCall",
      callId: "call_weather",
      name: "weather",
      arguments: tools[0]!.arguments,
      output: '{"sky":"blue"}',
    },
    {
      type: "toolCall",
      callId: "call_dangling",
      name: "dangling",
      arguments: tools[1]!.arguments,
      output: STILL_RUNNING,
    },
    { type: "message", role: "agent", text: "one two three four five …" },
    { type: "message", role: "user", text: "thanks" },
  ]);
});

Deno.test("case 52: a tool that was running when the connection was lost is answered once", () => {
  for (const returns of ["before", "between", "after"] as const) {
    const call = new CallDriver().live();
    call.call("lookup");
    call.take();
    if (returns === "before") call.toolReturns("lookup", "42");
    call.input({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
    if (returns === "between") call.toolReturns("lookup", "42");
    call.advance(500);
    assert.equal(call.all("openModel").length, 2);
    if (returns === "after") call.toolReturns("lookup", "42");
    call.ready();
    const calls = history(call).filter((item) => item.type === "toolCall");
    assert.equal(calls.length, 1, "no model calls again what it knows to be running");
    const inHistory = calls.filter(({ output }) => output === "42").length;
    const requests = call.takeRequests();
    const answers = requests.filter((one) => one.type === "message" && one.text.includes("42"));
    const outputs = requests.filter(({ type }) => type === "toolOutput");
    assert.equal(inHistory + answers.length, 1, returns);
    assert.equal(outputs.length, returns === "before" ? 1 : 0, "only where its call was known");
    assert.ok(requests.some(({ type }) => type === "respond"), returns);
  }
});

Deno.test("case 52: a response that was cut off with its connection runs none of its tools", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  const tool = { callId: "call_1", name: "lookup", arguments: "{" };
  call.input({ type: "toolAnnounced", responseId, call: tool });
  call.input({ type: "modelLost", loss: CLOSED });
  call.ready();
  call.finish(responseId);
  assert.deepEqual(call.all("runTool"), []);
});

Deno.test("case 52: a long history is shortened at its beginning, and says so", () => {
  const call = new CallDriver(LONG).live();
  for (let i = 0; i < 200; i++) {
    call.input({
      type: "callerText",
      itemId: `u${i}`,
      text: `${i} ${"word ".repeat(30)}`,
      final: true,
    });
  }
  call.input({ type: "modelLost", loss: CLOSED });
  const items = history(call);
  assert.ok(items.length <= 61 && JSON.stringify(items).length < 10_000);
  assert.ok(items[0]?.type === "message" && items[0].role === "system");
  const last = items.at(-1);
  assert.ok(last?.type === "message" && last.text.startsWith("199 "));
});

Deno.test("case 52: results that the agent has not told yet are never left out, however long they are", () => {
  const call = new CallDriver(LONG).live();
  call.callerSays("read me both reports");
  call.call("one", "two");
  for (const name of ["one", "two"]) call.toolReturns(name, name.repeat(4000));
  call.input({ type: "modelLost", loss: CLOSED });
  const items = history(call);
  assert.deepEqual(items.map(({ type }) => type), ["message", "toolCall", "toolCall"]);
  call.take();
  call.ready();
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
});

function history(call: CallDriver): readonly HistoryItem[] {
  return call.all("openModel").at(-1)?.history ?? [];
}
