import assert from "node:assert/strict";
import type { CalleePlan } from "../../src/sim/twilio/phoneNetwork.ts";
import { createFliteVoice } from "../../src/sim/voice/fliteVoice.ts";
import { splitSentences } from "../../src/sim/voice/voice.ts";
import { heardSaying, parrot, published, type Talk } from "../support/servers/phoneRig.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import { apiKey, type ServedApp } from "../support/servers/phoneServer.ts";
import { startResumingRig } from "../support/servers/resumingRig.ts";
import { endedRecord, get } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const MESSAGE = "This is Ann of the desk. Please call us back.";
const SCREENING = "Ann of the desk calls about your appointment.";
const GREETING = "Good day, this is Ann.";
const agent = `greeting: ${GREETING}\nvoicemail: ${MESSAGE}\nscreening: ${SCREENING}`;

const MACHINE =
  "This is the voicemail of Sam, who is out for the whole day and cannot be reached. Please leave a message after the tone.";
const RECEPTION = "Good afternoon, Riverside Dental, you are speaking with Anna Baker.";
const PROMPT = "Hi. If you record your name and reason for calling.";
const PERSON = "Hello, Sam here.";

const voice = createFliteVoice();
// Made beforehand: a far end that is silent because its voice is not ready yet is taken for a person.
for (const sentence of [MACHINE, RECEPTION, PROMPT, PERSON].flatMap(splitSentences)) {
  await voice.say(sentence);
}
Deno.test.afterAll(() => voice.close());

/** The first of two processes places a call to this; turns of the far end have these words, in order. */
async function startTwo(callee: CalleePlan, words: readonly string[]) {
  let turn = 0;
  const two = await startResumingRig({
    agent,
    model: { script: parrot, transcribe: () => words[turn++] ?? "" },
    network: { voice, otherNumbers: { answer: "human", callee } },
  });
  return { ...two, talk: await two.rig.dial() };
}

interface Detail {
  readonly turns: readonly { readonly role: string; readonly text: string }[];
  readonly pickups: readonly { readonly who: string }[];
}

const saidIn = ({ turns = [] }: Partial<Detail>) =>
  turns.filter(({ role }) => role === "agent").map(({ text }) => text);

const detailOf = (server: ServedApp, { callId }: Talk): Promise<Detail> =>
  get(server, `/api/calls/${callId}`, apiKey);

Deno.test("who answers is found out on where the process is lost before that is known", (t) =>
  concurrently(t, { "a machine": machine, "a person": person, "a screener": screener }));

async function machine(): Promise<void> {
  const callee: CalleePlan = { kind: "machine", greeting: [MACHINE] };
  await using two = await startTwo(callee, [MACHINE, MACHINE]);
  const { rig, second, talk } = two;
  await published(rig, talk.callId, "speaking", ({ who, on }) => who === "caller" && on);
  two.lose(talk.phone);
  await rig.realtime.nextSession();
  const record = await endedRecord(second, talk.callId, apiKey);
  assert.deepEqual([record.end.reason, record.end.detail], ["voicemail", "voicemail_left"]);
  assert.deepEqual(saidIn(record), [MESSAGE]);
  const [tape] = talk.phone.tapes;
  const early = talk.phone.heard().filter(({ atMs }) => atMs < (tape?.fromMs ?? 0));
  assert.deepEqual(early, [], "something was said before the beep");
}

async function person(): Promise<void> {
  const callee: CalleePlan = { kind: "person", greeting: [RECEPTION], replies: [] };
  await using two = await startTwo(callee, [RECEPTION]);
  const { rig, second, talk } = two;
  await published(rig, talk.callId, "speaking", ({ who, on }) => who === "caller" && on);
  two.lose(talk.phone);
  await rig.realtime.nextSession();
  const detail = await until(() => detailOf(second, talk), (detail) => saidIn(detail).length > 0);
  assert.deepEqual(detail.pickups.map(({ who }) => who), ["person"]);
  assert.ok(GREETING.startsWith(saidIn(detail)[0] ?? "nothing"), saidIn(detail).join());
  talk.phone.hangUp();
}

async function screener(): Promise<void> {
  const callee: CalleePlan = {
    kind: "screener",
    prompt: [PROMPT],
    thanks: [],
    decidesAfterMs: 8_000,
    person: { kind: "person", greeting: [PERSON], replies: [] },
  };
  const asks = "Hi. If you record your name and reason for calling, I'll see if they're available.";
  await using two = await startTwo(callee, [asks, PERSON]);
  const { rig, second, talk } = two;
  await heardSaying(rig, talk.callId, /^Ann of the desk calls about/);
  await until(
    () => detailOf(second, talk),
    (detail) => saidIn(detail).length === 1 && detail.pickups.length > 0,
  );
  two.lose(talk.phone);
  await rig.realtime.nextSession();
  const detail = await until(
    () => detailOf(second, talk),
    (detail) => saidIn(detail).includes(GREETING),
  );
  assert.deepEqual(saidIn(detail), [SCREENING, GREETING]);
  assert.deepEqual(detail.pickups.map(({ who }) => who), ["screener", "person"]);
  talk.phone.hangUp();
}
