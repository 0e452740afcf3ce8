import assert from "node:assert/strict";
import type { CalleePlan, SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { courseOf as stepsOf } from "../../src/sim/twilio/callee/calleeSteps.ts";
import { type LineTone, lineTone } from "../../src/sim/sound/lineTones.ts";
import { createFliteVoice } from "../../src/sim/voice/fliteVoice.ts";
import { splitSentences } from "../../src/sim/voice/voice.ts";
import { encodeG711, MU_LAW } from "../../src/utils/audio/g711.ts";
import { toneAudio } from "../../src/sim/twilio/callee/sounds.ts";
import { watchHoldUps } from "../support/trials/holdUps.ts";
import { get } from "../support/twilio/dialling.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  recordOf,
  startPhoneRig,
  type Talk,
} from "../support/servers/phoneRig.ts";
import { until } from "../support/until.ts";
import { concurrently } from "../support/servers/concurrently.ts";

const MESSAGE = "This is Ann of the desk. Please call us back.";
const SCREENING = "Ann of the desk calls about your appointment.";
const GREETING = "Good day, this is Ann.";

/** A server whose agent calls a number at which this is; the far end's turns have these words, in order. */
async function world(
  callee: CalleePlan,
  words: readonly string[],
  agent = `greeting: ${GREETING}\nvoicemail: ${MESSAGE}\nscreening: ${SCREENING}`,
): Promise<PhoneRig> {
  let turn = 0;
  await rehearse(callee);
  return await startPhoneRig({
    agent,
    model: { script: parrot, transcribe: () => words[turn++] ?? "" },
    network: { voice, otherNumbers: { answer: "human", callee } },
  });
}

/** A far end whose words are still being made is silent, and so somebody else. */
async function rehearse(callee: CalleePlan): Promise<void> {
  const { steps, later } = stepsOf(callee);
  for (const step of [...steps, ...later?.steps ?? []]) {
    if (typeof step !== "string") continue;
    for (const sentence of splitSentences(step)) await voice.say(sentence);
  }
}

/** What the far end has done, until the call ends. */
async function courseOf(phone: SimulatedCall): Promise<readonly string[]> {
  const does: string[] = [];
  phone.watch((event) => {
    if (event.type === "callee") does.push(event.does);
  });
  await phone.settled;
  return does;
}

async function pickupsOf(rig: PhoneRig, { callId }: Talk) {
  await recordOf(rig, callId);
  return rig.events.all.flatMap(({ callId: id, event }) =>
    id === callId && event.type === "pickup" ? [[event.who, event.why]] : []
  );
}

async function outcomeOf(rig: PhoneRig, { callId }: Talk) {
  const { end } = await recordOf(rig, callId);
  const { outcome, answeredBy } = await get(rig.server, `/api/outbound/${callId}`);
  return { reason: end?.reason, detail: end?.detail, outcome, answeredBy };
}

/** Loud audio on a tape, in milliseconds. */
function loudMs(audio: Uint8Array): number {
  return audio.filter((code) => code !== 0xff && code !== 0x7f).length / 8;
}

const voice = createFliteVoice();

Deno.test.afterAll(() => voice.close());

Deno.test("who answers a placed call gets what is meant for them", (t) =>
  concurrently(t, {
    "a person is greeted when they have greeted": person,
    "a machine is left the message after its beep, alone and whole": () => machine({}),
    "the same where the carrier tells of the beep while it sounds": () =>
      machine({ machineDetection: true }),
    "a screener is told who calls and why, and the person is greeted anew": screener,
    "a screener that nobody answers": declined,
    "a screener of which no word is known, and which speaks as long as a machine": wordless,
    "a machine without a beep of which no word is known": noBeep,
    "a person who takes the call in the middle of the message": pickedUp,
    "hold music that the carrier takes for a machine gets no message": onHold,
    "a person of whom no word is understood is judged by sound": notUnderstood,
  }));

// Apart from the others: a process that is held up while many calls begin hears the tone's rhythm broken.
Deno.test("a call that is answered by a busy tone ends, and the agent says nothing", (t) =>
  concurrently(t, {
    "a line with a busy tone, which sounds like the beeps of a machine": () => busy(""),
    "the same where two tones sound at once": () => busy("", "busy"),
    "a busy tone in the place of a phone menu": () => busy("\nphone_menu: {}"),
  }));

