import assert from "node:assert/strict";
import type { Handoff } from "../../../src/call/handoff.ts";
import type { CallPolicy } from "../../../src/call/types.ts";
import { CallDriver } from "../../support/call/callDriver.ts";
import { policy } from "../../support/twilio/policy.ts";

const LATER = { idleMs: 1e9, maxMs: 1e9 };

Deno.test("the next agent gets the same connection, is told why, and speaks first with one response", () => {
  const call = live();
  const tools = call.call("handoff");
  call.take();
  returns(call, billing({ why: "a wrong invoice", facts: "Number 4711." }));
  const commands = call.take();
  assert.deepEqual(
    commands.map((one) => one.type === "publish" ? one.event.type : one.type),
    ["toolEnded", "model", "useAgent", "handoff", "model", "model"],
  );
  const requests = commands.flatMap((one) => one.type === "model" ? [one.request] : []);
  const [output, note, reply] = requests;
  assert.deepEqual(output?.type === "toolOutput" && output.callId, tools[0]?.callId);
  assert.ok(note?.type === "message" && note.role === "system");
  for (const told of ["Receptionist", "Billing", "a wrong invoice", "Number 4711."]) {
    assert.ok(note.text.includes(told), told);
  }
  assert.deepEqual(reply, { type: "respond", request: { purpose: "reply" } });
  assert.deepEqual(call.events("handoff"), [{
    type: "handoff",
    from: "receptionist",
    to: "billing",
    title: "Billing",
    reason: "a wrong invoice",
    facts: "Number 4711.",
  }]);
  assert.equal(call.all("openModel").length, 1);
  assert.equal(call.all("prepareModel").length, 0);
});

Deno.test("a sentence is said first, by the agent that has the call; whoever speaks is on record", () => {
  const call = live();
  call.speak("before", 1000, "How can I help?");
  call.advance(1500);
  call.callerSays("An invoice is wrong.");
  call.call("handoff");
  call.take();
  returns(call, billing({ say: "I will put you through." }));
  assert.deepEqual(call.takeAsked(), ["handoff"]);
  const saying = call.begin("handoff");
  call.say(saying, "sentence", 2000, "I will put you through.");
  assert.deepEqual(call.all("useAgent"), []);
  call.finish(saying);
  assert.deepEqual(call.takeAsked(), ["reply"], "while the sentence is being heard");
  call.say(call.begin("reply"), "after", 2000, "Billing here.");
  call.finish("resp_4");
  call.advance(5000);
  assert.deepEqual(
    call.transcript.filter(({ role }) => role === "agent").map(({ agent, text }) => [agent, text]),
    [
      [undefined, "How can I help?"],
      [undefined, "I will put you through."],
      ["billing", "Billing here."],
    ],
  );
});

Deno.test("a caller who interrupts the sentence is answered by the next agent, once", () => {
  const call = live();
  call.call("handoff");
  returns(call, billing({ say: "I will put you through to billing." }));
  const saying = call.begin("handoff");
  call.words(saying, "sentence", "I will put you");
  call.sound(saying, "sentence", 1000);
  call.advance(600);
  call.callerStarts();
  call.finish(saying, "cancelled", { callerSpoke: true });
  assert.equal(call.events("handoff").length, 1);
  call.advance(800);
  call.take();
  call.callerStops();
  call.speak("answer", 1000, "Yes?");
  call.advance(3000);
  assert.deepEqual(call.takeAsked(), []);
  assert.equal(call.transcript.at(-1)?.agent, "billing");
});

Deno.test("an agent of another voice takes over when its connection is ready and the sentence was heard", () => {
  const call = live();
  call.callerSays("An invoice is wrong.");
  call.call("handoff");
  returns(call, billing({ say: "One moment.", connection: "other", why: "an invoice" }));
  assert.deepEqual(call.all("prepareModel"), [{ type: "prepareModel", agent: "billing" }]);
  call.take();
  call.say(call.begin("handoff"), "sentence", 2000, "One moment.");
  call.finish("resp_2");
  call.input({ type: "standbyReady" });
  call.advance(1500);
  assert.deepEqual(call.all("takeOver"), [], "the sentence goes on");
  call.advance(600);
  const [takeOver] = call.all("takeOver");
  const told = takeOver?.history.map((item) => item.type === "message" ? item.text : item.name);
  assert.deepEqual(told?.slice(0, 3), ["An invoice is wrong.", "handoff", "One moment."]);
  assert.ok(told?.[3]?.includes("an invoice") && told[3].includes("Receptionist"));
  assert.equal(told?.length, 4);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  assert.deepEqual(order(call, "useAgent", "takeOver"), ["useAgent", "takeOver"]);
  assert.equal(call.machine.phase, "live");
  assert.deepEqual(call.events("modelLost"), []);
});

