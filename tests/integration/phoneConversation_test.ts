import assert from "node:assert/strict";
import type { PublishedEvent } from "../../src/services/events/eventHub.ts";
import { watchHoldUps } from "../support/trials/holdUps.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  recordOf,
  spokenItems,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { twilioPost, twimlOf } from "../support/twilio/twilioWebhook.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const greeting = "greeting: Good day.";
const test = concurrentTests("conversations by phone");

/** The caller says something, and has the answer. */
async function converse(rig: PhoneRig, { phone, callId }: Talk): Promise<void> {
  await phone.speak(voiceOf(600));
  await heardSaying(rig, callId, /^I heard you\.$/);
}

function greetings({ model }: Talk) {
  return model.received.filter((event) =>
    event.type === "response.create" && event.response?.instructions?.includes("Good day.")
  );
}

for (const way of ["ring", "dial"] as const) {
  test(`a whole conversation on a call that was ${way === "ring" ? "taken" : "placed"}`, async () => {
    await using rig = await startPhoneRig({ agent: greeting });
    const talk = await rig[way]();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    await converse(rig, talk);
    await hangUp(talk.phone);
    const record = await recordOf(rig, talk.callId);
    assert.deepEqual(
      record.turns.map(({ role, text }) => [role, text.replace(/[\d.]+/, "n")]),
      [["agent", "Good dayn"], ["caller", "(n seconds of speech)"], ["agent", "I heard youn"]],
    );
    assert.equal(record.end?.reason, "caller_hung_up");
    assert.deepEqual(talk.phone.errors, []);
    assert.equal(greetings(talk).length, 1);
    await talk.model.closed;
  });
}

test("the model is connected, and the greeting made, while the phone still rings", async () => {
  await using rig = await startPhoneRig({ agent: greeting });
  assert.match(await twimlOf(twilioPost(rig.server, "/twilio/voice")), /<Connect>/);
  const model = await rig.realtime.nextSession();
  const { response } = await model.next("response.create");
  assert.match(response?.instructions ?? "", /Good day\./);
});

test("case 11: the greeting is said once, also to a caller who speaks at once", async () => {
  await using rig = await startPhoneRig({
    agent: greeting,
    model: { faults: ["slowStart:400"] },
  });
  const talk = await rig.ring();
  await talk.phone.speak(voiceOf(900));
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  assert.equal(greetings(talk).length, 1);
  await hangUp(talk.phone);
});

for (
  const [line, network] of [
    ["a line without delay", {}],
    ["a line with delay and jitter", {
      line: {
        toApp: { delayMs: 60, jitterMs: 10 },
        fromApp: { delayMs: 60, jitterMs: 10 },
        startupDelayMs: 120,
      },
    }],
  ] as const
) {
  Deno.test(`case 21, 22, 27: on ${line} the model knows where the caller stopped hearing it`, async () => {
    await using rig = await startPhoneRig({ network });
    const talk = await rig.ring();
    let heardBefore = 0;
    for (let round = 0; round < 3; round++) {
      using holdUps = watchHoldUps();
      talk.model.say({ say: `A long story, part ${round}.`, audioMs: 8000 });
      await heardAtLeast(talk, heardBefore + 700 + 300 * round);
      const markLateMs = holdUps.worstMs;
      using sinceMark = watchHoldUps();
      talk.model.startSpeech();
      const { report } = await talk.phone.next("clear");
      const clearLateMs = sinceMark.totalMs;
      const { item_id, audio_end_ms } = await talk.model.next("conversation.item.truncate");
      const truthMs = report.playedMs - heardBefore;
      heardBefore = report.playedMs;
      const entry = spokenItems(talk.model).at(-1);
      assert.equal(entry?.id, item_id);
      assert.equal(entry?.audioEndMs, audio_end_ms, "the model took the truncate");
      const offMs = Math.abs(audio_end_ms - truthMs);
      assert.ok(
        // The interruption and the clear are held up one after the other, after the mark's echo.
        offMs <= 60 + markLateMs + clearLateMs,
        `${audio_end_ms} ms were told, ${truthMs} ms were played, held up ${markLateMs} + ${clearLateMs}`,
      );
      talk.model.stopSpeech(500);
      await rig.events.when((all) => all.filter(isReply).length > round);
      heardBefore = talk.phone.playedMs;
    }
    assert.equal(talk.model.received.some(({ type }) => type === "response.cancel"), false);
    assert.deepEqual(talk.phone.errors, []);
  });
}

