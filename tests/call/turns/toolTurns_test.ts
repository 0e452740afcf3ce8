import assert from "node:assert/strict";
import type { ResponseStatus, ToolCall } from "../../../src/call/realtimeClient.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const LOOKUP: ToolCall = { callId: "call_lookup", name: "lookup", arguments: '{"id":1}' };

Deno.test("case 36: arguments reach the tool as the model wrote them, valid or not", () => {
  for (const args of ["", "{", '{"__proto__":{"a":1}}', '{"name":"Zo\\u00eb 🎈"}', "null"]) {
    const call = new CallDriver().live();
    const tool = { ...LOOKUP, arguments: args };
    call.finish(call.begin(), "completed", { tools: [tool] });
    assert.deepEqual(call.all("runTool"), [{ type: "runTool", call: tool }]);
    call.toolReturns("lookup", '{"error":"invalid arguments"}', { ok: false });
    const sent = call.takeRequests().map(({ type }) => type);
    assert.deepEqual(sent, ["toolOutput", "respond"], "the model goes on with the error");
    assert.equal(call.events("toolEnded")[0]?.ok, false);
  }
});

Deno.test("case 37: three parallel tools, one of which fails, give three outputs and then one response", () => {
  const call = new CallDriver().live();
  call.call("a", "b", "c");
  assert.deepEqual(call.all("runTool").map((one) => one.call.name), ["a", "b", "c"]);
  call.take();
  call.toolReturns("b", "2");
  call.advance(500);
  call.toolReturns("c", '{"error":"timeout"}', { ok: false });
  assert.deepEqual(call.takeRequests().map(({ type }) => type), ["toolOutput", "toolOutput"]);
  call.advance(500);
  call.toolReturns("a", "1");
  assert.deepEqual(call.takeRequests(), [
    { type: "toolOutput", callId: "call_a", output: "1" },
    { type: "respond", request: { purpose: "tool_result" } },
  ]);
  const ended = call.events("toolEnded").map(({ name, durationMs }) => [name, durationMs]);
  assert.deepEqual(ended, [["b", 0], ["c", 500], ["a", 1000]]);
});

Deno.test("case 37: tools run only when their response has ended", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.input({ type: "toolAnnounced", responseId, call: LOOKUP });
  assert.deepEqual(call.all("runTool"), []);
  call.finish(responseId);
  assert.equal(call.all("runTool").length, 1);
});

Deno.test("a slow tool of an earlier response does not hold up the result of a later one", () => {
  const call = new CallDriver().live();
  call.call("slow");
  call.callerSays("and the weather?");
  call.call("quick");
  call.take();
  call.toolReturns("quick");
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
  call.finish(call.begin("tool_result"));
  call.toolReturns("slow");
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
});

Deno.test("case 38: a response that was cancelled, incomplete or failed runs none of its tools", () => {
  for (const status of ["cancelled", "incomplete", "failed"] satisfies ResponseStatus[]) {
    const call = new CallDriver().live();
    const responseId = call.begin();
    call.input({ type: "toolAnnounced", responseId, call: { ...LOOKUP, arguments: '{"id' } });
    call.finish(responseId, status, { tools: [LOOKUP] });
    assert.deepEqual(call.all("runTool"), [], status);
  }
});

Deno.test("case 39: a caller who speaks meanwhile is answered, and the output is still delivered, without a second response", () => {
  const call = new CallDriver().live();
  call.call("lookup");
  call.callerStarts();
  call.advance(300);
  call.take();
  call.toolReturns("lookup", "42");
  assert.deepEqual(call.takeRequests(), [
    { type: "toolOutput", callId: "call_lookup", output: "42" },
  ]);
  call.input({ type: "itemAdded", itemId: "output", role: "tool", callId: "call_lookup" });
  call.advance(300);
  call.callerStops();
  const own = call.begin();
  call.finish(own);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), [], "the reply knew the output");
});

Deno.test("case 39: an output that came too late for the running reply gets a response after it", () => {
  const call = new CallDriver().live();
  call.call("lookup");
  call.callerSays("hurry up");
  const own = call.begin();
  call.toolReturns("lookup", "42");
  assert.deepEqual(call.takeAsked(), []);
  call.finish(own);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
});

