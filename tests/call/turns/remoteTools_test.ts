import assert from "node:assert/strict";
import {
  NOT_CARRIED_OUT,
  OUTCOME_UNKNOWN,
  WAIT_FOR_CALLER,
} from "../../../src/call/model/prompts.ts";
import { DECLINED } from "../../../src/call/heard/gateNotes.ts";
import type { ToolCall } from "../../../src/call/realtimeClient.ts";
import { noUsage } from "../../../src/services/store.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const FIND: ToolCall = { callId: "mcp_find", name: "find", arguments: "{}", by: "model" };
const CANCEL: ToolCall = { ...FIND, callId: "mcpr_cancel", name: "cancel" };

Deno.test("the model is asked to speak when a tool that it runs has answered, and not before", () => {
  const call = new CallDriver({ fillerAfterMs: 0, idleMs: 8000 }).live();
  runs(call, FIND);
  call.advance(20_000);
  assert.deepEqual(
    call.takeAsked(),
    [],
    "no response that said nothing is retried, no one is idle",
  );
  call.input({ type: "remoteToolEnded", callId: FIND.callId, output: "on its way", ok: true });
  assert.deepEqual(call.takeRequests(), [
    { type: "respond", request: { purpose: "tool_result" } },
  ], "the model has the output");
  const [ended] = call.events("toolEnded");
  assert.deepEqual([ended?.name, ended?.output, ended?.durationMs], ["find", "on its way", 20_000]);
  call.input({ type: "remoteToolEnded", callId: FIND.callId, output: "again", ok: true });
  assert.equal(call.events("toolEnded").length, 1);
});

Deno.test("a response that goes on to speak of what has ended within it is not asked for again", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.input({ type: "remoteToolStarted", responseId, call: FIND });
  call.input({ type: "remoteToolEnded", callId: FIND.callId, output: "on its way", ok: true });
  call.say(responseId, "answer", 900, "It is on its way.");
  call.finish(responseId);
  call.advance(900);
  assert.deepEqual(call.takeAsked(), []);

  const silent = call.begin();
  const again = { ...FIND, callId: "mcp_again" };
  call.input({ type: "remoteToolStarted", responseId: silent, call: again });
  call.input({ type: "remoteToolEnded", callId: again.callId, output: "on its way", ok: true });
  call.finish(silent, "completed", { silent: true });
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
});

Deno.test("a tool that the model asks for is let run, and refused after an interruption", () => {
  const call = new CallDriver({ toolPolicies: { cancel: { once: true } } }).live();
  asks(call, CANCEL);
  assert.deepEqual(call.takeRequests(), [{ type: "toolLeave", callId: CANCEL.callId }]);
  assert.deepEqual(call.all("runTool"), []);
  call.input({ type: "remoteToolStarted", call: CANCEL });
  call.input({ type: "remoteToolEnded", callId: CANCEL.callId, output: "done", ok: true });
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
  call.finish(call.begin("tool_result"));

  asks(call, { ...CANCEL, callId: "mcpr_again" });
  const [refused, respond] = call.takeRequests();
  assert.ok(refused?.type === "toolLeave" && refused.output?.includes('"repeated":true'));
  assert.equal(respond?.type, "respond", "the model says something about it");
  call.finish(call.begin("tool_result"));

  const cut = { ...CANCEL, callId: "mcpr_cut", arguments: '{"other":1}' };
  const responseId = call.begin();
  call.input({ type: "toolAnnounced", responseId, call: cut });
  call.finish(responseId, "cancelled", { callerSpoke: true });
  const answers = call.takeRequests().filter(({ type }) => type === "toolLeave");
  assert.ok(answers.length === 1 && answers[0]?.type === "toolLeave" && answers[0].output);
});