test("case 41: end_call hangs up when the goodbye has been heard to its end", async () => {
  await using rig = await startPhoneRig({
    agent: "tools: [end_call]",
    model: {
      script: (turn) =>
        turn.cause.type === "speech"
          ? { say: "Goodbye.", audioMs: 2000, tools: [{ name: "end_call", arguments: "{}" }] }
          : parrot(turn),
    },
  });
  const talk = await rig.ring();
  await talk.phone.speak(voiceOf(600));
  await talk.phone.ended;
  assert.ok(Math.abs(heardMs(talk) - 2000) < 30, `${heardMs(talk)} ms of the goodbye were heard`);
  assert.deepEqual(talk.phone.clears, []);
  const record = await recordOf(rig, talk.callId);
  assert.equal(record.end?.reason, "agent_hung_up");
  assert.equal(record.turns.at(-1)?.text, "Goodbye.");
});

test("case 41: transfer_call dials the number behind the alias after the sentence before it", async () => {
  await using rig = await startPhoneRig({
    agent: "transfers: { sales: { number: '+14155550199', sentence: I connect you. } }",
    model: {
      script: (turn) =>
        turn.cause.type === "speech"
          ? { tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] }
          : parrot(turn),
    },
  });
  const talk = await rig.ring();
  await talk.phone.speak(voiceOf(600));
  assert.deepEqual((await talk.phone.next("dialed")).targets, ["+14155550199"]);
  await heardSaying(rig, talk.callId, /^I connect you\.$/);
  await talk.phone.ended;
  const record = await recordOf(rig, talk.callId);
  assert.deepEqual(record.end, {
    reason: "transferred",
    detail: "sales",
  });
});

test("send_dtmf takes the stream away and brings it back, and the conversation goes on", async () => {
  await using rig = await startPhoneRig({
    agent: "tools: [send_dtmf]",
    model: {
      script: (turn) =>
        turn.cause.type === "text"
          ? { tools: [{ name: "send_dtmf", arguments: '{"digits":"12#"}' }] }
          : parrot(turn),
    },
  });
  const talk = await rig.ring();
  const asked = await rig.server.post(`/api/calls/${talk.callId}/actions`, {
    type: "text",
    text: "press the keys",
  });
  assert.equal(asked.status, 202, await asked.text());
  assert.equal((await talk.phone.next("played")).digits, "12#");
  await talk.phone.next("streamStarted");
  await converse(rig, talk);
  assert.equal(rig.realtime.stats.connections, 1);
  await hangUp(talk.phone);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
});

test("case 46: keys that the caller presses reach the model as one line of text", async () => {
  await using rig = await startPhoneRig();
  const talk = await rig.ring();
  await talk.phone.sendDigits("4207#");
  const { item } = await talk.model.next("conversation.item.create");
  assert.match(JSON.stringify(item), /4207/);
  await talk.phone.next("speaking");
});

test("a media socket that breaks brings the same conversation back", async () => {
  await using rig = await startPhoneRig({ agent: greeting });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  talk.phone.breakConnection();
  await talk.phone.next("streamStarted");
  await converse(rig, talk);
  assert.equal(rig.realtime.stats.connections, 1);
  assert.equal(greetings(talk).length, 1);
  await hangUp(talk.phone);
  const { turns } = await recordOf(rig, talk.callId);
  assert.deepEqual(turns.map(({ role }) => role), ["agent", "caller", "agent"]);
});

/** Waits until so much of the agent's audio has really been played. */
async function heardAtLeast({ phone }: Talk, ms: number): Promise<void> {
  while (phone.playedMs < ms) await phone.next("echo");
}

/** The caller has heard the whole of the answer to a turn. */
function isReply({ event }: PublishedEvent): boolean {
  if (event.type !== "turn") return false;
  const { final, interrupted, text } = event.turn;
  return final && !interrupted && text === "I heard you.";
}

/** How much of the agent's speech reached the caller's ear. */
function heardMs({ phone }: Talk): number {
  return phone.heard().reduce((sum, { audio }) => sum + audio.length / 8, 0);
}
