import assert from "node:assert/strict";
import { finished, recordingFolder, stretches } from "../support/recordedCalls.ts";
import { hears, toneMs } from "../support/twilio/heardSounds.ts";
import {
  heardSaying,
  parrot,
  published,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { watchHoldUps } from "../support/trials/holdUps.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agent = "greeting: Good day, this is Acme.\nrecording: { consent: none }";

Deno.test("a stream that broke leaves silence, and a webhook tells when the recording is whole", async () => {
  await using folder = await recordingFolder();
  const told: { readonly type: string; readonly data: Record<string, unknown> }[] = [];
  await using hook = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      told.push(await request.json());
      return new Response();
    },
  );
  await using rig = await startPhoneRig({
    agent,
    env: {
      ...folder.env,
      WEBHOOK_URL: `http://127.0.0.1:${hook.addr.port}/`,
      WEBHOOK_SECRET: `whsec_${btoa("0".repeat(32))}`,
    },
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  await talk.phone.speak(voiceOf(600));
  await heardSaying(rig, talk.callId, /^I heard you/);
  talk.phone.breakConnection();
  await published(rig, talk.callId, "connected", ({ again }) => again === true);
  await talk.phone.speak(voiceOf(600));
  await until(
    () => rig.events.all.filter(({ event }) => event.type === "turn" && event.turn.final).length,
    (count) => count >= 4,
  );
  await hangUp(talk.phone);
  const { recorded, record } = await finished(rig.server, talk.callId);
  const voices = stretches(recorded.caller);
  const said = stretches(voiceOf(600))[0]!.audio;
  assert.deepEqual(voices.map(({ audio }) => audio), [said, said], "both, each whole");
  const callers = record.turns.filter(({ role }: { role: string }) => role === "caller");
  assert.ok(callers.length >= 2);
  // A busy machine is late to notice that somebody speaks, and never early.
  assert.ok(voices[0]!.from / 8 < callers[0].startedMs + 100, "the first at its time");
  assert.ok(voices[1]!.from / 8 < callers.at(-1).startedMs + 100, "and the second");
  const ready = await until(
    () => told.find(({ type }) => type === "recording.ready"),
    (message) => message !== undefined,
  );
  assert.deepEqual(ready?.data["recording"], record.recording);
  assert.equal(ready?.data["path"], `/api/calls/${talk.callId}/recording`);
});

Deno.test("the music of a wait is on the recording as it was heard, and ends where somebody speaks", async () => {
  await using folder = await recordingFolder();
  const sales = { number: "+14155550199", mode: "warm", sentence: "One moment." };
  await using rig = await startPhoneRig({
    agent: `${agent}\ntransfers: ${JSON.stringify({ sales })}`,
    model: {
      script: (turn) =>
        turn.cause.type === "speech"
          ? { tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] }
          : parrot(turn),
    },
    network: { numbers: { [sales.number]: { answer: "human", afterMs: 60_000, talkMs: 1000 } } },
    ...folder,
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  await talk.phone.speak(voiceOf(600));
  using holdUps = watchHoldUps();
  // The note of the built-in music's first chord.
  const musicMs = (audio: Uint8Array) => toneMs(audio, 392, 400);
  await until(() => musicMs(talk.phone.heardAudio()), (ms) => ms > 1000);
  rig.server.app.registry.get(talk.callId)?.input({ type: "typed", text: "Are you there?" });
  await heardSaying(rig, talk.callId, /Are you there/);
  await hangUp(talk.phone);
  const { recorded, record } = await finished(rig.server, talk.callId);
  const heard = musicMs(talk.phone.heardAudio());
  const kept = musicMs(recorded.agent);
  assert.ok(Math.abs(kept - heard) <= 160 + holdUps.worstMs, `${kept} of ${heard} ms`);
  const turn = record.turns.findLast(({ role }: { role: string }) => role === "agent");
  assert.ok(!hears(recorded.agent.subarray(turn.startedMs * 8), 392), "not in the answer");
});
