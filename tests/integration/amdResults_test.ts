import assert from "node:assert/strict";
import { get, statusOf } from "../support/twilio/dialling.ts";
import {
  heardSaying,
  parrot,
  type PhoneWorld,
  type PhoneWorldOptions,
  recordOf,
  startPhoneWorld,
  type Talk,
  told,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const leaving = "voicemail: Please call us back, dear customer.";
const hangingUp = "voicemail: hangup";

/** A world in which the far end's turns have these words, one after another. */
function worldOf(agent: string, words: readonly string[] = []): Promise<PhoneWorld> {
  let turn = 0;
  const model: PhoneWorldOptions["model"] = {
    script: parrot,
    transcribe: () => words[turn++] ?? "Hello, I am here.",
  };
  return startPhoneWorld({ agent, model });
}

async function verdict(world: PhoneWorld, { callId, phone }: Talk, who: string): Promise<void> {
  const path = `/twilio/amd?call=${callId}`;
  const fields = { CallSid: phone.sid, AnsweredBy: who };
  assert.equal(await statusOf(callBack(world.server, path, fields)), 204);
}

/** The far end says something and hears the answer; so many times. */
async function converse(world: PhoneWorld, { phone, callId }: Talk, times: number): Promise<void> {
  const answers = () =>
    world.events.all.filter(({ callId: id, event }) =>
      id === callId && event.type === "turn" && event.turn.role === "agent" && event.turn.final &&
      event.turn.text === "I heard you."
    ).length;
  for (let i = 1; i <= times; i++) {
    await phone.speak(voiceOf(600));
    await until(answers, (count) => count >= i);
  }
}

const notice = (world: PhoneWorld, { callId }: Talk, code: string) =>
  told(world, callId, "notice", (event) => event.code === code);

for (const agent of [leaving, hangingUp]) {
  for (const who of ["machine_end_silence", "machine_end_other", "machine_start", "fax"]) {
    // With a message to leave, the end of the greeting is waited for.
    if (agent === leaving && who === "machine_start") continue;
    Deno.test(`case 122: ${who} in a conversation is noted and not obeyed (${agent.slice(0, 17)})`, async () => {
      await using world = await worldOf(agent);
      const talk = await world.dial();
      await converse(world, talk, 2);
      await verdict(world, talk, who);
      await notice(world, talk, "machine_verdict_not_obeyed");
      await verdict(world, talk, who);
      await converse(world, talk, 3);
      await hangUp(talk.phone);
      const { end } = await recordOf(world, talk.callId);
      assert.equal(end?.reason, "caller_hung_up");
      const state = await get(world.server, `/api/outbound/${talk.callId}`);
      assert.deepEqual([state.outcome, state.answeredBy], [
        "human",
        who === "fax" ? "fax" : "machine",
      ]);
    });
  }
}

Deno.test("case 122: a greeting that the agent answered is still a machine's", async () => {
  await using world = await worldOf(leaving, ["You have reached Ann. Leave a message."]);
  const talk = await world.dial();
  await converse(world, talk, 1);
  await verdict(world, talk, "machine_end_beep");
  await heardSaying(world, talk.callId, /^Please call us back/);
  await talk.phone.settled;
  assert.equal((await recordOf(world, talk.callId)).end?.reason, "voicemail");
  const { outcome } = await get(world.server, `/api/outbound/${talk.callId}`);
  assert.equal(outcome, "voicemail");
});

Deno.test("case 122: a human's verdict is not taken back by a machine's", async () => {
  await using world = await worldOf(hangingUp);
  const talk = await world.dial();
  await verdict(world, talk, "human");
  await verdict(world, talk, "machine_end_silence");
  await notice(world, talk, "machine_verdict_not_obeyed");
  await converse(world, talk, 1);
  await hangUp(talk.phone);
  assert.equal((await recordOf(world, talk.callId)).end?.reason, "caller_hung_up");
});

for (const how of ["speaks", "is found by a later verdict"]) {
  Deno.test(`case 124: a person who ${how} during the message goes on with the agent`, async () => {
    const message = `voicemail: ${"Please call us back, dear customer. ".repeat(6)}`;
    await using world = await worldOf(message);
    const talk = await world.dial();
    await verdict(world, talk, "machine_end_beep");
    await told(world, talk.callId, "speaking", ({ who, on }) => who === "agent" && on);
    if (how === "speaks") await talk.phone.speak(voiceOf(800));
    else await verdict(world, talk, "human");
    await notice(world, talk, "voicemail_withdrawn");
    await talk.model.next("conversation.item.create");
    await verdict(world, talk, "machine_end_beep");
    await heardSaying(world, talk.callId, /^I heard you\.$/);
    await converse(world, talk, 2);
    await hangUp(talk.phone);
    assert.equal((await recordOf(world, talk.callId)).end?.reason, "caller_hung_up");
    const { outcome } = await get(world.server, `/api/outbound/${talk.callId}`);
    assert.equal(outcome, "human");
  });
}

const screening =
  "Hi, if you record your name and reason for calling, I'll see if this person is available.";

for (const agent of [leaving, hangingUp]) {
  Deno.test(`case 123: call screening is answered, and the person reached (${agent.slice(0, 17)})`, async () => {
    await using world = await worldOf(agent, [screening]);
    const talk = await world.dial();
    await talk.phone.speak(voiceOf(900));
    await verdict(world, talk, "machine_end_beep");
    await notice(world, talk, "call_screened");
    const { item } = await talk.model.next("conversation.item.create");
    assert.match(JSON.stringify(item), /who is calling and why/);
    await heardSaying(world, talk.callId, /^I heard you\.$/);
    await converse(world, talk, 3);
    await hangUp(talk.phone);
    assert.equal((await recordOf(world, talk.callId)).end?.reason, "caller_hung_up");
    const { outcome } = await get(world.server, `/api/outbound/${talk.callId}`);
    assert.equal(outcome, "human");
  });
}