async function person(): Promise<void> {
  const callee: CalleePlan = {
    kind: "person",
    greeting: ["Hello, Sam speaking."],
    replies: ["Yes."],
    hangsUpAfterMs: 14_000,
  };
  await using rig = await world(callee, ["Hello, Sam speaking.", "Yes."]);
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
  await courseOf(talk.phone);
  assert.deepEqual((await pickupsOf(rig, talk)).map(([who]) => who), ["person"]);
  const { outcome, answeredBy } = await outcomeOf(rig, talk);
  assert.deepEqual([outcome, answeredBy], ["human", "human"]);
  const call = await get(rig.server, `/api/calls/${talk.callId}`);
  assert.equal(call.connectedMs, Date.parse(call.endedAt) - Date.parse(call.answeredAt));
  // The agent was silent while the person greeted: some 2 s from the answer.
  const [first] = talk.phone.heard();
  assert.ok(first !== undefined && first.atMs > 1_800, `spoke after ${first?.atMs} ms`);
}

async function machine(request: Readonly<Record<string, unknown>>): Promise<void> {
  const greeting = "You have reached Sam. Please leave a message after the tone.";
  await using rig = await world({ kind: "machine", greeting: [greeting] }, [greeting]);
  const talk = await rig.dial(request);
  using holdUps = watchHoldUps();
  await courseOf(talk.phone);
  assert.deepEqual(await outcomeOf(rig, talk), {
    reason: "voicemail",
    detail: "voicemail_left",
    outcome: "voicemail",
    answeredBy: "machine",
  });
  const [tape] = talk.phone.tapes;
  const [first] = talk.phone.heard();
  assert.ok(first !== undefined && first.atMs >= (tape?.fromMs ?? 0), "said before the beep");
  const { audio = new Uint8Array() } = tape ?? {};
  assert.ok(loudMs(audio) > 1_000);
  const isSound = (code: number) => code !== 0xff && code !== 0x7f;
  const silentMs = (audio.length - audio.findLastIndex(isSound)) / 8;
  assert.ok(silentMs < 1_500 + holdUps.worstMs, `the call ends ${silentMs} ms after the message`);
  const { turns } = await recordOf(rig, talk.callId);
  const said = turns.filter(({ role }) => role === "agent").map(({ text }) => text);
  assert.deepEqual(said, [MESSAGE]);
}

/** The carrier says that a machine has beeped after some 9 s of it. */
async function onHold(): Promise<void> {
  const callee: CalleePlan = { kind: "music", musicMs: 11_000 };
  const agent = `greeting: ${GREETING}\nvoicemail: ${MESSAGE}`;
  await using rig = await world(callee, ["Hello? Hello, I'm here."], agent);
  const talk = await rig.dial({ machineDetection: true });
  await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
  talk.phone.hangUp();
  assert.deepEqual((await pickupsOf(rig, talk)).map(([who]) => who), ["person"]);
  const { turns } = await recordOf(rig, talk.callId);
  const said = turns.filter(({ role }) => role === "agent").map(({ text }) => text);
  assert.ok(!said.includes(MESSAGE), said.join());
}

async function notUnderstood(): Promise<void> {
  const callee: CalleePlan = { kind: "person", greeting: ["Hello, Sam speaking."], replies: [] };
  await rehearse(callee);
  await using rig = await startPhoneRig({
    agent: `greeting: ${GREETING}\nvoicemail: ${MESSAGE}`,
    model: { script: parrot },
    network: { voice, otherNumbers: { answer: "human", callee } },
  });
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
  talk.phone.hangUp();
  assert.deepEqual(await pickupsOf(rig, talk), [["person", "short_greeting"]]);
}

const asks =
  "Hi. If you record your name and reason for calling, I'll see if this person is available.";

async function screener(): Promise<void> {
  const callee: CalleePlan = {
    kind: "screener",
    prompt: ["Hi. If you record your name and reason for calling."],
    decidesAfterMs: 4_000,
    person: { kind: "person", greeting: ["Hello, Sam here."], replies: [], hangsUpAfterMs: 1 },
  };
  await using rig = await world(callee, [
    asks,
    "Thanks. Please stay on the line.",
    "Hello, Sam here.",
  ]);
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /^Ann of the desk calls about/);
  await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
  talk.phone.hangUp();
  assert.deepEqual((await pickupsOf(rig, talk)).map(([who]) => who), ["screener", "person"]);
  const { turns } = await recordOf(rig, talk.callId);
  assert.deepEqual(turns.filter(({ role }) => role === "agent").map(({ text }) => text), [
    SCREENING,
    GREETING,
  ]);
  assert.equal((await outcomeOf(rig, talk)).outcome, "human");
  const { pickups } = await get(rig.server, `/api/calls/${talk.callId}`);
  const found = pickups.map(({ who, why }: Found) => `${who} by ${why}`);
  assert.deepEqual(found, ["screener by words", "person by words"]);
  assert.ok(pickups[0].atMs > 1_000 && pickups[0].atMs < pickups[1].atMs);
}

