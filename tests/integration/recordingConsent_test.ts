import assert from "node:assert/strict";
import { concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  type PhoneRig,
  published,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import {
  askFor,
  detailOf,
  finished,
  recordingFolder,
  stretches,
} from "../support/recordedCalls.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("callers are told of a recording, or asked for it");
const GREETING = "Hello, this is Acme.";
const ASKED = "May we record this call?";
const agentWith = (consent: string, announcement: string) =>
  `greeting: ${GREETING}\nrecording: { consent: ${consent}, announcement: "${announcement}" }`;

async function statusOf(rig: PhoneRig, callId: string) {
  return await until(() => detailOf(rig.server, callId), ({ status }) => status === "ended");
}

test("an announced recording begins when the announcement was heard, which is proven", async () => {
  await using folder = await recordingFolder();
  const text = "This call is recorded.";
  await using rig = await startPhoneRig({ agent: agentWith("announce", text), ...folder });
  const talk = await rig.ring();
  // Nothing that the caller does cuts it off.
  await talk.phone.speak(voiceOf(300));
  await heardSaying(rig, talk.callId, /^Hello, this is Acme/);
  await hangUp(talk.phone);
  const { record, recorded } = await finished(rig.server, talk.callId);
  const [announced, greeted] = record.turns.filter(({ role }: { role: string }) =>
    role === "agent"
  );
  assert.deepEqual([announced.text, greeted.text], [text, GREETING]);
  const { consent, spans: [span] } = record.recording;
  assert.deepEqual([consent.kind, consent.announcement], ["announced", text]);
  const proof = record.mustHear.find(({ name }: { name: string }) => name === "recording");
  assert.equal(consent.atMs, proof.toMs);
  assert.ok(span.fromMs >= proof.toMs);
  const [first] = stretches(recorded.agent);
  assert.ok(first!.from / 8 >= proof.toMs, "nothing from before");
  assert.ok(Math.abs(first!.from / 8 - greeted.startedMs) <= 4);
});

const ANSWERS = [
  { says: "Yes, that is fine.", kind: "agreed" },
  { says: "No, please do not.", kind: "refused" },
  { presses: "1", kind: "agreed" },
  { presses: "2", kind: "refused" },
];
for (const { says, presses, kind } of ANSWERS) {
  const answered = says === undefined ? `key ${presses}` : `"${says}"`;
  test(`where consent is required, ${answered} is taken for ${kind}`, async () => {
    await using folder = await recordingFolder();
    const words = [...(says === undefined ? [] : [says]), "What are your hours?"];
    await using rig = await startPhoneRig({
      agent: agentWith("required", ASKED),
      ...folder,
      model: { transcribe: () => words.shift() ?? "" },
    });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^May we record/);
    assert.deepEqual([...Deno.readDirSync(folder.dir)], [], "nothing is kept before");
    if (presses === undefined) await talk.phone.speak(voiceOf(500));
    else await talk.phone.sendDigits(presses);
    await heardSaying(rig, talk.callId, /^Hello, this is Acme/);
    await talk.phone.speak(voiceOf(500));
    await heardSaying(rig, talk.callId, /^I heard you/);
    await hangUp(talk.phone);
    const record = await statusOf(rig, talk.callId);
    const { consent, state } = record.recording;
    assert.deepEqual([consent.kind, consent.announcement], [kind, ASKED]);
    assert.equal(consent.words, says ?? null);
    assert.equal(consent.key, presses ?? null);
    assert.equal(record.recording.reason, kind === "refused" ? "declined" : null);
    const answer = record.turns.find(({ role }: { role: string }) => role === "caller");
    if (says !== undefined) assert.ok(Math.abs(consent.saidMs - answer.startedMs) <= 2);
    const spoken = record.turns.filter(({ role }: { role: string }) => role === "agent");
    assert.deepEqual(
      spoken.slice(0, 2).map(({ text }: { text: string }) => text),
      [ASKED, GREETING],
    );
    assert.equal(spoken.length, 3, "the answer to the question is not answered itself");
    if (kind === "refused") {
      assert.deepEqual([state, record.recording.spans], ["refused", []]);
      assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
      const answer = await askFor(rig.server, `/api/calls/${talk.callId}/recording`);
      assert.equal((await answer.json()).code, "not_recorded");
      return;
    }
    const { recorded } = await finished(rig.server, talk.callId);
    assert.ok(record.recording.spans[0].fromMs >= consent.atMs);
    const [first] = stretches(recorded.agent);
    assert.ok(first!.from / 8 >= consent.atMs);
    assert.equal(stretches(recorded.caller).length, 1, "the yes itself is not on it");
  });
}

test("a caller who does not answer is asked twice, and the call goes on unrecorded", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({ agent: agentWith("required", ASKED), ...folder });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Hello, this is Acme/);
  const { reason } = await published(
    rig,
    talk.callId,
    "recording",
    ({ state }) => state === "refused",
  );
  assert.equal(reason, "no_answer");
  await hangUp(talk.phone);
  const { turns } = await statusOf(rig, talk.callId);
  assert.deepEqual(turns.map(({ text }: { text: string }) => text), [ASKED, ASKED, GREETING]);
  assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
});