Deno.test("a tool that failed by its own word may be run again, one whose end is unknown not", () => {
  const call = new CallDriver({ toolPolicies: { cancel: { once: true } } }).live();
  const outputs = ['{"error":"No.","code":"tool_failed"}', '{"error":"502","code":"http_502"}'];
  const leaves = ["first", "second", "third"].map((callId, at) => {
    asks(call, { ...CANCEL, callId });
    const [leave] = call.takeRequests();
    assert.ok(leave?.type === "toolLeave");
    const output = outputs[at];
    if (output !== undefined) {
      call.input({ type: "remoteToolEnded", callId, output, ok: false });
    }
    call.finish(call.begin("tool_result"));
    call.take();
    return leave.output;
  });
  assert.deepEqual(leaves, [undefined, undefined, outputs[1]]);
});

Deno.test("what an earlier session of the call has run once is not run again, what it refused may be", () => {
  const earlier = (callId: string, args: string, output: string) => ({
    ...{ callId, name: "cancel", arguments: args, startedMs: 2000, output },
  });
  const resumed = {
    elapsedMs: 5000,
    turns: [],
    usage: noUsage,
    tools: [
      earlier("a", '{"order":17}', "done"),
      earlier("b", '{"order":18}', DECLINED),
      earlier("c", '{"order":19}', OUTCOME_UNKNOWN),
    ],
  };
  const call = new CallDriver({ toolPolicies: { cancel: { once: true } }, resumed }).live();
  const outputs = [17, 18, 19].map((order) => {
    asks(call, { ...CANCEL, callId: `mcpr_${order}`, arguments: `{ "order": ${order} }` });
    const leave = call.takeRequests().find(({ type }) => type === "toolLeave");
    assert.ok(leave?.type === "toolLeave");
    call.finish(call.begin("tool_result"));
    return leave.output;
  });
  assert.match(outputs[0] ?? "", /repeated.*done/);
  assert.equal(outputs[1], undefined, "it runs");
  assert.match(outputs[2] ?? "", /not known whether/);
});

Deno.test("a result that comes during the answer to something else is told after it", () => {
  const call = new CallDriver({ fillerAfterMs: 0 }).live();
  runs(call, FIND);
  call.callerSays("And what else is there?");
  const reply = call.begin();
  call.input({ type: "remoteToolEnded", callId: FIND.callId, output: "on its way", ok: true });
  assert.deepEqual(call.takeAsked(), []);
  call.say(reply, "reply", 600, "Nothing else.");
  call.finish(reply);
  call.advance(700);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
});

Deno.test("a request that comes when its response is over is decided all the same", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.input({ type: "remoteToolPlanned", responseId });
  call.finish(responseId, "completed", { silent: true });
  assert.deepEqual(call.takeRequests(), [], "the response has done something");
  call.input({ type: "toolAnnounced", responseId, call: CANCEL });
  assert.deepEqual(call.takeRequests(), [{ type: "toolLeave", callId: CANCEL.callId }]);
});

Deno.test("a request that comes when its response was cut off is refused", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.say(responseId, "item", 3000, "Let me cancel that for you right away.");
  call.interruptAt(500);
  call.advance(400);
  call.finish(responseId, "cancelled", { callerSpoke: true });
  call.take();
  call.input({ type: "toolAnnounced", responseId, call: CANCEL });
  assert.deepEqual(call.takeRequests(), [
    { type: "toolLeave", callId: CANCEL.callId, output: NOT_CARRIED_OUT },
  ]);
});

Deno.test("a model that does not go on by itself with what it was let run is asked to, once", () => {
  const call = new CallDriver({ fillerAfterMs: 0 }).live();
  asks(call, CANCEL);
  call.take();
  call.advance(2000);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
  call.finish(call.begin("tool_result"));
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
  const begun = new CallDriver({ fillerAfterMs: 0 }).live();
  asks(begun, CANCEL);
  begun.input({ type: "remoteToolStarted", call: CANCEL });
  begun.take();
  begun.advance(5000);
  assert.deepEqual(begun.takeAsked(), []);
});

