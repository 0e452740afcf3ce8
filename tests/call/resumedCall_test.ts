import assert from "node:assert/strict";
import type { TranscriptTurn } from "../../src/call/callEvent.ts";
import { decodeJournal, encodeJournal } from "../../src/call/journal.ts";
import type { ResumedCall, ResumedTool } from "../../src/call/resumedCall.ts";
import { replay } from "../../src/call/replay.ts";
import { Session } from "../../src/call/session.ts";
import { noUsage } from "../../src/services/store/calls/callRecord.ts";
import { describeReplay } from "../../src/cli/replay.ts";
import { CallDriver, type CallDriverOptions } from "../support/call/callDriver.ts";
import { RecordingLeg } from "../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../support/call/sessionDependencies.ts";

const greeting = "Good day, this is the desk.";

Deno.test("a resumed call begins with its history, and not with a greeting", () => {
  const call = resume({
    turns: [agent("a", 1, greeting), caller("b", 2, "I need shoes"), agent("c", 3, "Which size?")],
    tools: [tool("t", 2500, "three pairs")],
  });
  assert.deepEqual(call.all("openModel")[0]?.history.map(({ type }) => type), [
    "message",
    "message",
    "toolCall",
    "message",
  ]);
  assert.deepEqual(call.events("started"), []);
  assert.deepEqual(call.events("resumed"), [
    { type: "resumed", direction: "inbound", agent: "receptionist", afterMs: 60_000 },
  ]);
  call.join();
  call.ready();
  const [note, respond, ...rest] = call.takeRequests();
  assert.ok(note?.type === "message" && /there again/.test(note.text));
  assert.deepEqual(respond, {
    type: "respond",
    request: { purpose: "reply", tools: "none" },
  });
  assert.deepEqual(rest, []);
  assert.deepEqual(call.events("connected"), [
    { type: "connected", format: "pcmu", again: true },
  ]);
});

Deno.test("a model that is lost before the agent is heard again leaves the next one knowing what to say", () => {
  const call = resume({ turns: [agent("a", 1, greeting), caller("b", 2, "What time is it?")] })
    .live();
  const asked = call.all("model").map(({ request }) => request);
  const lose = () => call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  lose();
  call.take();
  call.advance(1);
  call.ready();
  assert.deepEqual(call.takeRequests(), asked);
  call.speak("c", 1000, "Noon.");
  lose();
  call.advance(2000);
  call.ready();
  assert.deepEqual(call.takeRequests().filter(({ type }) => type === "message"), []);
});

Deno.test("an agent that noise has stopped before its first word goes on, and still knows that it may not greet", () => {
  const call = resume({
    turns: [agent("a", 1, greeting), caller("b", 2, "What time is it?")],
    fillerAfterMs: 1500,
  }).live();
  const [isBack] = call.all("model").map(({ request }) => request);
  const lose = () => {
    call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
    call.take();
  };
  call.advance(2500);
  call.sound(call.begin("filler", { aside: true }), "filler", 6000);
  call.advance(500);
  lose();
  call.input({ type: "callerLevel", speaking: true });
  call.advance(1500);
  call.input({ type: "callerLevel", speaking: false });
  call.ready();
  call.finish(call.begin("reply"), "cancelled", { callerSpoke: true });
  call.take();
  call.advance(4500);
  const [goOn] = call.takeRequests();
  assert.ok(goOn?.type === "message" && /broke off/.test(goOn.text));
  for (const _ of [1, 2]) {
    lose();
    call.advance(1000);
    call.ready();
    assert.deepEqual(call.takeRequests().filter(({ type }) => type === "message"), [isBack, goOn]);
  }
});

Deno.test("a caller who was waiting for an answer gets it", () => {
  const waiting: readonly Partial<ResumedCall>[] = [
    { turns: [agent("a", 1, greeting), caller("b", 2, "What time is it?")] },
    { turns: [agent("a", 1, greeting)], tools: [tool("t", 5000, "noon")] },
    { turns: [agent("a", 1, greeting)], tools: [tool("t", 5000)] },
    {
      turns: [
        agent("a", 1, greeting),
        caller("b", 2, "Is it there?"),
        agent("c", 4, "I am looking."),
      ],
      tools: [tool("t", 3000)],
    },
    {
      turns: [
        agent("a", 1, greeting),
        caller("b", 2, "What time is it?"),
        { ...agent("kept_bridge_1", 3, "One moment, please."), aside: true },
      ],
    },
  ];
  for (const resumed of waiting) {
    const call = resume(resumed).live();
    const asked = call.all("model").map(({ request }) => request);
    assert.ok(asked[0]?.type === "message" && /waiting for an answer/.test(asked[0].text));
    assert.deepEqual(asked[1], { type: "respond", request: { purpose: "reply" } });
    const history = JSON.stringify(call.all("openModel")[0]?.history);
    assert.ok(!history.includes("One moment"), "what bridges a wait is beside the conversation");
  }
});

