import assert from "node:assert/strict";
import { STARTED } from "../../../src/call/model/prompts.ts";
import type { ModelRequest } from "../../../src/call/realtimeClient.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const SAYS: CallDriverOptions = {
  fillerAfterMs: 1500,
  toolPolicies: { look: { say: "Let me look." }, find: { say: "Let me find it." } },
};
const ASYNC: CallDriverOptions = { toolPolicies: { order: { isAsync: true } } };

const words = (requests: readonly ModelRequest[]) =>
  requests.flatMap((one) => one.type === "respond" ? [one.request.instructions ?? ""] : []);

Deno.test("a tool's own words are said at once, beside the conversation, and take the filler's place", () => {
  const call = new CallDriver(SAYS).live();
  call.call("look", "find");
  const asked = call.takeRequests();
  assert.equal(asked.length, 1, "once for both tools");
  const [request] = asked;
  assert.ok(request?.type === "respond" && request.request.aside === true);
  assert.ok(request.request.instructions?.includes("Let me look."));
  const aside = call.begin("filler", { aside: true });
  call.say(aside, "aside", 900, "Let me look.");
  call.finish(aside);
  call.advance(3000);
  assert.deepEqual(call.takeAsked(), [], "no filler so soon");
  call.advance(2000);
  assert.deepEqual(call.takeAsked(), ["filler"]);
  assert.ok(call.transcript.some(({ text, aside }) => text === "Let me look." && aside === true));
});

Deno.test("a tool's words are left out where the agent has spoken in that response", () => {
  const call = new CallDriver(SAYS).live();
  const responseId = call.begin();
  call.say(responseId, "item", 1000, "One moment, I will look.");
  call.advance(1200);
  call.finish(responseId, "completed", {
    tools: [{ callId: "call_look", name: "look", arguments: "{}" }],
  });
  assert.deepEqual(words(call.takeRequests()), []);
  assert.equal(call.all("runTool").length, 1);
});

Deno.test("an asynchronous tool is answered at once, and its result is told when it comes", () => {
  const call = new CallDriver(ASYNC).live();
  call.callerSays("Order it.");
  call.call("order");
  const started = call.takeRequests();
  assert.deepEqual(started.map(({ type }) => type), ["toolOutput", "respond"]);
  assert.ok(started[0]?.type === "toolOutput" && started[0].output === STARTED);
  call.finish(call.begin("tool_result"));
  call.callerSays("And what else is there?");
  call.finish(call.begin());
  call.advance(1000);
  call.take();
  call.callerStarts();
  call.toolReturns("order", '{"number":4711}');
  const told = call.takeRequests();
  assert.ok(told[0]?.type === "message" && told[0].text.includes("4711"));
  assert.equal(told.length, 1, "the caller is not cut off");
  call.advance(500);
  call.callerStops();
  call.speak("answer", 500, "Not much.");
  call.advance(1000);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
  const result = call.begin("tool_result");
  call.say(result, "news", 1500, "Your order has the number 4711.");
  call.finish(result);
  call.advance(10_000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("news that was cut off before its first word is told after the caller was answered", () => {
  const call = new CallDriver(ASYNC).live();
  call.call("order");
  call.finish(call.begin("tool_result"));
  call.advance(500);
  call.toolReturns("order", '{"number":4711}');
  const result = call.begin("tool_result");
  call.take();
  call.callerStarts();
  call.finish(result, "cancelled");
  call.advance(400);
  const noted = call.takeRequests().filter(({ type }) => type === "message");
  assert.ok(noted[0]?.type === "message" && noted[0].text.includes("order"));
  call.callerStops();
  call.speak("answer", 500, "We close at six.");
  call.advance(1000);
  assert.deepEqual(call.takeAsked(), ["tool_result"], "the answer did not tell it");
});

Deno.test("an ordinary result that nobody has heard of is known to the model as such", () => {
  const call = new CallDriver().live();
  call.call("lookup");
  call.toolReturns("lookup", "42");
  const result = call.begin("tool_result");
  call.say(result, "item", 3000, "It is 42.");
  call.finish(result);
  call.interruptAt(20);
  call.advance(10);
  const notes = call.takeRequests().filter(({ type }) => type === "message");
  assert.ok(notes[0]?.type === "message" && notes[0].text.includes("lookup"));

  const heard = new CallDriver().live();
  heard.call("lookup");
  heard.toolReturns("lookup", "42");
  const told = heard.begin("tool_result");
  heard.say(told, "item", 3000, "It is 42.");
  heard.finish(told);
  heard.interruptAt(2000);
  assert.deepEqual(heard.takeRequests().filter(({ type }) => type === "message"), []);
});

Deno.test("news survives the loss of the model's connection, before and after it came", () => {
  for (const when of ["before", "after"] as const) {
    const call = new CallDriver(ASYNC).live();
    call.call("order");
    call.finish(call.begin("tool_result"));
    call.advance(500);
    if (when === "after") call.toolReturns("order", '{"number":4711}');
    call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
    if (when === "before") call.toolReturns("order", '{"number":4711}');
    call.advance(10);
    call.ready();
    assert.ok(call.takeAsked().includes("tool_result"), when);
    const opened = call.commands.findLastIndex(({ type }) => type === "openModel");
    assert.ok(JSON.stringify(call.commands.slice(opened)).includes("4711"), when);
  }
});

Deno.test("an answer that was asked for before news came has not told it, whatever words they share", () => {
  const call = new CallDriver(ASYNC).live();
  call.call("order");
  call.input({ type: "itemAdded", itemId: "output", role: "tool", callId: "call_order" });
  call.finish(call.begin("tool_result"));
  call.input({ type: "typed", text: "And what is the weather?" });
  assert.equal(call.takeAsked().at(-1), "reply");
  call.toolReturns("order", "Order 4711 was shipped.");
  const reply = call.begin("reply");
  call.say(reply, "weather", 3000, "Sunny. Nothing was shipped so far, as far as I know.");
  call.interruptAt(2500);
  call.finish(reply, "cancelled");
  call.advance(300);
  call.callerStops();
  call.speak("answer", 500, "Sure.");
  call.advance(800);
  assert.deepEqual(call.takeAsked(), ["tool_result"], "the news is told afterwards");
});