Deno.test("of a run that does not end, or goes with its connection, nobody knows the outcome", () => {
  const late = new CallDriver({ fillerAfterMs: 0 }).live();
  runs(late, FIND);
  late.advance(61_000);
  assert.equal(late.events("toolEnded")[0]?.output, OUTCOME_UNKNOWN);
  assert.deepEqual(late.takeAsked(), ["tool_result"]);

  const lost = new CallDriver().live();
  runs(lost, FIND);
  lost.input({ type: "modelLost", loss: { code: "network", retry: "now" } });
  lost.advance(3000);
  assert.equal(lost.events("toolEnded")[0]?.output, OUTCOME_UNKNOWN);
  const { history } = lost.all("openModel").at(-1) ?? { history: [] };
  assert.deepEqual(history.map((item) => item.type === "toolCall" && item.output), [
    OUTCOME_UNKNOWN,
  ]);
  lost.take();
  lost.ready();
  assert.deepEqual(lost.takeAsked(), ["tool_result"]);

  const refused = new CallDriver().live();
  asks(refused, CANCEL);
  const [request] = refused.takeRequests();
  assert.ok(request !== undefined);
  refused.input({ type: "requestRefused", request, kind: "other", code: "unknown" });
  assert.equal(refused.events("toolEnded")[0]?.output, OUTCOME_UNKNOWN);
});

Deno.test("what waits for the caller's words as its connection is lost did not run, and may", () => {
  const confirm = { question: "Shall I cancel it?" };
  const call = new CallDriver({
    toolPolicies: { cancel: { confirm, once: true } },
    languages: ["en"],
  }).live();
  asks(call, CANCEL);
  const asked = call.begin("say");
  call.say(asked, "question", 3000, confirm.question);
  call.finish(asked);
  call.advance(3300);
  const itemId = call.callerStarts();
  call.advance(500);
  call.callerStops();
  asks(call, { ...CANCEL, callId: "mcpr_waiting" });
  call.input({ type: "modelLost", loss: { code: "network", retry: "now" } });
  call.take();
  call.input({ type: "callerText", itemId, text: "yes", final: true });
  call.advance(1000);
  call.ready();
  const sent = call.takeRequests();
  assert.deepEqual(sent.filter(({ type }) => type === "toolLeave"), []);
  const ended = call.events("toolEnded").at(-1);
  assert.deepEqual([ended?.toolCallId, ended?.output], ["mcpr_waiting", NOT_CARRIED_OUT]);

  call.finish(call.begin("tool_result"));
  asks(call, { ...CANCEL, callId: "mcpr_again" });
  assert.deepEqual(call.takeRequests(), [{ type: "toolLeave", callId: "mcpr_again" }]);
});

Deno.test("a model that runs tools without end has to speak after eight rounds", () => {
  const call = new CallDriver().live();
  for (let round = 1; round <= 8; round++) {
    const callId = `mcp_${round}`;
    runs(call, { ...FIND, callId }, round === 1 ? undefined : "tool_result");
    call.take();
    call.input({ type: "remoteToolEnded", callId, output: "more", ok: true });
    const [asked] = call.takeRequests();
    assert.ok(asked?.type === "respond");
    assert.equal(asked.request.tools, round === 8 ? "none" : undefined);
  }
  asks(call, CANCEL, "tool_result");
  const refused = call.takeRequests().find(({ type }) => type === "toolLeave");
  assert.ok(refused?.type === "toolLeave" && refused.output === WAIT_FOR_CALLER);
});

Deno.test("words for a tool are said as it is let run", () => {
  const options: CallDriverOptions = { toolPolicies: { cancel: { say: "Let me see." } } };
  const call = new CallDriver(options).live();
  asks(call, CANCEL);
  const [said, leave] = call.takeRequests();
  assert.ok(said?.type === "respond" && said.request.instructions?.includes("Let me see."));
  assert.equal(leave?.type, "toolLeave");
});

/** A response that does nothing but call a tool, which the model runs. */
function runs(call: CallDriver, tool: ToolCall, purpose?: "tool_result"): void {
  const responseId = call.begin(purpose);
  call.input({ type: "remoteToolStarted", responseId, call: tool });
  call.finish(responseId, "completed", { silent: true });
}

/** The same of a tool that the model has to ask for. */
function asks(call: CallDriver, tool: ToolCall, purpose?: "tool_result"): void {
  const responseId = call.begin(purpose);
  call.input({ type: "toolAnnounced", responseId, call: tool });
  call.finish(responseId, "completed", { tools: [tool] });
}
