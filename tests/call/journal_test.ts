import assert from "node:assert/strict";
import { decodeJournal, encodeJournal, type JournalEntry } from "../../src/call/journal.ts";
import { replay } from "../../src/call/replay.ts";
import { Session } from "../../src/call/session.ts";
import type { KeptSpeech } from "../../src/call/keptSpeech.ts";
import type { CallCommand } from "../../src/call/callCommand.ts";
import { describeReplay } from "../../src/cli/replay.ts";
import { silenceOf } from "../../src/utils/audio/audioFormat.ts";
import { RecordingLeg } from "../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../support/call/sessionDependencies.ts";
import { settled } from "../support/until.ts";

Deno.test("replay() of a recorded call gives the commands that the call was given", async () => {
  const { deps, leg } = await recordCall();
  const entries = decodeJournal(deps.entries.map((entry) => encodeJournal(entry)).join("\n"));
  assert.deepEqual(entries.length, deps.entries.length);
  const commands = [...replay(entries)].flatMap((step) => step.commands);
  assert.deepEqual(of(commands, "publish").map(({ event }) => event), deps.events);
  assert.deepEqual(
    of(commands, "play").map(({ piece }) => ({ ...piece, audio: "" })),
    leg.played.map((piece) => ({ ...piece, audio: "" })),
  );
  assert.deepEqual(of(commands, "mark").map(({ name }) => name), leg.marks);
  assert.equal(of(commands, "clear").length, leg.clears);
  assert.deepEqual(
    of(commands, "model").map((command) => command.request),
    deps.models.flatMap(({ requests }) => requests),
  );
  assert.deepEqual(of(commands, "endCall"), [
    { type: "endCall", end: { reason: "caller_hung_up" } },
  ]);
  assert.ok(commands.length > 40, `a call worth replaying: ${commands.length}`);
});

Deno.test("a call whose greeting was kept replays alike, though the journal holds no audio", async () => {
  const deps = new RecordingDependencies();
  const text = "Hello there.";
  const kept: KeptSpeech = {
    get: (name) => name === "greeting" ? { text, audio: silenceOf(3000, "pcmu") } : undefined,
    listen: (sink) => sink,
  };
  const session = new Session({ ...sessionOptions({ greeting: text }), kept }, deps);
  session.begin();
  const leg = new RecordingLeg();
  session.join(leg);
  deps.pass(1200);
  session.input({ type: "interruptAsked" });
  session.input({ type: "left", end: { reason: "caller_hung_up" } });
  await session.ended;
  assert.ok(leg.played.length > 5);
  const journal = deps.entries.map((entry) => encodeJournal(entry)).join("\n");
  assert.equal(journal.includes(silenceOf(3, "pcmu")), false);
  const commands = [...replay(decodeJournal(journal))].flatMap((step) => step.commands);
  assert.deepEqual(of(commands, "publish").map(({ event }) => event), deps.events);
  assert.deepEqual(
    of(commands, "play").map(({ piece }) => piece.durationMs),
    leg.played.map(({ durationMs }) => durationMs),
  );
});

Deno.test("encodeJournal() keeps the lengths of what it redacts, and the call replays alike", async () => {
  const { deps } = await recordCall();
  const text = deps.entries.map((entry) => encodeJournal(entry, { redacts: true })).join("\n");
  for (const secret of ["Hello", "weather", "Lisbon", "sunny", '"digit":"7"']) {
    assert.ok(!text.includes(secret), `${secret} is in the journal`);
  }
  const shapes = (entries: readonly JournalEntry[]) =>
    [...replay(entries)].flatMap(({ commands }) => commands.map(({ type }) => type));
  assert.deepEqual(shapes(decodeJournal(text)), shapes(deps.entries));
  const turns = [...replay(decodeJournal(text))].flatMap(({ commands }) =>
    of(commands, "publish").flatMap(({ event }) => event.type === "turn" ? [event.turn.text] : [])
  );
  const original = deps.events.flatMap((event) => event.type === "turn" ? [event.turn.text] : []);
  assert.deepEqual(turns.map((turn) => turn.length), original.map((turn) => turn.length));
});

Deno.test("what an agent passes on to another one is private", () => {
  const effect = {
    ...{ type: "handoff", agent: "billing", why: "an invoice", facts: "number 4711" },
    ...{ summary: "wants a copy of 4711", promises: [{ text: "it costs forty dollars" }] },
  };
  const input = { type: "toolReturned", callId: "call_1", output: "", ok: true, effect };
  const line = encodeJournal({ at: 1, input } as unknown as JournalEntry, { redacts: true });
  assert.match(line, /billing/);
  assert.doesNotMatch(line, /invoice|4711|copy|forty/);
});

