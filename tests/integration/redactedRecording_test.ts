import assert from "node:assert/strict";
import { toneOf } from "../support/twilio/heardSounds.ts";
import {
  heardSaying,
  parrot,
  published,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { askFor, finished, recordingFolder, stretches } from "../support/recordedCalls.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";

const test = concurrentTests("recordings are silent where something is private");

const LONG =
  "Fine. So that is 4111 1111 1111 1111, thank you very much indeed. We will send you a letter " +
  "with all of it within the next three working days, and you need not do anything else until it comes.";

test("the recording is silent where either side says a card number, and the record says where", async () => {
  await using folder = await recordingFolder();
  const said = ["Good morning.", "My card is 4111 1111 1111 1111.", "That is all."];
  const script: typeof parrot = (turn) =>
    turn.cause.type === "speech" && said.length === 1
      ? { say: LONG, audioMs: 14_000 }
      : parrot(turn);
  await using rig = await startPhoneRig({
    agent: "greeting: Good day.\nrecording: { consent: none }\nredaction: true",
    model: { transcribe: () => said.shift() ?? "Fine.", script },
    ...folder,
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  for (let answers = 2; answers <= 4; answers++) {
    await talk.phone.speak(voiceOf(600));
    await rig.events.when((all) => {
      const finals = all.flatMap(({ event }) =>
        event.type === "turn" && event.turn.role === "agent" && event.turn.final
          ? [event.turn.id]
          : []
      );
      return new Set(finals).size >= answers;
    });
  }
  await hangUp(talk.phone);

  const { record, recorded } = await finished(rig.server, talk.callId);
  const { redactedSpans } = record.recording;
  assert.deepEqual(redactedSpans.map(({ side }: { side: string }) => side).sort(), [
    "agent",
    "caller",
  ]);
  for (const { side, fromMs, toMs } of redactedSpans) {
    const track = side === "agent" ? recorded.agent : recorded.caller;
    const sound = track.subarray(fromMs * 8, toMs * 8).filter((byte) => byte !== 0xff);
    assert.equal(sound.length, 0, `${side} from ${fromMs} to ${toMs}`);
  }
  const turns = record.turns.filter(({ text }: { text: string }) => text.includes("[card number]"));
  assert.equal(turns.length, 2);
  for (const { role, startedMs, endedMs } of turns) {
    const span = redactedSpans.find(({ side }: { side: string }) => side === role);
    if (role === "caller") assert.ok(span.fromMs <= startedMs && span.toMs >= endedMs);
    const isPart = span.fromMs > startedMs + 300 || span.toMs < endedMs - 300;
    if (role === "agent") assert.ok(isPart, "the rest of what the agent says is kept");
  }
  assert.equal(stretches(recorded.caller).length, 2, "the other two turns of the caller are there");
});

test("the tones of keys that nobody is to know are not on the recording", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({
    agent:
      "greeting: Good day.\nrecording: { consent: none }\ndtmf: { sensitive: true, timeout_ms: 10000 }",
    ...folder,
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  // A carrier may leave the tone in the sound.
  await talk.phone.speak(toneOf(700));
  await talk.phone.sendDigits("4711#");
  await published(rig, talk.callId, "digits");
  await hangUp(talk.phone);
  const { record, recorded } = await finished(rig.server, talk.callId);
  const [span] = record.recording.redactedSpans;
  const keys = record.turns.find(({ text }: { text: string }) =>
    text === "•••••" || text === "••••"
  );
  assert.equal(span.side, "caller");
  const [{ toMs: stoppedMs }] = record.recording.spans;
  assert.ok(span.fromMs <= keys.startedMs - 500);
  assert.ok(span.toMs >= Math.min(keys.endedMs + 500, stoppedMs) && span.toMs <= stoppedMs);
  const sound = recorded.caller.subarray(span.fromMs * 8, span.toMs * 8);
  assert.ok(sound.length > 0 && sound.every((byte) => byte === 0xff));
});

test("what is said after a stop, or in a pause, is no part of what is silent on the recording", async () => {
  await using folder = await recordingFolder();
  const said = ["My card is 4111 1111 1111 1111.", "Again, 4111 1111 1111 1111."];
  await using rig = await startPhoneRig({
    agent: "greeting: Good day.\nrecording: { consent: none }\nredaction: true",
    model: { transcribe: () => said.shift() ?? "" },
    ...folder,
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  for (const change of ["pause", "stop"]) {
    const { state } = await changeRecording(change);
    await talk.phone.speak(voiceOf(600));
    await rig.events.when((all) =>
      all.filter(({ event }) => event.type === "redacted").length >=
        (state === "paused" ? 1 : 2)
    );
  }
  await hangUp(talk.phone);
  const { record } = await finished(rig.server, talk.callId);
  const [begun] = record.recording.spans;
  for (const { fromMs, toMs } of record.recording.redactedSpans) {
    assert.ok(fromMs >= begun.fromMs && toMs <= begun.toMs, `${fromMs} to ${toMs}`);
  }
  assert.equal(
    record.turns.filter(({ text }: { text: string }) => /card number/.test(text)).length,
    2,
  );

  async function changeRecording(change: string) {
    const answer = await askFor(rig.server, `/api/calls/${talk.callId}/actions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ type: "recording", change }),
    });
    assert.equal(answer.status, 202);
    await answer.body?.cancel();
    const wanted = change === "pause" ? "paused" : "stopped";
    return await published(rig, talk.callId, "recording", ({ state }) => state === wanted);
  }
});