Deno.test("without a sentence the agent's own bridges the change to another connection", () => {
  const silent = live();
  silent.call("handoff");
  returns(silent, billing({ connection: "other" }));
  assert.deepEqual(silent.takeAsked(), ["handoff"]);
  const told = live();
  told.say(told.begin(), "told", 1000, "I will put you through.");
  told.finish("resp_1", "completed", {
    tools: [{ callId: "call_handoff", name: "handoff", arguments: "{}" }],
  });
  returns(told, billing({ connection: "other" }));
  assert.deepEqual(told.takeAsked(), [], "it has told the caller already");
});

Deno.test("where the next connection cannot be had, or is slow, the present one makes way for it", () => {
  for (
    const input of [
      { type: "standbyLost", loss: { code: "server_error", retry: "backoff" } },
      undefined,
    ] as const
  ) {
    const call = live();
    call.call("handoff");
    returns(call, billing({ say: "One moment.", connection: "other" }));
    call.speak("sentence", 1000, "One moment.");
    if (input !== undefined) call.input(input);
    call.advance(1100);
    const opens = () => [...call.all("openModel").slice(1), ...call.all("takeOver")].length;
    if (input === undefined) {
      assert.equal(opens(), 0);
      call.advance(5000);
    }
    assert.equal(opens(), 1);
    assert.equal(call.events("handoff").length, 1);
    call.take();
    call.ready();
    assert.deepEqual(call.takeAsked(), ["reply"]);
  }
});

Deno.test("a connection that is lost meanwhile is opened for the next agent", () => {
  for (const connection of ["same", "other"] as const) {
    const call = live();
    call.call("handoff");
    returns(call, billing({ say: "I will put you through.", connection }));
    const saying = call.begin("handoff");
    call.words(saying, "sentence", "I will");
    call.sound(saying, "sentence", 500);
    call.take();
    call.input({ type: "modelLost", loss: { code: "network", retry: "now" } });
    call.advance(1000);
    const taken = order(call, "useAgent", "openModel", "takeOver");
    assert.deepEqual(taken, [
      "openModel",
      "useAgent",
      connection === "same" ? "openModel" : "takeOver",
    ]);
    const [next] = [...call.all("openModel").slice(1), ...call.all("takeOver")];
    const last = next?.history.at(-1);
    assert.ok(last?.type === "message" && last.role === "system", "the note is in its history");
    call.take();
    call.ready();
    assert.deepEqual(call.takeAsked(), ["reply"], "and the sentence is not said again");
  }
});

Deno.test("a tool that returns while the model is away hands over to the next connection", () => {
  for (const connection of ["same", "other"] as const) {
    const call = live();
    call.call("handoff");
    call.input({ type: "modelLost", loss: { code: "network", retry: "backoff" } });
    returns(call, billing({ say: "I will put you through.", connection }));
    assert.equal(call.events("handoff").length, 1);
    call.advance(10_000);
    assert.deepEqual(order(call, "useAgent", "openModel"), ["openModel", "useAgent", "openModel"]);
    call.take();
    call.ready();
    assert.deepEqual(call.takeAsked(), ["reply"]);
  }
});

Deno.test("of two handoffs in one response the first counts, and the model is told of the other", () => {
  const call = live();
  call.call("handoff", "second");
  call.take();
  returns(call, billing());
  assert.deepEqual(call.events("handoff"), [], "the other tool is still running");
  call.toolReturns("second", "{}", { effect: { ...billing(), agent: "sales" } });
  assert.deepEqual(call.events("handoff").map(({ to }) => to), ["billing"]);
  const [, second] = call.events("toolEnded");
  assert.deepEqual([second?.ok, code(second?.output)], [false, "handoff_under_way"]);
});