interface Found {
  readonly who: string;
  readonly why: string;
}

async function declined(): Promise<void> {
  const callee: CalleePlan = {
    kind: "screener",
    prompt: ["Hi. If you record your name and reason for calling."],
    decidesAfterMs: 2_000,
    decision: "decline",
  };
  const no = "Sorry, this person is not available right now. Goodbye.";
  await using rig = await world(callee, [asks, "Please stay on the line.", no]);
  const talk = await rig.dial();
  await courseOf(talk.phone);
  const { outcome, answeredBy } = await outcomeOf(rig, talk);
  assert.deepEqual([outcome, answeredBy], ["screened", "screener"]);
}

const longPrompt =
  "Hello, and thank you very much for calling. The person you are calling is using a screening service, " +
  "and will get a copy of this whole conversation. Go ahead and say your name, and why you are calling today.";
const wordlessAgent = `greeting: ${GREETING}\nvoicemail: ${MESSAGE}\ntranscription: off`;

/** It hears who calls from the message, which may be for a machine. */
async function wordless(): Promise<void> {
  const callee: CalleePlan = {
    kind: "screener",
    prompt: [longPrompt],
    decidesAfterMs: 3_000,
    person: { kind: "person", greeting: ["Hello, Sam here."], replies: [] },
  };
  await using rig = await world(callee, [], wordlessAgent);
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /Please call us back\.$/);
  await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
  talk.phone.hangUp();
  assert.equal((await outcomeOf(rig, talk)).outcome, "human");
}

async function noBeep(): Promise<void> {
  const callee: CalleePlan = { kind: "machine", greeting: [longPrompt], beep: null };
  await using rig = await world(callee, [], wordlessAgent);
  const talk = await rig.dial();
  await courseOf(talk.phone);
  const { detail, outcome } = await outcomeOf(rig, talk);
  assert.deepEqual([detail, outcome], ["voicemail_left", "voicemail"]);
}

async function busy(more: string, kind: LineTone = "busy-eu"): Promise<void> {
  const toneMs = 20_000;
  const tone = encodeG711(MU_LAW, lineTone(kind, toneMs));
  const agent = `greeting: ${GREETING}\nvoicemail: ${MESSAGE}${more}`;
  await using rig = await world({ kind: "steps", steps: [{ audio: tone }] }, [], agent);
  const talk = await rig.dial();
  await talk.phone.ended;
  const { reason, detail, outcome, answeredBy } = await outcomeOf(rig, talk);
  assert.deepEqual([reason, detail, outcome], ["not_answered", "busy_tone", "busy"]);
  assert.equal(answeredBy, undefined);
  assert.deepEqual(await pickupsOf(rig, talk), []);
  assert.equal(talk.phone.heard()[0]?.atMs, undefined, "something was said to the tone");
  const { durationSeconds = 0 } = talk.phone.facts;
  assert.ok(durationSeconds * 1000 < toneMs, `the tone was heard for ${durationSeconds} s`);
}

async function pickedUp(): Promise<void> {
  let words = "";
  const long = "This is Ann of the desk. ".repeat(10).trim();
  await using rig = await startPhoneRig({
    agent: `greeting: ${GREETING}\nvoicemail: ${long}`,
    model: { script: parrot, transcribe: () => words },
    network: { voice },
  });
  const { phone, ...talk } = await rig.dial();
  const say = (text: string) => {
    words = text;
    return phone.speak(text);
  };
  await say("You have reached Sam. Please leave a message after the tone.");
  await phone.silence(600);
  await phone.speak(toneAudio({ hz: 1_000, ms: 400 }));
  // In the middle of the message.
  await until(() => loudMs(phone.heardAudio()), (ms) => ms > 1_000);
  await say("Hello, I am here now.");
  await heardSaying(rig, talk.callId, /^Good day, this is Ann/);
  phone.hangUp();
  assert.equal((await outcomeOf(rig, { phone, ...talk })).outcome, "human");
  const { turns } = await recordOf(rig, talk.callId);
  const [message] = turns.filter(({ role }) => role === "agent");
  assert.ok(message?.interrupted && long.startsWith(message.text), message?.text);
}
