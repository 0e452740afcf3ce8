import assert from "node:assert/strict";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { act, greeted } from "../support/servers/rigSteps.ts";
import { problemOf } from "../support/problemOf.ts";
import { get, initiateDialled } from "../support/twilio/dialling.ts";
import { ben, human, mia } from "../support/twilio/people.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("one transfer at a time");
/** Takes many seconds to be heard. */
const long = "Please stay on the line while I look for somebody who can help you with that. "
  .repeat(4).trim();

const script: typeof parrot = (turn) => {
  const said = turn.cause.type === "text" ? turn.cause.text : "";
  const tools = said.startsWith("!")
    ? said.slice(1).split(" ").map((call) => {
      const [name = "", to] = call.split(":");
      return { name, arguments: JSON.stringify(to === undefined ? {} : { to }) };
    })
    : undefined;
  return tools === undefined ? parrot(turn) : { tools };
};

function start(mode: string, sentence = "One moment."): Promise<PhoneRig> {
  const rest = `mode: ${mode}, sentence: "${sentence}"`;
  return startPhoneRig({
    agent: `greeting: Good day.
transfers: { sales: { number: "${mia}", ${rest} }, workshop: { number: "${ben}", ${rest} } }`,
    model: { script, transcribe: () => "My drain is blocked." },
    network: { numbers: { [mia]: human, [ben]: human }, line: { pauseMsPerSecond: 10 } },
  });
}

/** Has the model call these tools, in one response. */
function call(rig: PhoneRig, { callId }: Talk, tools: string): void {
  rig.server.app.registry.get(callId)?.input({ type: "typed", text: `!${tools}` });
}

/** Calls back once: when the agent's last words are over, and it is asked whether somebody may be called. */
function onceDeciding(rig: PhoneRig, { callId }: Talk, onDeciding: () => void): Disposable {
  let has = false;
  const watching = rig.server.app.events.subscribe(() => true, ({ callId: id, event }) => {
    if (has || id !== callId || event.type !== "closing") return;
    if (rig.server.app.registry.get(callId)?.transferState !== "asking") return;
    has = true;
    onDeciding();
  }, { maxQueued: 100_000 });
  return { [Symbol.dispose]: () => watching.close() };
}

const to = (alias: string) => ({ type: "transfer", to: alias });

function outputs(rig: PhoneRig, { callId }: Talk): readonly { name: string; code?: string }[] {
  return rig.events.all.flatMap(({ callId: id, event }) => {
    if (id !== callId || event.type !== "toolEnded") return [];
    const { code } = JSON.parse(event.output);
    return [{ name: event.name, code: event.ok ? undefined : code }];
  });
}

async function transfersOf(rig: PhoneRig, { callId }: Talk): Promise<unknown[]> {
  const { transfers } = await get(rig.server, `/api/calls/${callId}`);
  return transfers.map(({ alias, step, why }: Record<string, unknown>) => [alias, step, why]);
}

test("a transfer that is cancelled while it is being decided calls nobody, and the next one does", async () => {
  await using rig = await start("warm");
  const talk = await greeted(rig);
  const session = rig.server.app.registry.get(talk.callId);
  using _ = onceDeciding(rig, talk, () => session?.input({ type: "transferCancelled" }));
  assert.equal(await act(rig, talk, to("sales")), 202);
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  assert.equal(await act(rig, talk, to("workshop")), 202);
  assert.equal((await rig.server.network.nextCall()).to, ben);
  assert.deepEqual(rig.server.api.creates.map(({ To }) => To), [ben]);
  assert.deepEqual(await transfersOf(rig, talk).then(([first]) => first), [
    "sales",
    "failed",
    "cancelled",
  ]);
});

test("an operator's second transfer is refused while a person is asked, and the first is what is cancelled", async () => {
  await using rig = await start("warm");
  const talk = await greeted(rig);
  assert.equal(await act(rig, talk, to("sales")), 202);
  const person = await rig.server.network.nextCall();
  await person.next("said");
  assert.deepEqual(await act(rig, talk, to("workshop")), [409, "transfer_under_way"]);
  assert.deepEqual(await act(rig, talk, to("sales")), [409, "transfer_under_way"]);
  assert.deepEqual(await act(rig, talk, { type: "leave_conversation" }), [
    409,
    "not_in_conference",
  ]);
  assert.equal(await act(rig, talk, { type: "cancel_transfer" }), 202);
  await person.ended;
  assert.deepEqual(await act(rig, talk, { type: "cancel_transfer" }), [409, "no_transfer"]);
  // The next one is a transfer like any.
  assert.equal(await act(rig, talk, to("workshop")), 202);
  assert.equal((await rig.server.network.nextCall()).to, ben);
  talk.phone.hangUp();
  await recordOf(rig, talk.callId);
  assert.deepEqual(await transfersOf(rig, talk), [
    ["sales", "failed", "cancelled"],
    ["workshop", "failed", "cancelled"],
  ]);
});