for (const answer of [{ says: "I want to know your hours first." }, { presses: "5" }]) {
  const kind = answer.presses === undefined ? "sentence" : "key";
  test(`a ${kind} that is no yes and no no is on record as such, with its words and their place`, async () => {
    await using folder = await recordingFolder();
    await using rig = await startPhoneRig({
      agent: agentWith("required", ASKED),
      ...folder,
      model: { transcribe: () => answer.says ?? "" },
    });
    const talk = await rig.ring();
    for (const times of [1, 2]) {
      await spokenTimes(rig, talk.callId, ASKED, times);
      if (answer.presses === undefined) await talk.phone.speak(voiceOf(500));
      else await talk.phone.sendDigits(answer.presses);
    }
    const event = await published(
      rig,
      talk.callId,
      "recording",
      ({ state }) => state === "refused",
    );
    assert.equal(event.reason, "not_a_yes");
    await heardSaying(rig, talk.callId, /^Hello, this is Acme/);
    await hangUp(talk.phone);
    const { recording, turns } = await statusOf(rig, talk.callId);
    assert.deepEqual([recording.state, recording.reason, recording.spans], [
      "refused",
      "not_a_yes",
      [],
    ]);
    const { kind, words, key, saidMs } = recording.consent;
    assert.deepEqual([kind, words, key], ["unclear", answer.says ?? null, answer.presses ?? null]);
    const last = turns.findLast(({ role }: { role: string }) => role === "caller");
    if (last === undefined) assert.equal(saidMs, null);
    else assert.ok(Math.abs(saidMs - last.startedMs) <= 2, `${saidMs} and ${last.startedMs}`);
    assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
  });
}

test("who presses the key of the opt-out at the question is called no more, and not recorded", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({
    agent: `${agentWith("required", ASKED)}\noutbound: { hours: off, opt_out: { key: "9" } }`,
    ...folder,
  });
  const talk = await rig.dial();
  await spokenTimes(rig, talk.callId, ASKED, 1);
  await talk.phone.sendDigits("9");
  await heardSaying(rig, talk.callId, /^I have taken you off our list/);
  const { optOut, end, recording, turns } = await statusOf(rig, talk.callId);
  assert.deepEqual([optOut.by, optOut.words, end.detail], ["key", "9", "opted_out"]);
  const { state, reason, consent } = recording;
  assert.deepEqual([state, reason, consent.key], ["refused", "declined", "9"]);
  const asked = turns.filter(({ text }: { text: string }) => text === ASKED);
  assert.equal(asked.length, 1);
  assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
});

for (const presses of ["early", undefined, "5"]) {
  const done = presses === "early" ? "before the question" : `after ${presses ?? "no"} key`;
  test(`who hangs up in the place of an answer is on record, ${done}`, async () => {
    await using folder = await recordingFolder();
    await using rig = await startPhoneRig({ agent: agentWith("required", ASKED), ...folder });
    const talk = await rig.ring();
    if (presses !== "early") await spokenTimes(rig, talk.callId, ASKED, 1);
    if (presses === "5") {
      await talk.phone.sendDigits(presses);
      await spokenTimes(rig, talk.callId, ASKED, 2);
    }
    await hangUp(talk.phone);
    const { recording } = await statusOf(rig, talk.callId);
    assert.deepEqual([recording?.state, recording?.reason, recording?.consent?.key ?? null], [
      "refused",
      presses === "5" ? "not_a_yes" : "call_ended",
      presses === "5" ? presses : null,
    ]);
    assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
  });
}

/** Until the caller has heard a sentence so often to its last word. */
function spokenTimes(rig: PhoneRig, callId: string, text: string, times: number) {
  const heard = new Set<string>();
  return published(rig, callId, "turn", ({ turn }) => {
    if (turn.role === "agent" && turn.final && turn.text === text) heard.add(turn.id);
    return heard.size >= times;
  });
}

test("a key of a longer number is no answer, and nobody is told of the number", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({
    agent: `${agentWith("required", ASKED)}\nredaction: true\ndtmf: { timeout_ms: 10000 }`,
    ...folder,
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^May we record/);
  await talk.phone.sendDigits("4111111111111111#");
  await until(
    () => detailOf(rig.server, talk.callId),
    ({ turns }) => turns.filter(({ text }: { text: string }) => text === ASKED).length === 2,
  );
  const asked = await detailOf(rig.server, talk.callId);
  assert.equal(asked.recording, null, "it is asked once more");
  await talk.phone.sendDigits("1#");
  await heardSaying(rig, talk.callId, /^Hello, this is Acme/);
  await hangUp(talk.phone);
  const record = await statusOf(rig, talk.callId);
  assert.deepEqual([record.recording.consent.kind, record.recording.consent.key], ["agreed", "1"]);
  assert.ok(!/11111/.test(JSON.stringify(record)), "the number is nowhere");
});
