import assert from "node:assert/strict";
import { get, statusOf } from "../support/twilio/dialling.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  type PhoneRigOptions,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const leaving = "voicemail: Please call us back, dear customer.";
const hangingUp = "voicemail: hangup";

/** A rig in which the far end's turns have these words, one after another. */
function worldOf(agent: string, words: readonly string[] = []): Promise<PhoneRig> {
  let turn = 0;
  const model: PhoneRigOptions["model"] = {
    script: parrot,
    transcribe: () => words[turn++] ?? "Hello, I am here.",
  };
  return startPhoneRig({ agent, model });
}

async function verdict(rig: PhoneRig, { callId, phone }: Talk, who: string): Promise<void> {
  const path = `/twilio/amd?call=${callId}`;
  const fields = { CallSid: phone.sid, AnsweredBy: who };
  assert.equal(await statusOf(callBack(rig.server, path, fields)), 204);
}

/** The far end says something and hears the answer; so many times. */
async function converse(rig: PhoneRig, { phone, callId }: Talk, times: number): Promise<void> {
  const answers = () =>
    rig.events.all.filter(({ callId: id, event }) =>
      id === callId && event.type === "turn" && event.turn.role === "agent" && event.turn.final &&
      event.turn.text === "I heard you."
    ).length;
  for (let i = 1; i <= times; i++) {
    await phone.speak(voiceOf(600));
    await until(answers, (count) => count >= i);
  }
}

const notice = (rig: PhoneRig, { callId }: Talk, code: string) =>
  published(rig, callId, "notice", (event) => event.code === code);

// With a message to leave, the end of the greeting is waited for: `machine_start` says nothing yet.
const verdicts = [
  [leaving, "machine_end_silence"],
  [leaving, "machine_end_other"],
  [leaving, "fax"],
  [hangingUp, "machine_end_silence"],
  [hangingUp, "machine_end_other"],
  [hangingUp, "machine_start"],
  [hangingUp, "fax"],
] as const;

Deno.test("case 122: a machine's verdict in a conversation is noted and not obeyed", (t) =>
  concurrently(
    t,
    Object.fromEntries(
      verdicts.map(([agent, who]) => [`${who} (${agent.slice(0, 17)})`, () => noted(agent, who)]),
    ),
  ));

async function noted(agent: string, who: string): Promise<void> {
  await using rig = await worldOf(agent);
  const talk = await rig.dial();
  await converse(rig, talk, 2);
  await verdict(rig, talk, who);
  await notice(rig, talk, "machine_verdict_not_obeyed");
  await verdict(rig, talk, who);
  await converse(rig, talk, 3);
  await hangUp(talk.phone);
  const { end } = await recordOf(rig, talk.callId);
  assert.equal(end?.reason, "caller_hung_up");
  const state = await get(rig.server, `/api/outbound/${talk.callId}`);
  // Where the call is listened to, that counts; else the carrier's word stays on record.
  const answeredBy = agent === leaving ? "human" : who === "fax" ? "fax" : "machine";
  assert.deepEqual([state.outcome, state.answeredBy], ["human", answeredBy]);
}

Deno.test("case 122, 123, 124: machines, screenings and persons that are found during a call", (t) =>
  concurrently(t, {
    "a machine's greeting is not answered, and the message is left": answeredMachine,
    "a human's verdict is not taken back by a machine's": humanFirst,
    "a person who speaks during the message goes on with the agent": () =>
      withdrawn((_, talk) => talk.phone.speak(voiceOf(800))),
    "a person who is found by a later verdict during the message goes on with the agent": () =>
      withdrawn((rig, talk) => verdict(rig, talk, "human")),
    "call screening is answered, and the person reached, with a message to leave": () =>
      screened(leaving),
    "call screening is answered, and the person reached, with none": () => screened(hangingUp),
  }));

async function answeredMachine(): Promise<void> {
  await using rig = await worldOf(leaving, ["You have reached Ann. Leave a message."]);
  const talk = await rig.dial();
  await talk.phone.speak(voiceOf(600));
  await verdict(rig, talk, "machine_end_beep");
  await heardSaying(rig, talk.callId, /^Please call us back/);
  await talk.phone.settled;
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "voicemail");
  const { outcome } = await get(rig.server, `/api/outbound/${talk.callId}`);
  assert.equal(outcome, "voicemail");
}

async function humanFirst(): Promise<void> {
  await using rig = await worldOf(hangingUp);
  const talk = await rig.dial();
  await verdict(rig, talk, "human");
  await verdict(rig, talk, "machine_end_silence");
  await notice(rig, talk, "machine_verdict_not_obeyed");
  await converse(rig, talk, 1);
  await hangUp(talk.phone);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
}

async function withdrawn(find: (rig: PhoneRig, talk: Talk) => Promise<unknown>): Promise<void> {
  const message = `voicemail: ${"Please call us back, dear customer. ".repeat(6)}`;
  await using rig = await worldOf(message);
  const talk = await rig.dial();
  await verdict(rig, talk, "machine_end_beep");
  await published(rig, talk.callId, "speaking", ({ who, on }) => who === "agent" && on);
  await find(rig, talk);
  await notice(rig, talk, "voicemail_withdrawn");
  await talk.model.next("conversation.item.create");
  await verdict(rig, talk, "machine_end_beep");
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  await converse(rig, talk, 2);
  await hangUp(talk.phone);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
  const { outcome } = await get(rig.server, `/api/outbound/${talk.callId}`);
  assert.equal(outcome, "human");
}

const screening =
  "Hi, if you record your name and reason for calling, I'll see if this person is available.";

async function screened(agent: string): Promise<void> {
  await using rig = await worldOf(agent, [screening]);
  const talk = await rig.dial();
  await talk.phone.speak(voiceOf(900));
  await verdict(rig, talk, "machine_end_beep");
  await notice(rig, talk, "call_screened");
  const { item } = await talk.model.next("conversation.item.create");
  assert.match(JSON.stringify(item), /who is calling and why/);
  // An agent that listens is asked for the one sentence alone.
  const answer = agent === leaving ? /^As you wish\.$/ : /^I heard you\.$/;
  await heardSaying(rig, talk.callId, answer);
  await converse(rig, talk, agent === leaving ? 2 : 3);
  await hangUp(talk.phone);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
  const { outcome } = await get(rig.server, `/api/outbound/${talk.callId}`);
  assert.equal(outcome, "human");
}