Deno.test("case 39: a call that is announced three times runs once, and is answered once", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.input({ type: "toolAnnounced", responseId, call: LOOKUP });
  call.input({ type: "toolAnnounced", responseId, call: LOOKUP });
  call.finish(responseId, "completed", { tools: [LOOKUP] });
  call.finish(responseId, "completed", { tools: [LOOKUP] });
  call.finish(call.begin(), "completed", { tools: [LOOKUP] });
  assert.equal(call.all("runTool").length, 1);
  call.take();
  call.toolReturns("lookup");
  call.toolReturns("lookup");
  call.toolReturns("never_called");
  assert.equal(call.takeRequests().filter(({ type }) => type === "toolOutput").length, 1);
});

Deno.test("case 40: the end of the call aborts its tools, and what they still return is discarded", () => {
  const call = new CallDriver().live();
  call.call("lookup");
  call.take();
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  const types = call.take().map(({ type }) => type);
  assert.ok(types.includes("abortTools") && types.at(-1) === "endCall");
  call.toolReturns("lookup");
  assert.deepEqual(call.take(), []);
});

Deno.test("a slow tool is bridged by one filler, beside the conversation, and then answered", () => {
  const call = new CallDriver({ fillerAfterMs: 1500 }).live();
  call.call("lookup");
  call.advance(1400);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  const [filler] = call.takeRequests();
  assert.ok(filler?.type === "respond");
  assert.equal(filler.request.purpose, "filler");
  assert.equal(filler.request.aside, true);
  assert.equal(filler.request.tools, "none");
  const aside = call.begin("filler", { aside: true });
  call.say(aside, "moment", 900, "One moment.");
  call.toolReturns("lookup", "42");
  assert.deepEqual(call.takeRequests().map(({ type }) => type), ["toolOutput"]);
  call.finish(aside);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
  call.finish(call.begin("tool_result"));
  call.advance(20_000);
  assert.deepEqual(call.events("notice").map(({ code }) => code), ["filler"]);
});

Deno.test("a tool's own time until a filler goes before the call's, 0 for none", () => {
  const after = (fillerAfterMs: number) => {
    const call = new CallDriver({
      fillerAfterMs: 1500,
      toolPolicies: { lookup: { fillerAfterMs } },
    })
      .live();
    call.call("lookup");
    return call;
  };
  const late = after(4000);
  late.advance(3900);
  assert.deepEqual(late.takeAsked(), []);
  late.advance(200);
  assert.deepEqual(late.takeAsked(), ["filler"]);
  const never = after(0);
  never.advance(15_000);
  assert.deepEqual(never.takeAsked(), []);
});

Deno.test("a quick tool needs no filler, and neither does one while the agent is still speaking", () => {
  const quick = new CallDriver({ fillerAfterMs: 1500 }).live();
  quick.call("lookup");
  quick.advance(1000);
  quick.toolReturns("lookup");
  quick.finish(quick.begin("tool_result"));
  quick.advance(4000);
  assert.deepEqual(quick.takeAsked(), ["tool_result"]);

  const speaking = new CallDriver({ fillerAfterMs: 1500 }).live();
  const responseId = speaking.begin();
  speaking.say(responseId, "item", 4000, "Let me look that up for you.");
  speaking.finish(responseId, "completed", { tools: [LOOKUP] });
  speaking.advance(3900);
  assert.deepEqual(speaking.takeAsked(), []);
  speaking.advance(200);
  assert.deepEqual(speaking.takeAsked(), ["filler"]);
});

Deno.test("a filler is cut off like any speech, but an item that the model does not keep is not truncated", () => {
  const call = new CallDriver({ fillerAfterMs: 1000 }).live();
  call.call("lookup");
  call.advance(1100);
  const aside = call.begin("filler", { aside: true });
  call.sound(aside, "moment", 3000);
  call.interruptAt(1000);
  assert.deepEqual(call.takeRequests(), [{ type: "cancel", responseId: aside }]);
});

Deno.test("keys that several tools of a response want pressed are one run, with a pause in it", () => {
  const call = new CallDriver().live();
  call.call("first", "second");
  call.take();
  call.toolReturns("first", "{}", { effect: { type: "sendDigits", digits: "1" } });
  assert.deepEqual(call.all("sendDigits"), []);
  call.toolReturns("second", "{}", { effect: { type: "sendDigits", digits: "2" } });
  assert.deepEqual(call.all("sendDigits").map(({ digits }) => digits), ["1w2"]);
});

Deno.test("keys that a tool wants pressed are pressed, and the model gets the output at once", () => {
  const call = new CallDriver().live();
  call.call("press");
  call.take();
  call.toolReturns("press", "{}", {
    effect: { type: "sendDigits", digits: "1w2#" },
  });
  assert.deepEqual(call.all("sendDigits"), [{ type: "sendDigits", digits: "1w2#", by: "network" }]);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
});
