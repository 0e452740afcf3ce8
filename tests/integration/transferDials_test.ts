import assert from "node:assert/strict";
import {
  parrot,
  type PhoneRig,
  published,
  recordOf,
  startPhoneRig,
} from "../support/servers/phoneRig.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { act, greeted, typed } from "../support/servers/rigSteps.ts";
import { ben, human, mia } from "../support/twilio/people.ts";
import { get } from "../support/twilio/dialling.ts";

const test = concurrentTests("how many people are called for a caller");
const busy = { answer: "busy", afterMs: 20 } as const;

/** A model that transfers whenever it may. */
const stubborn: typeof parrot = (turn) => {
  const exact = /: "([\s\S]+)"$/.exec(turn.request ?? "")?.[1];
  const said = turn.cause.type === "text" ? turn.cause.text : "";
  if (exact !== undefined || (said !== "" && said !== "go" && turn.request === undefined)) {
    return parrot(turn);
  }
  return { tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] };
};

function start(
  mode: string,
  answer: typeof busy | typeof human,
  env: Readonly<Record<string, string>>,
): Promise<PhoneRig> {
  return startPhoneRig({
    agent: `greeting: Good day.
transfers: { sales: { targets: ["${mia}", "${ben}"], order: at_once, mode: ${mode}, sentence: One moment. } }`,
    env,
    model: { script: stubborn },
    network: { numbers: { [mia]: answer, [ben]: answer }, line: { pauseMsPerSecond: 10 } },
  });
}

function dials({ server: { api } }: PhoneRig): number {
  const put = api.updates.filter(({ change }) => /<Dial/.test(JSON.stringify(change)));
  return api.creates.length + 2 * put.length;
}

for (const mode of ["cold", "warm", "conference"]) {
  test(`a model that transfers again and again calls no more people than a call may (${mode})`, async () => {
    await using rig = await start(mode, busy, { TRANSFER_DIALS_PER_CALL: "5" });
    const talk = await greeted(rig);
    typed(rig, talk, "go");
    const { output } = await published(
      rig,
      talk.callId,
      "toolEnded",
      ({ ok, output }) => !ok && output.includes('"limit"'),
    );
    assert.match(output, /Do not try it again/);
    talk.phone.hangUp();
    await recordOf(rig, talk.callId);
    // The third transfer calls the first of the two.
    assert.ok(dials(rig) >= 5 && dials(rig) <= 6, `${dials(rig)}`);
  });
}

test("operators are told that a call has called enough people", async () => {
  await using rig = await start("warm", human, { TRANSFER_DIALS_PER_CALL: "2" });
  const talk = await greeted(rig);
  assert.equal(await act(rig, talk, { type: "transfer", to: "sales" }), 202);
  await rig.server.network.nextCall();
  assert.equal(await act(rig, talk, { type: "cancel_transfer" }), 202);
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  assert.deepEqual(await act(rig, talk, { type: "transfer", to: "sales" }), [
    429,
    "transfer_limit",
  ]);
  // Another call has people of its own.
  const other = await greeted(rig);
  assert.equal(await act(rig, other, { type: "transfer", to: "sales" }), 202);
  await rig.server.network.nextCall();
  for (const { phone } of [talk, other]) phone.hangUp();
  await Promise.all([recordOf(rig, talk.callId), recordOf(rig, other.callId)]);
});

test("all transfers of a server together call no more people in a minute than they may", async () => {
  await using rig = await start("warm", human, { TRANSFER_DIALS_PER_MINUTE: "2" });
  const [talk, other] = [await greeted(rig), await greeted(rig)];
  assert.equal(await act(rig, talk, { type: "transfer", to: "sales" }), 202);
  await rig.server.network.nextCall();
  assert.deepEqual(await act(rig, other, { type: "transfer", to: "sales" }), [
    429,
    "transfer_limit",
  ]);
  for (const { phone } of [talk, other]) phone.hangUp();
  await Promise.all([recordOf(rig, talk.callId), recordOf(rig, other.callId)]);
});

test("of people who are asked at once, the call to each is charged", async () => {
  await using rig = await start("warm", human, { TELEPHONY_USD_PER_MINUTE: "6" });
  const talk = await greeted(rig);
  assert.equal(await act(rig, talk, { type: "transfer", to: "sales" }), 202);
  const people = [await rig.server.network.nextCall(), await rig.server.network.nextCall()];
  for (const person of people) for (let n = 0; n < 2; n++) await person.next("said");
  for (const person of people) person.hangUp();
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  talk.phone.hangUp();
  await recordOf(rig, talk.callId);
  const { cost } = await get(rig.server, `/api/calls/${talk.callId}`);
  // A minute begun of the caller, and one of each person.
  assert.equal(cost.parts.telephony, 18);
});