Deno.test("decodeJournal() names the line that it cannot read", () => {
  const policy = JSON.stringify({ version: 1, at: 0, policy: {} });
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["", /does not begin with the call's policy/],
    ['{"at":1,"input":{"type":"tick"}}', /does not begin with the call's policy/],
    [`${policy}\n{"at":1`, /line 2 is not JSON/],
    [`${policy}\n\n{"at":1,"input":{}}`, /line 3 is no entry/],
    [`${policy}\n[]`, /line 2 is no entry/],
    [`${policy}\n{"input":{"type":"tick"}}`, /line 2 is no entry/],
    ['{"version":99,"at":0,"policy":{}}', /line 1 is no entry/],
  ];
  for (const [text, message] of wrong) assert.throws(() => decodeJournal(text), message, text);
});

Deno.test("describeReplay() lists each input with its time and the commands that followed", async () => {
  const { deps } = await recordCall();
  const lines = [...describeReplay(deps.entries)];
  assert.ok(lines[0]?.startsWith("    0.000  begin"));
  assert.ok(lines.some((line) => /^ +\d+\.\d{3} {2}speechStarted/.test(line)));
  assert.ok(lines.some((line) => /^ +-> clear$/.test(line)));
  assert.ok(lines.some((line) => /^ +-> model truncate \{"itemId":"item"/.test(line)));
  assert.ok(lines.some((line) => /^ +\d+\.\d{3} {2}speech item 4000 ms$/.test(line)));
});

/** A call with a greeting, an interruption, keys, a tool, a lost connection and an end. */
async function recordCall() {
  const deps = new RecordingDependencies();
  const policy = { greeting: "Hello there.", fillerAfterMs: 800 };
  const session = new Session(sessionOptions(policy), deps);
  session.begin();
  const leg = new RecordingLeg();
  deps.pass(12.25);
  session.join(leg);
  const first = deps.model;
  first.says({ type: "modelReady", expiresInMs: 3_600_000 });
  deps.pass(300);
  const ref = { responseId: "resp_1", itemId: "item", contentIndex: 0 };
  first.says({ type: "responseStarted", responseId: "resp_1", purpose: "greeting", aside: false });
  first.says({ type: "itemAdded", itemId: "item", role: "agent" });
  first.says({ type: "speechText", ref, text: "Hello there. How may I help you today?" });
  first.speaks("item", 4000);
  for (const mark of leg.marks) session.input({ type: "marked", mark });
  deps.pass(1500);
  // The first sentence has been heard.
  let heardMs = 0;
  for (const { durationMs, mark } of leg.played) {
    heardMs += durationMs;
    if (heardMs <= 2200 && mark !== undefined) session.input({ type: "marked", mark });
  }
  first.says({ type: "speechStarted", itemId: "user" });
  first.says({
    type: "responseDone",
    responseId: "resp_1",
    status: "cancelled",
    reason: "turn_detected",
    callerSpoke: true,
    toolCalls: [],
  });
  deps.pass(700);
  first.says({ type: "speechStopped", itemId: "user" });
  first.says({ type: "committed", itemId: "user", previousItemId: "item" });
  first.says({ type: "callerText", itemId: "user", text: "The weather please", final: true });
  first.says({ type: "responseStarted", responseId: "resp_2", aside: false });
  first.says({
    type: "responseDone",
    responseId: "resp_2",
    status: "completed",
    toolCalls: [{ callId: "call_1", name: "forecast", arguments: '{"city":"Lisbon"}' }],
  });
  deps.pass(2500);
  deps.tools[0]?.answer({ output: "sunny", ok: true });
  await settled();
  for (const digit of "4711#") session.input({ type: "digit", digit });
  first.says({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
  deps.pass(1000);
  deps.model.says({ type: "modelReady" });
  deps.pass(2000);
  session.input({ type: "left", end: { reason: "caller_hung_up" } });
  await session.ended;
  assert.deepEqual(deps.faults, []);
  const heard = deps.events.map((event) => event.type === "turn" && event.turn.heardCharacters);
  assert.ok(heard.includes("Hello there. ".length));
  return { deps, leg };
}

function of<Type extends CallCommand["type"]>(commands: readonly CallCommand[], type: Type) {
  return commands.filter((one): one is Extract<CallCommand, { type: Type }> => one.type === type);
}
