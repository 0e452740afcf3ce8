import assert from "node:assert/strict";
import { parse } from "yaml";
import { readAgent } from "../../../src/config/agents.ts";
import type { RecordedCall, RecordedTurn } from "../../../src/scenarios/callEvidence.ts";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import { scenarioOfCall } from "../../../src/scenarios/recorded/scenarioOfCall.ts";

Deno.test("a caller speaks after the agent, over it, before it, and is silent as long as then", () => {
  const { caller } = made(call([
    agent(500, 2500, "Good day."),
    said(3000, 4000, "I have a question."),
    // Before any answer.
    said(5200, 6000, "It is about dogs."),
    agent(7000, 9000, "Dogs are", { interrupted: true, unheard: "welcome." }),
    said(8600, 9500, "And cats?"),
    agent(10_000, 12_000, "Cats, too."),
    // The agent asks whether somebody is there.
    agent(18_000, 19_000, "Are you still there?"),
    said(20_000, 21_000, "Yes."),
    agent(22_000, 24_000, "Good."),
  ], { end: { reason: "caller_hung_up" }, durationMs: 24_500 }));
  assert.deepEqual(caller, [
    "I have a question.",
    { silence_ms: 1200 },
    { say_now: "It is about dogs." },
    { cut_in: { say: "And cats?", after_ms: 1600 } },
    { silence_ms: 10_500 },
    "Yes.",
  ]);
});

Deno.test("a caller hangs up where they did, or waits for the agent to", () => {
  const turns = [agent(500, 2500, "Good day."), said(3000, 4000, "Bye.")];
  const ending = (reason: string, durationMs: number) =>
    made(call(turns, { end: { reason }, durationMs })).caller.slice(1);
  assert.deepEqual(ending("caller_hung_up", 4100), [{ hang_up: true }]);
  assert.deepEqual(ending("caller_hung_up", 9000), [{ silence_ms: 5000 }, { hang_up: true }]);
  assert.deepEqual(ending("agent_hung_up", 6000), [{ silence_ms: 12_000 }]);
  const idle = made(call(turns, { end: { reason: "idle" }, durationMs: 6000 }));
  assert.deepEqual(idle.expect, [{ ended: "idle" }]);
  const stopped = made(call(turns, { end: { reason: "server_stopped" }, durationMs: 6000 }));
  assert.deepEqual(stopped.expect ?? [], []);
  assert.deepEqual(stopped.notes, ["no call comes to server_stopped by itself"]);
});

Deno.test("the model says and calls the same, in the order of then, and not what the server had it say", () => {
  const tool = (name: string, startedMs: number, output = "{}") => ({
    ...{ name, startedMs, arguments: { at: startedMs }, ok: true, output, durationMs: 900 },
  });
  const { model, tools, expect } = made(
    call([
      said(1000, 2000, "Book it."),
      agent(2500, 3000, "One moment."),
      agent(6000, 7000, "Shall I?", { isDictated: true }),
      said(8000, 8500, "Yes."),
      agent(11_000, 12_000, "It is booked."),
    ], {
      tools: [
        tool("find", 3500, '{"free":1}'),
        tool("find", 3600, '{"free":2}'),
        tool("book", 4000, '{"status":"confirmation_asked","note":"Not carried out yet."}'),
        { ...tool("book", 9000, '{"error":"Taken."}'), ok: false },
        tool("end_call", 12_500),
      ],
    }),
    'http_tools: [{ name: find, description: Finds., url: "https://example.com/find" }, ' +
      '{ name: book, description: Books., url: "https://example.com/book" }]',
  );
  assert.deepEqual(model, [
    { hears: "Book it.", says: "One moment.", calls: { find: { at: 3500 } }, once: true },
    { after_tool: "find", calls: { find: { at: 3600 }, book: { at: 4000 } }, once: true },
    { hears: "Yes.", calls: { book: { at: 9000 } }, once: true },
    { after_tool: "book", says: "It is booked.", calls: { end_call: { at: 12_500 } }, once: true },
  ]);
  assert.deepEqual(tools, [
    { tool: "find", answers: { free: 1 }, delay_ms: 900, once: true },
    { tool: "find", answers: { free: 2 }, delay_ms: 900 },
    { tool: "book", fails: "Taken.", delay_ms: 900 },
  ]);
  assert.deepEqual(expect, [
    { tool: { name: "find", times: 2 } },
    { tool: { name: "book", times: 2 } },
    { tool: { name: "end_call", times: 1 } },
  ]);
});

Deno.test("who was at the numbers of transfers is there again, and what cannot be done again is told", () => {
  const { numbers, notes, caller } = made(
    call([
      { ...said(1000, 1000, "•••"), by: "keypad" },
      { ...said(2000, 2100, "Say hello."), by: "operator" },
      agent(3000, 4000, "I connect you."),
    ], {
      transfers: [
        { alias: "sales", step: "ended", isConnected: true, target: 1, spokeMs: 20_000 },
        { alias: "desk", step: "failed", isConnected: false, why: "busy" },
        { alias: "gone", step: "failed", isConnected: false, why: "no_answer" },
      ],
    }),
    'transfers: { sales: { targets: ["+12025550150", "+12025550151", "+12025550152"] }, ' +
      'desk: { number: "+12025550153" } }',
  );
  assert.deepEqual(numbers, {
    "+12025550150": "no-answer",
    "+12025550151": { callee: { kind: "person" }, talkMs: 20_000 },
    "+12025550153": "busy",
  });
  assert.deepEqual(notes, [
    "the keys that were pressed are not kept",
    "an operator typed in the caller's place: that is left out",
    "the agent has no transfer gone any more",
    "how it ended is not known",
  ]);
  assert.deepEqual(caller, [{ silence_ms: 1000 }, { silence_ms: 10_000 }]);
});

Deno.test("a call in which nothing was said, or whose texts are masked, makes no scenario", () => {
  assert.throws(() => made(call([])), /nobody has said anything in it/);
  const masked = call([agent(0, 1, "Xxxxx".toLowerCase() + " xxx."), said(2, 3, "x'x 000, xx?")]);
  assert.throws(() => made(masked), /its texts are masked/);
});

function made(recorded: RecordedCall, frontMatter = "") {
  const file = readAgent("front", `---\ntitle: Front\n${frontMatter}\n---\nBe kind.`);
  assert.ok(file.ok, Deno.inspect(file));
  const { text, notes } = scenarioOfCall(recorded, file.agent);
  const read = readScenario("made", text, () => new Uint8Array());
  assert.ok(read.ok, Deno.inspect(read));
  return { ...parse(text), notes };
}

function call(turns: readonly RecordedTurn[], more: Partial<RecordedCall> = {}): RecordedCall {
  return { id: "call_1", turns, tools: [], transfers: [], ...more };
}

function agent(
  startedMs: number,
  endedMs: number,
  text: string,
  more: Partial<RecordedTurn> = {},
): RecordedTurn {
  return {
    ...{ id: `agent_${startedMs}`, role: "agent", text, startedMs, endedMs, interrupted: false },
    ...more,
  };
}

function said(startedMs: number, endedMs: number, text: string): RecordedTurn {
  const id = `caller_${startedMs}`;
  return { id, role: "caller", text, startedMs, endedMs, interrupted: false, by: "voice" };
}
