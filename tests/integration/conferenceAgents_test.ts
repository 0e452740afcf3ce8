import assert from "node:assert/strict";
import type { AppOverrides } from "../../src/app.ts";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
} from "../support/servers/phoneRig.ts";
import { account } from "../support/servers/phoneServer.ts";
import { greeted, typed } from "../support/servers/rigSteps.ts";
import { hears, toneOf } from "../support/twilio/heardSounds.ts";
import { human, mia } from "../support/twilio/people.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("agents in conferences");
const STORY = "Tell us what you know of the opening hours in every town of the whole country";

function start(overrides: AppOverrides = {}): Promise<PhoneRig> {
  return startPhoneRig({
    overrides,
    agent:
      `greeting: Good day.\ntransfers: { sales: { number: "${mia}", mode: conference, then: return } }`,
    model: {
      script: (turn) =>
        turn.cause.type === "text" && turn.cause.text === "sales"
          ? { tools: [{ name: "transfer_call", arguments: JSON.stringify({ to: "sales" }) }] }
          : parrot(turn),
    },
    network: { numbers: { [mia]: human } },
  });
}

/** A person who takes the call of a caller. */
async function taken(rig: PhoneRig, talk: Talk): Promise<SimulatedCall> {
  typed(rig, talk, "sales");
  const person = await rig.server.network.nextCall();
  await person.next("said");
  await person.sendDigits("1");
  return person;
}

async function agentJoined(rig: PhoneRig, { callId }: Talk): Promise<SimulatedCall> {
  const agent = await rig.server.network.nextCall();
  await agent.next("streamStarted");
  await until(() => rig.server.app.registry.get(callId)?.hasLeg, Boolean);
  return agent;
}

const headers = { Authorization: `Basic ${btoa(`${account.accountSid}:${account.authToken}`)}` };

function apiRoot({ server: { api } }: PhoneRig): string {
  return `${api.url}/2010-04-01/Accounts/${account.accountSid}`;
}

/** Somebody deletes what the server has made at Twilio. */
async function deleteApplications(rig: PhoneRig): Promise<void> {
  const root = `${apiRoot(rig)}/Applications`;
  const listed = await (await fetch(`${root}.json`, { headers })).json();
  assert.equal(listed.applications.length, 1);
  const { sid } = listed.applications[0];
  const answer = await fetch(`${root}/${sid}.json`, { method: "DELETE", headers });
  assert.equal(answer.status, 204);
}

test("an agent joins with a new application where the one it had is gone", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  const first = await taken(rig, talk);
  await agentJoined(rig, talk);
  first.hangUp();
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  await deleteApplications(rig);
  const second = await taken(rig, talk);
  await agentJoined(rig, talk);
  typed(rig, talk, "Agent, what is the date?");
  await heardSaying(rig, talk.callId, /^You wrote Agent/);
  second.hangUp();
  talk.phone.hangUp();
  const { transfers } = await recordOf(rig, talk.callId);
  assert.deepEqual(transfers.map(({ agentAbsentAt }) => agentAbsentAt), [null, null]);
});

test("where the agent cannot join, all are told, and the caller is not left alone", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  rig.server.api.failNextConference({ kind: "refused", code: 21218, message: "Gone" });
  const person = await taken(rig, talk);
  await published(rig, talk.callId, "transfer", ({ step }) => step === "agent_absent");
  await Promise.all([talk.phone.speak(toneOf(700)), person.speak(toneOf(1_700))]);
  await until(() => hears(person.heardAudio(), 700), Boolean);
  await until(
    () =>
      rig.server.api.conferenceRequests.some(({ form }) => form["EndConferenceOnExit"] === "true"),
    Boolean,
  );
  const health = await (await rig.server.request("/health")).json();
  assert.match(JSON.stringify(health.incidents), /21218/);
  person.hangUp();
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  talk.phone.hangUp();
  const [transfer] = (await recordOf(rig, talk.callId)).transfers;
  assert.equal(transfer?.step, "ended");
  assert.ok((transfer?.agentAbsentAt ?? null) !== null);
});

test("an agent whose call has come can be taken out, though Twilio's answer is lost", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  rig.server.api.failNextConference({ kind: "silent", placed: true });
  const person = await taken(rig, talk);
  const agent = await agentJoined(rig, talk);
  rig.server.app.registry.get(talk.callId)?.input({ type: "roomLeft" });
  await agent.ended;
  person.hangUp();
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  talk.phone.hangUp();
  const [transfer] = (await recordOf(rig, talk.callId)).transfers;
  assert.equal(transfer?.agentAbsentAt, null);
});

test("an agent that was told of as absent does not come late", async () => {
  await using rig = await start({ twilioTimeoutMs: 1_000 });
  const talk = await greeted(rig);
  rig.server.api.failNextConference({ kind: "silent", placed: false });
  const person = await taken(rig, talk);
  await published(rig, talk.callId, "transfer", ({ step }) => step === "agent_absent");
  const request = rig.server.api.conferenceRequests.find(({ form }) => form["Label"] === "agent");
  assert.ok(request !== undefined);
  const { path, form } = request;
  const body = new URLSearchParams(form);
  const answer = await fetch(`${apiRoot(rig)}/${path}`, { method: "POST", headers, body });
  assert.equal(answer.status, 201, await answer.text());
  await (await rig.server.network.nextCall()).ended;
  assert.equal(rig.server.app.registry.get(talk.callId)?.hasLeg, false);
  await Promise.all([talk.phone.speak(toneOf(700)), person.speak(toneOf(1_700))]);
  await until(() => hears(person.heardAudio(), 700), Boolean);
  person.hangUp();
  talk.phone.hangUp();
});

test("an agent that leaves in the middle of a sentence does not say its rest to the caller later", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  const { callId } = talk;
  const person = await taken(rig, talk);
  const agent = await agentJoined(rig, talk);
  typed(rig, talk, STORY);
  await until(() => hears(person.heardAudio(), 150), Boolean);
  rig.server.app.registry.get(callId)?.input({ type: "roomLeft" });
  await agent.ended;
  await published(
    rig,
    callId,
    "turn",
    ({ turn }) => turn.role === "agent" && turn.interrupted,
  );
  person.hangUp();
  await heardSaying(rig, callId, /^I heard you\.$/);
  talk.phone.hangUp();
  const said = (await recordOf(rig, callId)).turns.filter(({ role }) => role === "agent").slice(-2);
  assert.deepEqual(said.map(({ interrupted }) => interrupted), [true, false]);
  assert.doesNotMatch(said[0]?.text ?? "", /country/);
});
