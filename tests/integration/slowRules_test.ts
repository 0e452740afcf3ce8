import assert from "node:assert/strict";
import { concurrently } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  published,
  recordOf,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const greeting = "greeting: Good day.";

Deno.test("what takes the callers of a whole server long", (t) =>
  concurrently(t, {
    "a caller who says nothing is asked once, then the call ends with a goodbye": idle,
    "a caller who answers is asked anew, and the call goes on": answersInTime,
    "the end of a call's time is announced, and then it ends with a goodbye": timeLimit,
    "a model that falls silent is replaced, and the caller is answered": silentModel,
    "case 10: a model that says nothing from the start is given up, with an apology": mute,
  }));

async function idle(): Promise<void> {
  await using rig = await startPhoneRig({ agent: `${greeting}\nidle_seconds: 5` });
  const { callId, phone } = await rig.ring();
  await published(rig, callId, "notice", ({ code }) => code === "idle_prompt");
  assert.equal((await phone.ended).reason, "the app ended it through the REST API");
  const record = await recordOf(rig, callId);
  assert.equal(record.end?.reason, "idle");
  const said = record.turns.map(({ role, text }) => `${role}: ${text}`);
  assert.deepEqual(said, ["agent: Good day.", "agent: As you wish.", "agent: As you wish."]);
}

async function answersInTime(): Promise<void> {
  await using rig = await startPhoneRig({ agent: `${greeting}\nidle_seconds: 5` });
  const { callId, phone } = await rig.ring();
  const isPrompt = (code: string) => code === "idle_prompt";
  await published(rig, callId, "notice", ({ code }) => isPrompt(code));
  await phone.speak(voiceOf(600));
  await heardSaying(rig, callId, /^I heard you\.$/);
  await rig.events.when((all) =>
    all.filter(({ event }) => event.type === "notice" && isPrompt(event.code)).length === 2
  );
  assert.equal(rig.server.app.registry.size, 1);
  await hangUp(phone);
}

async function timeLimit(): Promise<void> {
  await using rig = await startPhoneRig({ agent: greeting });
  const phone = rig.server.network.call();
  const session = rig.server.app.registry.open({
    direction: "inbound",
    agent: "receptionist",
    callSid: phone.sid,
    maxMs: 6000,
  });
  await published(rig, session.id, "notice", ({ code }) => code === "time_warning");
  assert.equal((await phone.ended).reason, "the app ended it through the REST API");
  const { end, turns } = await recordOf(rig, session.id);
  assert.equal(end?.reason, "time_limit");
  assert.deepEqual(turns.map(({ text }) => text), ["Good day.", "As you wish.", "As you wish."]);
}

async function silentModel(): Promise<void> {
  await using rig = await startPhoneRig({ agent: greeting });
  const { callId, phone, model } = await rig.ring();
  await heardSaying(rig, callId, /^Good day\.$/);
  model.fail("goSilent");
  await phone.speak(voiceOf(600));
  await published(rig, callId, "modelLost", ({ recovering }) => recovering);
  await phone.speak(voiceOf(600));
  await heardSaying(rig, callId, /^I heard you\.$/);
  await hangUp(phone);
}

async function mute(): Promise<void> {
  await using rig = await startPhoneRig({ agent: greeting, model: { faults: ["goSilent"] } });
  const phone = rig.server.network.call();
  assert.match((await phone.next("said")).text, /technical problem/);
  await phone.ended;
  assert.equal(rig.realtime.stats.connections, 2, "nobody waits for more tries than that");
}
