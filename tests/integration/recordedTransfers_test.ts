import assert from "node:assert/strict";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { detailOf, finished, recordingFolder } from "../support/recordedCalls.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  type PhoneRig,
  published,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { hears, toneOf } from "../support/twilio/heardSounds.ts";
import { until } from "../support/until.ts";
import { human, mia } from "../support/twilio/people.ts";

const test = concurrentTests("recordings of calls that are transferred");
const CALLER_HZ = 700;
const PERSON_HZ = 1_700;

type Folder = Awaited<ReturnType<typeof recordingFolder>>;

function start(folder: Folder, mode: string, recording: string): Promise<PhoneRig> {
  return startPhoneRig({
    agent: `greeting: Good day.
transfers: { sales: { number: "${mia}", mode: ${mode}, then: return } }
recording: ${recording}`,
    env: folder.env,
    model: { transcribe: () => "Yes." },
    network: {
      numbers: { [mia]: human },
      line: { pauseMsPerSecond: 10 },
    },
  });
}

/** An operator has the caller put through to a person, who has picked up. */
async function asked(
  rig: PhoneRig,
  consentKey?: string,
): Promise<Talk & { readonly person: SimulatedCall }> {
  const talk = await rig.ring();
  if (consentKey !== undefined) {
    await heardSaying(rig, talk.callId, /^May we record/);
    await talk.phone.sendDigits(consentKey);
  }
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  return { ...talk, person: await personFor(rig, talk) };
}

async function personFor(rig: PhoneRig, { callId }: Talk): Promise<SimulatedCall> {
  const transfer = { type: "transfer", to: "sales" };
  const answer = await rig.server.post(`/api/calls/${callId}/actions`, transfer);
  assert.equal(answer.status, 202, await answer.text());
  return await rig.server.network.nextCall();
}

/** What a person hears from when they take the call on. */
async function toldOnAccepting(person: SimulatedCall): Promise<string> {
  await until(() => person.next("said"), ({ text }) => /press 1 or say yes/.test(text));
  await person.sendDigits("1");
  const texts: string[] = [];
  await until(() => person.next("said"), ({ text }) => {
    texts.push(text);
    return /connecting you/.test(text);
  });
  return texts.join(" ");
}

/** Caller and person talk, and hear each other. */
async function speakTogether({ phone }: Talk, person: SimulatedCall): Promise<void> {
  await Promise.all([phone.speak(toneOf(CALLER_HZ)), person.speak(toneOf(PERSON_HZ))]);
  await until(
    () => hears(person.heardAudio(), CALLER_HZ) && hears(phone.heardAudio(), PERSON_HZ),
    Boolean,
  );
}

/** Which of both are on the sides of the recording. */
async function sidesOf(rig: PhoneRig, { callId, phone }: Talk) {
  await hangUp(phone);
  const { recorded, record } = await finished(rig.server, callId);
  const on = (side: Uint8Array) => [hears(side, CALLER_HZ), hears(side, PERSON_HZ)];
  return { caller: on(recorded.caller), agent: on(recorded.agent), recorded, record };
}

for (
  const [what, recording, told, consentKey] of [
    [
      "in the words of the agent's file",
      "{ announcement: This call is recorded for training. }",
      /^This call is recorded for training\. Thank you\. I am connecting you\.$/,
    ],
    [
      "where the caller was asked",
      "{ consent: required, announcement: May we record this call? }",
      /^Please note that this conversation is recorded\. Thank you\. I am connecting you\.$/,
      "1",
    ],
    [
      "where the caller has refused, nothing",
      "{ consent: required, announcement: May we record this call? }",
      /^Thank you\. I am connecting you\.$/,
      "2",
    ],
    [
      "where nobody else is told",
      "{ consent: none }",
      /^Please note that this conversation is recorded\. Thank you\. I am connecting you\.$/,
    ],
  ] as readonly (readonly [string, string, RegExp, string?])[]
) {
  test(`a person is told before they join a conference that is recorded: ${what}`, async () => {
    await using folder = await recordingFolder();
    await using rig = await start(folder, "conference", recording);
    const talk = await asked(rig, consentKey);
    assert.match(await toldOnAccepting(talk.person), told);
    if (consentKey === "2") return await hangUp(talk.phone);
    await (await rig.server.network.nextCall()).next("streamStarted");
    await until(() => rig.server.app.registry.get(talk.callId)?.hasLeg, Boolean);
    await speakTogether(talk, talk.person);
    const { caller, agent } = await sidesOf(rig, talk);
    assert.deepEqual({ caller, agent }, { caller: [true, true], agent: [false, false] });
  });
}

test("where a person joins before the caller has answered, nothing is recorded, whoever says yes", async () => {
  const recording = "{ consent: required, announcement: May we record this call? }";
  await using folder = await recordingFolder();
  await using rig = await start(folder, "conference", recording);
  const talk = await rig.ring();
  const person = await personFor(rig, talk);
  assert.equal(await toldOnAccepting(person), "Thank you. I am connecting you.");
  await (await rig.server.network.nextCall()).next("streamStarted");
  await until(() => rig.server.app.registry.get(talk.callId)?.hasLeg, Boolean);
  await person.speak(voiceOf(600));
  await published(
    rig,
    talk.callId,
    "turn",
    ({ turn }) => turn.role === "caller" && turn.final && turn.text === "Yes.",
  );
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  await hangUp(talk.phone);
  const { recording: { state, reason, consent, bytes } } = await until(
    () => detailOf(rig.server, talk.callId),
    ({ status }) => status === "ended",
  );
  assert.deepEqual({ state, reason, consent: consent ?? null, bytes: bytes ?? null }, {
    state: "refused",
    reason: "person_joined",
    consent: null,
    bytes: null,
  });
});

test("a recording has nothing of a talk without the agent, whose person is told nothing of it", async () => {
  await using folder = await recordingFolder();
  await using rig = await start(folder, "warm", "{ consent: none }");
  const talk = await asked(rig);
  assert.equal(await toldOnAccepting(talk.person), "Thank you. I am connecting you.");
  await published(rig, talk.callId, "transfer", ({ step }) => step === "connected");
  await speakTogether(talk, talk.person);
  talk.person.hangUp();
  // The agent has the caller again, who is recorded as before.
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  await talk.phone.speak(toneOf(2_500));
  const { caller, agent, recorded } = await sidesOf(rig, talk);
  assert.deepEqual({ caller, agent }, { caller: [false, false], agent: [false, false] });
  assert.ok(hears(recorded.caller, 2_500));
});
