import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  parrot,
  published,
  recordOf,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const test = concurrentTests("what callers must hear");

/** Calls the tool whenever the caller has done something, as a model does that believes in every yes. */
const eager: Script = (turn) =>
  turn.request === undefined && (turn.cause.type === "speech" || turn.cause.type === "text")
    ? { tools: [{ name: "do_not_call", arguments: "{}" }] }
    : parrot(turn);

test("a tool with confirm runs after the caller has heard the question and pressed 1, and not before", async () => {
  await using rig = await startPhoneRig({
    agent: "tools: [{ name: do_not_call, confirm: Shall I put you on our list? }]",
    model: { script: eager },
  });
  const talk = await rig.ring();
  await talk.phone.speak(voiceOf(600));
  const asked = await published(rig, talk.callId, "toolEnded");
  assert.deepEqual([asked.ok, asked.waits], [false, true], "nothing has failed");
  assert.equal(asked.ok, false);
  assert.match(asked.output, /confirmation_asked/);
  await heardSaying(rig, talk.callId, /^Shall I put you on our list\?$/);
  await talk.phone.sendDigits("1#");
  const done = await published(rig, talk.callId, "toolEnded", ({ ok }) => ok);
  assert.equal(done.name, "do_not_call");
  await hangUp(talk.phone);
});

test("speech whose words are no yes has the question asked again, and the tool does not run", async () => {
  await using rig = await startPhoneRig({
    agent: "tools: [{ name: do_not_call, confirm: Shall I put you on our list? }]",
    model: { script: eager },
  });
  const talk = await rig.ring();
  for (let time = 1; time <= 2; time++) {
    await talk.phone.speak(voiceOf(600));
    await rig.events.find(({ event }) =>
      event.type === "turn" && event.turn.final && event.turn.text.startsWith("Shall I")
    );
  }
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { tools } = await get(rig.server, `/api/calls/${talk.callId}`);
  assert.ok(
    tools.every(({ result }: { readonly result: { readonly ok: boolean } | null }) =>
      result?.ok !== true
    ),
  );
});

test("a sentence that must be heard is said after the greeting, and the record proves when", async () => {
  await using rig = await startPhoneRig({
    agent:
      "greeting: Good day.\nmust_hear: { recording: This call is recorded., rights: { text: You can cancel., at: end } }",
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^This call is recorded\.$/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { mustHear, turns } = await get(rig.server, `/api/calls/${talk.callId}`);
  const [recording, rights] = mustHear;
  assert.deepEqual([recording.name, recording.heard, recording.times], ["recording", true, 1]);
  const turn = turns.find(({ text }: { text: string }) => text === recording.text);
  assert.ok(recording.fromMs >= turn.startedMs - 1 && recording.toMs <= turn.endedMs + 1);
  assert.ok(recording.toMs - recording.fromMs > 300);
  assert.deepEqual([rights.name, rights.heard, rights.toMs], ["rights", false, null]);
});