Deno.test("a filler is no answer: the question before it is still open", () => {
  const bridges: readonly ((call: CallDriver) => readonly ResumedTool[])[] = [
    () => [],
    (call) => {
      const [{ callId } = { callId: "" }] = call.call("look");
      return [{ ...tool(callId, call.now, "noon") }];
    },
  ];
  const kept = { bridge: { text: "One moment.", ms: 900 } };
  for (const [how, begin] of bridges.entries()) {
    for (const isKept of [false, true]) {
      const before = new CallDriver({ fillerAfterMs: 1500, kept: isKept ? kept : {} }).live();
      before.callerSays("What time is it?");
      const tools = begin(before);
      if (isKept) before.input({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
      before.advance(2500);
      if (!isKept) before.say(before.begin("filler", { aside: true }), "f", 900, "One moment.");
      before.advance(1000);
      const turns = before.transcript;
      assert.deepEqual(before.script, ["caller: What time is it?", "agent: One moment."]);
      const call = resume({ turns, tools }).live();
      const [note, answer] = call.all("model").map(({ request }) => request);
      assert.ok(note?.type === "message" && /waiting for an answer/.test(note.text), `${how}`);
      assert.deepEqual(answer, { type: "respond", request: { purpose: "reply" } });
      const history = JSON.stringify(call.all("openModel")[0]?.history);
      assert.ok(!history.includes("One moment"), history);
    }
  }
});

Deno.test("a sound without words needs no answer; words that did not become known are asked for", () => {
  const question = (call: CallDriver) => call.callerSays("What time is it?");
  const itemId = "user_1";
  const cases: readonly [RegExp, (call: CallDriver) => void][] = [
    [/there again/, (call) => call.callerSays("")],
    [/there again/, (call) => call.callerSays(" ")],
    [/waiting for an answer/, (call) => [question(call), call.callerSays("")]],
    [/say it again/, (call) => {
      call.callerStarts();
      call.callerStops();
      call.input({ type: "callerTextFailed", itemId });
    }],
    [/say it again/, (call) => {
      call.callerStarts();
      call.callerStops();
      call.input({ type: "handoverAsked", withinMs: 5000 });
      call.advance(6000);
      assert.equal(call.events("handedOver").length, 1);
    }],
  ];
  for (const [expected, happens] of cases) {
    const before = new CallDriver().live();
    before.speak("hello", 1000, greeting);
    before.advance(1500);
    happens(before);
    const call = resume({ turns: before.transcript }).live();
    const [note] = call.all("model").map(({ request }) => request);
    assert.ok(note?.type === "message");
    assert.match(note.text, expected, before.script.join(", "));
  }
});

Deno.test("a tool of which nothing has come is never run again, and its result is called unknown", () => {
  const call = resume({ turns: [caller("b", 2, "Book it")], tools: [tool("t", 5000)] }).live();
  const [item] = call.all("openModel")[0]?.history.slice(-1) ?? [];
  assert.ok(item?.type === "toolCall" && /not known whether it was carried out/.test(item.output));
  assert.deepEqual(call.all("runTool"), []);
});

Deno.test("an agent that was broken off goes on from there", () => {
  const broken = { ...agent("c", 3, "Your order has"), final: false };
  const call = resume({ turns: [agent("a", 1, greeting), caller("b", 2, "Where is it?"), broken] })
    .live();
  assert.deepEqual(call.script.slice(-1), ["agent: Your order has /"]);
  const history = call.all("openModel")[0]?.history.at(-1);
  assert.deepEqual(history, { type: "message", role: "agent", text: "Your order has …" });
  const [note] = call.all("model").map(({ request }) => request);
  assert.ok(note?.type === "message" && /go on from there/.test(note.text));
});

Deno.test("a greeting that has to be heard whole is finished, and not interrupted", () => {
  const broken = { ...agent("a", 1, "Good day, this"), final: false };
  const call = resume({ turns: [broken], greetingProtected: true }).live();
  const requests = call.all("model").map(({ request }) => request);
  assert.ok(requests[0]?.type === "respond" && requests[0].request.purpose === "greeting");
  assert.match(requests[0].request.instructions ?? "", /broken off[^]*Good day, this is the desk/);
});

Deno.test("what was prepared before a leg had joined was not heard: the call begins with its greeting", () => {
  const prepared = { ...agent("a", 1, greeting), final: false };
  const { connectedMs: _, ...ringing } = resumedCall({ turns: [prepared] });
  const call = new CallDriver({ greeting, resumed: ringing }).live();
  assert.deepEqual(call.script, ["agent:  /"]);
  const [request] = call.all("model").map(({ request }) => request);
  assert.ok(request?.type === "respond" && request.request.purpose === "greeting");
  assert.equal(call.events("connected")[0]?.again, undefined);
});

Deno.test("turns of a resumed call stand behind those before, and their times go on", () => {
  const call = resume({ turns: [agent("a", 1, greeting), caller("local_3", 2.5, "Hi", "text")] })
    .live();
  call.advance(1000);
  call.callerSays("And now?");
  call.input({ type: "typed", text: "Hello?" });
  assert.deepEqual(
    call.transcript.slice(-2).map(({ id, text, position }) => [id, text, position]),
    [
      ["user_1", "And now?", 4],
      ["local_4", "Hello?", 5],
    ],
  );
  const spoken = call.transcript.find(({ id }) => id === "user_1");
  assert.equal(spoken?.startedMs, 61_000);
});

Deno.test("the time limit counts from when the caller was connected first", () => {
  const call = resume({ turns: [agent("a", 1, greeting)], maxMs: 100_000, timeWarningMs: 20_000 })
    .live();
  const warned = () => call.events("notice").some(({ code }) => code === "time_warning");
  call.speak("d", 1000, "I am back.");
  call.advance(22_000);
  assert.equal(warned(), false);
  call.advance(4000);
  assert.equal(warned(), true);
  call.advance(60_000);
  assert.deepEqual(call.end, { reason: "time_limit" });
  const [ended] = call.events("ended");
  assert.ok((ended?.durationMs ?? 0) > 100_000 && (ended?.durationMs ?? 0) < 150_000);
});

Deno.test("a limit of which the session before has warned is not announced a second time", () => {
  const call = resume({ turns: [agent("a", 1, greeting)], maxMs: 60_000, timeWarningMs: 20_000 })
    .live();
  call.advance(4000);
  assert.deepEqual(call.events("notice"), []);
  call.advance(30_000);
  assert.deepEqual(call.end, { reason: "time_limit" });
});

for (
  const [reason, detail, revocable] of [
    ["agent_hung_up", undefined, true],
    ["operator_hung_up", undefined, false],
    ["transferred", "sales", false],
  ] as const
) {
  Deno.test(`a call that was to end (${reason}) ends after a sentence when it is resumed`, () => {
    const plannedEnd = { reason, ...(detail !== undefined && { detail }) };
    const call = resume({
      turns: [caller("a", 1, "Bye"), agent("b", 2, "Good")],
      tools: [tool("t", 2500, "ending")],
      plannedEnd,
      transfers: { sales: {} },
    }).connect();
    assert.deepEqual(call.takeAsked(), ["goodbye"], "and nothing else");
    assert.deepEqual(call.events("closing"), [{ type: "closing", end: plannedEnd }]);
    call.callerSays("No, wait!");
    assert.deepEqual(call.events("closing").length, revocable ? 2 : 1);
    if (revocable) return assert.equal(call.machine.phase, "live");
    call.advance(20_000);
    assert.deepEqual(call.gone, plannedEnd);
  });
}

Deno.test("a resumed call that was to end does so though its model is away", () => {
  const plannedEnd = { reason: "transferred", detail: "sales" } as const;
  const call = resume({
    turns: [caller("a", 1, "Sales, please"), agent("b", 2, "I connect you")],
    plannedEnd,
    transfers: { sales: {} },
  });
  call.join();
  call.advance(10_000);
  assert.deepEqual(call.gone, plannedEnd);
});

Deno.test("a resumed call that was to end does not end as failed when no model can be had", () => {
  const plannedEnd = { reason: "agent_hung_up" } as const;
  const call = resume({ turns: [caller("a", 1, "Bye")], plannedEnd });
  call.join();
  call.input({ type: "modelLost", loss: { code: "quota", retry: "no" } });
  call.advance(10_000);
  assert.deepEqual(call.end, plannedEnd);
});

Deno.test("a call that was to end because no model could be had goes on when it is resumed", () => {
  const before = new CallDriver({
    greeting,
    direction: "web",
    reports: "positions",
    kept: { apology: { text: "We are sorry. Goodbye.", ms: 4000 } },
  }).live();
  before.speak("hello", 1000, greeting);
  before.advance(1500);
  before.callerSays("What time is it?");
  before.input({ type: "modelLost", loss: { code: "quota", retry: "no" } });
  before.advance(1000);
  const plannedEnd = before.events("closing").at(-1)?.end;
  assert.deepEqual(plannedEnd, { reason: "model_failed", detail: "quota" });
  const call = resume({ turns: before.transcript, plannedEnd, direction: "web" }).live();
  const [note, request] = call.all("model").map(({ request }) => request);
  assert.ok(note?.type === "message" && /waiting for an answer/.test(note.text));
  assert.deepEqual(request, { type: "respond", request: { purpose: "reply" } });
  assert.equal(call.machine.phase, "live");
});

Deno.test("a bridge is on record though tones, which are no lines, have come before that of the earlier session", () => {
  const text = "One moment, please.";
  const bridge = { ...agent("kept_bridge_3", 2, text), aside: true as const };
  const call = resume({
    turns: [caller("a", 1, "What time is it?"), bridge],
    kept: { bridge: { text, ms: 900 } },
  });
  call.join();
  call.advance(4000);
  assert.deepEqual(call.script, [`agent: ${text}`]);
});

Deno.test("the journal of a resumed call holds both sessions, and replays", () => {
  const deps = new RecordingDependencies();
  const first = new Session(sessionOptions({ greeting }), deps);
  first.begin();
  const options = sessionOptions({ greeting });
  const resumed = resumedCall({ turns: [agent("a", 1, "A secret word")] });
  const second = new Session({ ...options, resumed }, deps);
  second.begin();
  second.join(new RecordingLeg());
  deps.pass(500);
  deps.model.says({ type: "modelReady" });
  const lines = deps.entries.map((entry) => encodeJournal(entry, { redacts: true }));
  assert.equal(lines.some((line) => line.includes("secret")), false);
  const entries = decodeJournal(lines.join("\n"));
  const events = [...replay(entries)].flatMap(({ commands }) =>
    commands.flatMap((command) => command.type === "publish" ? [command.event] : [])
  );
  assert.deepEqual(events.map(({ type }) => type), deps.events.map(({ type }) => type));
  const described = [...describeReplay(entries)];
  assert.ok(described.some((line) => /^ {3}60\.000 {2}resume \{/.test(line)), described.join("\n"));
});

/** A call that has lasted a minute, 55 s of it with its caller. */
function resumedCall(changes: Partial<ResumedCall>): ResumedCall {
  return {
    elapsedMs: 60_000,
    connectedMs: 55_000,
    turns: [],
    tools: [],
    usage: noUsage,
    ...changes,
  };
}

function resume(
  { turns = [], tools = [], plannedEnd, ...policy }: Partial<ResumedCall> & CallDriverOptions,
): CallDriver {
  const resumed = resumedCall({ turns, tools, ...(plannedEnd !== undefined && { plannedEnd }) });
  return new CallDriver({ greeting, ...policy, resumed });
}

function agent(id: string, position: number, text: string): TranscriptTurn {
  return turn(id, position, text, "agent", "voice");
}

function caller(
  id: string,
  position: number,
  text: string,
  by: TranscriptTurn["by"] = "voice",
): TranscriptTurn {
  return turn(id, position, text, "caller", by);
}

function turn(
  id: string,
  position: number,
  text: string,
  role: TranscriptTurn["role"],
  by: TranscriptTurn["by"],
): TranscriptTurn {
  const startedMs = position * 1000;
  return {
    id,
    role,
    position,
    text,
    final: true,
    interrupted: false,
    by,
    startedMs,
    endedMs: startedMs + 500,
  };
}

function tool(callId: string, startedMs: number, output?: string) {
  return {
    callId,
    name: "look",
    arguments: "{}",
    startedMs,
    ...(output !== undefined && { output }),
  };
}
