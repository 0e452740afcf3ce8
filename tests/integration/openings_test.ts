import assert from "node:assert/strict";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  published,
  recordOf,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const DISCLOSURE = "This is a computer that calls for Acme.";
const agent = `greeting: "Good day, have you a minute?"
outbound: { hours: off, disclosure: { US: "${DISCLOSURE}", default: "Somewhere else." } }`;
const test = concurrentTests("opening sentences");

test("who is called hears the disclosure of their country first, whatever they say, and the record proves it", async () => {
  await using rig = await startPhoneRig({ agent });
  const talk = await rig.dial();
  await published(rig, talk.callId, "speaking", ({ who, on }) => who === "agent" && on);
  await talk.phone.speak(voiceOf(600));
  talk.model.startSpeech();
  talk.model.stopSpeech(300);
  await talk.phone.sendDigits("1");
  await heardSaying(rig, talk.callId, /^Good day/);
  await heardSaying(rig, talk.callId, /^I heard you|^You wrote|^As you wish/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { turns, mustHear } = await get(rig.server, `/api/calls/${talk.callId}`);
  const said = turns.filter(({ role }: { readonly role: string }) => role === "agent");
  assert.equal(said[0].text, DISCLOSURE);
  assert.equal(said[0].interrupted, false);
  assert.equal(said[1].text, "Good day, have you a minute?");
  assert.equal(mustHear.length, 1);
  const [{ name, text, heard, times }] = mustHear;
  assert.deepEqual([name, text, heard, times], ["disclosure", DISCLOSURE, true, 1]);
});

test("a disclosure that was said once is kept, and the next person hears it while the model is slow", async () => {
  await using rig = await startPhoneRig({ agent });
  const first = await rig.dial();
  await heardSaying(rig, first.callId, /^Good day/);
  await hangUp(first.phone);
  await recordOf(rig, first.callId);
  rig.realtime.fail("slowStart:1500");
  const second = await rig.dial();
  await heardSaying(rig, second.callId, /^This is a computer/);
  await heardSaying(rig, second.callId, /^Good day/);
  await hangUp(second.phone);
  await recordOf(rig, second.callId);
  const asked = second.model.received.filter((event) => event.type === "response.create");
  assert.equal(asked.length, 0, "neither is asked of the model");
});

test("who calls in hears no disclosure", async () => {
  await using rig = await startPhoneRig({ agent });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { turns, mustHear } = await get(rig.server, `/api/calls/${talk.callId}`);
  assert.deepEqual([turns.length, mustHear], [1, []]);
});