Deno.test("the eleventh handoff of a call is refused, and the agent goes on", () => {
  const call = live();
  for (let i = 0; i < 10; i++) {
    handOver(call, i, i % 2 === 0 ? "billing" : "receptionist");
    call.callerSays("hm");
    call.speak(`line_${i}`, 500, "Hello.");
    call.advance(1000);
  }
  assert.equal(call.events("handoff").length, 10);
  call.take();
  handOver(call, 10, "billing");
  assert.equal(call.events("handoff").length, 10);
  const refused = call.events("toolEnded").at(-1);
  assert.deepEqual([refused?.ok, code(refused?.output)], [false, "too_many_handoffs"]);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
  assert.deepEqual(call.transcript.at(-1)?.agent, undefined, "the first agent has it again");
});

Deno.test("a call that was resumed goes on counting, with the agent that had it last", () => {
  const call = new CallDriver({
    ...LATER,
    agent: "billing",
    resumed: {
      elapsedMs: 60_000,
      connectedMs: 50_000,
      turns: [
        {
          ...TURN,
          id: "a",
          role: "caller",
          position: 1,
          text: "An invoice is wrong.",
          startedMs: 0,
        },
        {
          ...TURN,
          id: "b",
          role: "agent",
          position: 2,
          text: "Billing here.",
          startedMs: 20_000,
          agent: "billing",
        },
      ],
      tools: [],
      usage: NO_USAGE,
      handoffs: {
        first: "receptionist",
        count: 10,
        latest: { from: "receptionist", atMs: 10_000, why: "an invoice" },
      },
    },
  });
  const [opened] = call.all("openModel");
  const told = opened?.history.map((item) => item.type === "message" ? item.text : item.name);
  assert.equal(told?.length, 3);
  assert.ok(told?.[1]?.includes("receptionist") && told[1].includes("an invoice"));
  call.connect();
  call.speak("item", 500, "I am back.");
  assert.equal(call.transcript.at(-1)?.agent, "billing");
  handOver(call, 1, "receptionist");
  assert.equal(code(call.events("toolEnded").at(-1)?.output), "too_many_handoffs");
});

Deno.test("an agent that was told a summary alone knows after a crash what its tools have brought", () => {
  const tool = (callId: string, startedMs: number, output: string) => ({
    ...{ callId, name: "find_invoice", arguments: "{}", startedMs, output },
  });
  const call = new CallDriver({
    ...LATER,
    agent: "billing",
    resumed: {
      elapsedMs: 60_000,
      connectedMs: 50_000,
      turns: [
        {
          ...TURN,
          ...{ id: "a", role: "caller", position: 1, startedMs: 0 },
          text: "An invoice is wrong.",
        },
      ],
      tools: [
        tool("before", 8000, "told to another"),
        tool("after", 11_000, "47 euros"),
        tool("later", 12_000, "paid"),
      ],
      usage: NO_USAGE,
      handoffs: {
        ...{ first: "receptionist", count: 1, historyFrom: 3 },
        latest: { from: "receptionist", atMs: 10_000, summary: "An invoice is wrong." },
      },
    },
  });
  const [opened] = call.all("openModel");
  assert.deepEqual(
    opened?.history.map((item) => item.type === "toolCall" ? item.output : item.type),
    ["message", "47 euros", "paid"],
  );
});

Deno.test("what a call is allowed to do is what its present agent is allowed", () => {
  const call = live({ transfers: { owner: { sentence: "To the owner." } }, digitTimeoutMs: 9000 });
  call.call("handoff");
  returns(
    call,
    billing({
      policy: policy({
        ...LATER,
        agent: "billing",
        transfers: { accounts: {} },
        digitTimeoutMs: 500,
        digitsSensitive: true,
      }),
    }),
  );
  call.speak("item", 500, "Billing here.");
  call.press("12");
  call.advance(1000);
  assert.deepEqual(call.events("digits"), [{ type: "digits", digits: "12", sensitive: true }]);
  call.input({ type: "transferAsked", alias: "owner" });
  assert.deepEqual(call.events("transfer"), []);
  call.input({ type: "transferAsked", alias: "accounts" });
  assert.deepEqual(call.events("transfer").map(({ alias, step }) => [alias, step]), [
    ["accounts", "requested"],
  ]);
});