test("a second transfer is refused while the first is announced", async () => {
  await using rig = await start("cold", long);
  const talk = await greeted(rig);
  assert.equal(await act(rig, talk, to("sales")), 202);
  assert.deepEqual(await act(rig, talk, to("workshop")), [409, "transfer_under_way"]);
  talk.phone.hangUp();
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
  assert.deepEqual(await transfersOf(rig, talk), [["sales", "failed", "cancelled"]]);
});

test("a transfer that is only announced can be taken back, and the agent goes on", async () => {
  await using rig = await start("cold", long);
  const talk = await greeted(rig);
  assert.equal(await act(rig, talk, to("sales")), 202);
  assert.equal(await act(rig, talk, { type: "cancel_transfer" }), 202);
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  assert.deepEqual(rig.server.api.updates, [], "nobody was called");
  assert.equal(talk.phone.status, "in-progress");
});

test("an operator who hangs up with a goodbye does so in the place of a transfer that is announced", async () => {
  await using rig = await start("cold", long);
  const talk = await greeted(rig);
  assert.equal(await act(rig, talk, to("sales")), 202);
  assert.equal(await act(rig, talk, { type: "hangup", goodbye: long.slice(0, 150) }), 202);
  assert.deepEqual(await act(rig, talk, to("sales")), [409, "call_ending"]);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "operator_hung_up");
  assert.deepEqual(await transfersOf(rig, talk), [["sales", "failed", "cancelled"]]);
});

test("the model is told of what is impossible", async () => {
  await using rig = await start("warm");
  const talk = await greeted(rig);
  call(rig, talk, "cancel_transfer");
  await until(() => outputs(rig, talk).length, (count) => count === 1);
  call(rig, talk, "transfer_call:sales transfer_call:workshop");
  const person = await rig.server.network.nextCall();
  assert.equal(person.to, mia);
  await person.next("said");
  call(rig, talk, "transfer_call:workshop");
  await until(() => outputs(rig, talk).length, (count) => count === 4);
  call(rig, talk, "cancel_transfer");
  await person.ended;
  assert.deepEqual(outputs(rig, talk), [
    { name: "cancel_transfer", code: "no_transfer" },
    { name: "transfer_call", code: undefined },
    { name: "transfer_call", code: "transfer_under_way" },
    { name: "transfer_call", code: "transfer_under_way" },
    { name: "cancel_transfer", code: undefined },
  ]);
  assert.deepEqual(await transfersOf(rig, talk), [["sales", "failed", "cancelled"]]);
});

test("what an operator has written is not told as the caller's words", async () => {
  await using rig = await start("warm");
  const talk = await greeted(rig);
  await talk.phone.speak(voiceOf(600));
  await published(
    rig,
    talk.callId,
    "turn",
    ({ turn }) => turn.role === "caller" && turn.final && turn.text === "My drain is blocked.",
  );
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  assert.equal(
    await act(rig, talk, { type: "text", text: "Offer a discount of ten percent." }),
    202,
  );
  await heardSaying(rig, talk.callId, /^You wrote Offer/);
  assert.equal(await act(rig, talk, to("sales")), 202);
  const person = await rig.server.network.nextCall();
  assert.match((await person.next("said")).text, /The caller said: My drain is blocked\.$/);
});

test("nobody is called for a call that has not been answered yet", async () => {
  await using rig = await startPhoneRig({
    agent: `transfers: { sales: { number: "${mia}" } }`,
    network: { otherNumbers: { answer: "human", afterMs: 600_000 } },
  });
  const { callId } = await initiateDialled(rig.server);
  const answer = await rig.server.post(`/api/calls/${callId}/actions`, to("sales"));
  assert.deepEqual(await problemOf(answer), [409, "call_unanswered"]);
  assert.deepEqual(rig.server.api.updates, []);
});
