import assert from "node:assert/strict";
import type { Fault } from "../../src/sim/openai/realtimeServer.ts";
import { concurrently, concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  published,
  recordOf,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const greeting = "greeting: Good day.";
const test = concurrentTests("callers whom a model does not hear in time");
const faults: readonly (readonly [number, Fault])[] = [
  [80, "stuckResponse"],
  [81, "stuckMidSentence"],
  [83, "emptyResponse"],
  [83, "textOnly"],
  [84, "failMidSentence"],
  [86, "noOwnResponse"],
];

Deno.test("case 80, 81, 83, 84, 86: a caller whose answer is spoilt in whatever way is answered", (t) =>
  concurrently(
    t,
    Object.fromEntries(faults.map(([number, fault]) => [
      `case ${number}: ${fault}`,
      () => answeredDespite(fault),
    ])),
  ));

async function answeredDespite(fault: Fault): Promise<void> {
  await using rig = await startPhoneRig({ agent: greeting });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  talk.model.fail(fault);
  await talk.phone.speak(voiceOf(600));
  await heardSaying(rig, talk.callId, /I heard you\.$/);
  talk.phone.hangUp();
  const { end } = await recordOf(rig, talk.callId);
  assert.equal(end?.reason, "caller_hung_up");
  assert.deepEqual(talk.phone.errors, []);
}

Deno.test("case 80, 83: a caller whose greeting is spoilt is greeted", (t) =>
  concurrently(
    t,
    Object.fromEntries((["stuckResponse", "emptyResponse"] as const).map((fault) => [
      fault,
      async () => {
        await using rig = await startPhoneRig({ agent: greeting });
        rig.realtime.fail(fault);
        const talk = await rig.ring();
        rig.realtime.heal();
        await heardSaying(rig, talk.callId, /^Good day\.$/);
        await hangUp(talk.phone);
      },
    ])),
  ));

test("case 87: a caller whom the model does not hear any more is heard by another session", async () => {
  await using rig = await startPhoneRig({ agent: greeting });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  talk.model.fail("deaf");
  await talk.phone.speak(voiceOf(7000));
  const { code } = await published(rig, talk.callId, "modelLost");
  assert.equal(code, "deaf");
  await heardSaying(rig, talk.callId, /^(I heard you|As you wish)\.$/);
  await hangUp(talk.phone);
});

test("case 92: what the caller says into a greeting that must be heard is answered after it", async () => {
  const disclosure = "Good day. This call is recorded, and you are speaking with a machine.";
  await using rig = await startPhoneRig({
    agent: `greeting: ${disclosure}\ngreeting_interruptible: false`,
  });
  const talk = await rig.ring();
  await talk.phone.next("echo");
  talk.model.startSpeech();
  talk.model.stopSpeech(600);
  await heardSaying(rig, talk.callId, /with a machine\.$/);
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  talk.phone.hangUp();
  const { turns } = await recordOf(rig, talk.callId);
  assert.deepEqual(
    turns.filter(({ role }) => role === "agent").map(({ text }) => text),
    [disclosure, "I heard you."],
  );
});