Deno.test("a call that is being transferred is not handed to another agent", () => {
  const call = live({ transfers: { owner: {} } });
  call.callerSays("The owner, please.");
  call.call("handoff", "transfer");
  returns(call, billing());
  call.toolReturns("transfer", "{}", { effect: { type: "transfer", alias: "owner" } });
  call.finish(call.begin("goodbye"));
  call.advance(20_000);
  assert.deepEqual(call.events("handoff"), []);
  assert.deepEqual(call.gone, { reason: "transferred", detail: "owner" });
});

Deno.test("a call whose caller waits for a person is not handed to another agent", () => {
  const call = live({ transfers: { owner: { mode: "warm" } } });
  call.input({ type: "transferAsked", alias: "owner" });
  call.finish(call.begin("goodbye"));
  call.advance(100);
  call.callerSays("I would rather have the billing desk.");
  call.call("handoff");
  returns(call, billing());
  const ended = call.events("toolEnded").at(-1);
  assert.equal(ended?.ok, false);
  assert.match(ended?.output ?? "", /"code":"transfer_under_way"/);
  call.advance(20_000);
  assert.deepEqual(call.events("handoff"), []);
});

Deno.test("a caller who hangs up during the sentence ends the call, and nothing follows", () => {
  const call = live();
  call.call("handoff");
  returns(call, billing({ say: "One moment.", connection: "other" }));
  call.begin("handoff");
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(call.events("handoff"), []);
  assert.equal(call.machine.wakeAt, undefined);
});

Deno.test("agents that pass a silent caller to and fro have to speak in the end", () => {
  const call = live();
  for (let i = 0; i < 8; i++) {
    handOver(call, i, i % 2 === 0 ? "billing" : "receptionist");
    call.advance(1100);
  }
  const replies = call.takeRequests().flatMap((one) => one.type === "respond" ? [one.request] : []);
  assert.deepEqual(replies.at(-1), { purpose: "reply", tools: "none" });
  assert.deepEqual(replies.at(-2), { purpose: "reply" });
});

Deno.test("of an agent that is to know the last lines alone, the next connection is told no more", () => {
  const call = live();
  for (let i = 1; i <= 3; i++) {
    call.callerSays(`question ${i}`);
    call.speak(`answer_${i}`, 500, `answer ${i}`);
    call.advance(1000);
  }
  call.call("handoff");
  returns(call, billing({ connection: "other", lastLines: 2, say: "One moment." }));
  call.speak("sentence", 500, "One moment.");
  call.input({ type: "standbyReady" });
  call.advance(1000);
  const told = call.all("takeOver")[0]?.history.map((one) =>
    one.type === "message" ? one.text : one.name
  );
  assert.deepEqual(told?.slice(0, -1), ["answer 3", "handoff", "One moment."]);
});

const TURN = { final: true, interrupted: false, by: "voice" } as const;
const NO_USAGE = {
  inputText: 0,
  inputAudio: 0,
  cachedText: 0,
  cachedAudio: 0,
  outputText: 0,
  outputAudio: 0,
  responses: 0,
  transcriptionInput: 0,
  transcriptionOutput: 0,
  transcriptionSeconds: 0,
};

function live(changes: Partial<CallPolicy> = {}): CallDriver {
  return new CallDriver({ ...LATER, ...changes }).live();
}

function billing(changes: Partial<Handoff> = {}): Handoff {
  return {
    type: "handoff",
    agent: "billing",
    title: "Billing",
    fromTitle: "Receptionist",
    connection: "same",
    policy: policy({ ...LATER, agent: changes.agent ?? "billing" }),
    ...changes,
  };
}

function returns(call: CallDriver, effect: Handoff): void {
  call.toolReturns("handoff", '{"status":"handing_over"}', { effect });
}

/** The running agent calls the tool; `count` tells the calls apart. */
function handOver(call: CallDriver, count: number, agent: string): void {
  call.call(`handoff_${count}`);
  call.toolReturns(`handoff_${count}`, "{}", { effect: billing({ agent }) });
}

function order(call: CallDriver, ...types: readonly string[]): readonly string[] {
  return call.commands.map(({ type }) => type).filter((type) => types.includes(type));
}

function code(output: string | undefined): unknown {
  return JSON.parse(output ?? "{}").code;
}
