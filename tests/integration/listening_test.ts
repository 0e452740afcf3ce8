import assert from "node:assert/strict";
import {
  heardSaying,
  published,
  recordOf,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { apiKey, otherKey } from "../support/servers/phoneServer.ts";
import { openClient } from "../support/browser/webClient.ts";
import { toneSamples } from "../../src/sim/voice/toneVoice.ts";
import { encodeBase64 } from "../../src/utils/audio/audioFormat.ts";
import { decodeG711, MU_LAW } from "../../src/utils/audio/g711.ts";
import { createResampler } from "../../src/utils/audio/resampler.ts";
import { askToListen, listenTo, loudMs } from "../support/listeningClient.ts";
import { problemOf } from "../support/problemOf.ts";
import { recordingFolder } from "../support/recordedCalls.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("listening in");
const agent = "greeting: Good day, this is Acme.";

test("who listens hears both sides at their ears, each on its own, until the call ends", async () => {
  await using rig = await startPhoneRig({ agent });
  const talk = await rig.ring();
  await using listener = await listenTo(rig.server, talk.callId, apiKey);
  await heardSaying(rig, talk.callId, /^Good day/);
  const said = voiceOf(600);
  await talk.phone.speak(said);
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  await listener.hears("caller", loudMs(decodeG711(MU_LAW, said)) - 100);
  await listener.hears("agent", 5);
  talk.model.say({ say: "One, two, three, four, five, six.", audioMs: 4000 });
  await published(rig, talk.callId, "turn", ({ turn }) => /^One, two/.test(turn.text));
  await until(() => talk.phone.playedMs, (ms) => ms > 0);
  const before = loudMs(listener.side("agent"));
  await until(() => loudMs(listener.side("agent")), (ms) => ms > before + 500);
  talk.model.startSpeech();
  await talk.phone.next("clear");
  const cut = listener.sounds.at(-1)!.atMs;
  await until(() => listener.sounds.at(-1)!.atMs, (atMs) => atMs > cut + 800);
  const rest = listener.sounds.filter(({ atMs }) => atMs > cut + 600);
  assert.ok(rest.every(({ agent }) => loudMs(agent) === 0), "what was cut off is not heard");
  talk.model.stopSpeech(300);
  const times = listener.sounds.map(({ atMs }) => atMs);
  assert.ok(times.every((atMs, at) => at === 0 || atMs - times[at - 1]! >= 100), "no piece twice");
  assert.ok(
    listener.sounds.every(({ caller, agent }) => caller.length === 800 && agent.length === 800),
  );

  await hangUp(talk.phone);
  assert.deepEqual([(await listener.closed).code], [1000]);
  await recordOf(rig, talk.callId);
  const { listeners } = await get(rig.server, `/api/calls/${talk.callId}`);
  assert.equal(listeners.length, 1);
  assert.equal(listeners[0].key, "ops");
  assert.ok(listeners[0].toMs > listeners[0].fromMs, JSON.stringify(listeners));
});

test("who begins to listen in the middle of a sentence hears the rest of it", async () => {
  await using rig = await startPhoneRig({ agent });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  talk.model.say({ say: "One, two, three, four, five, six.", audioMs: 3500 });
  const playedMs = talk.phone.playedMs;
  await until(() => talk.phone.playedMs, (ms) => ms > playedMs + 300);
  await using listener = await listenTo(rig.server, talk.callId, apiKey);
  await listener.hears("agent", 1000);
  await hangUp(talk.phone);
  assert.equal((await listener.closed).code, 1000);
});

test("a call from a browser is heard like one on the phone, and its caller is told nothing", async () => {
  await using rig = await startPhoneRig({ agent });
  const { token } = await (await rig.server.post("/api/web/session")).json();
  const client = openClient(rig.server, token);
  const { callId } = await client.get("ready");
  await using listener = await listenTo(rig.server, callId, apiKey);
  await listener.hears("agent", 50);
  const samples = createResampler(16_000, 24_000).process(toneSamples(600));
  const voice = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  client.send({ type: "input_audio_buffer.append", audio: encodeBase64(voice) });
  await listener.hears("caller", 400);
  const whisper = { type: "whisper", text: "Be brief." };
  const done = await rig.server.post(`/api/calls/${callId}/actions`, whisper);
  assert.equal(done.status, 202, await done.text());
  await published(rig, callId, "turn", ({ turn }) => turn.by === "whisper");
  await client.close();
  assert.equal((await listener.closed).code, 1000);
  const told = JSON.stringify(client.inbox.all);
  assert.ok(!/listen|whisper|brief/i.test(told), told);
});

test("while a recording is paused, who listens hears silence", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({
    agent: `${agent}\nrecording: { consent: none }`,
    ...folder,
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  await using listener = await listenTo(rig.server, talk.callId, apiKey);
  const act = async (change: string) => {
    const action = { type: "recording", change };
    const answer = await rig.server.post(`/api/calls/${talk.callId}/actions`, action);
    assert.equal(answer.status, 202, await answer.text());
  };
  await act("pause");
  await until(() => listener.sounds.at(-1)?.isSilenced, (silenced) => silenced === true);
  await talk.phone.speak(voiceOf(800));
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  await act("resume");
  const { atMs } = await published(
    rig,
    talk.callId,
    "recording",
    ({ state, spans }) => state === "on" && spans.length > 1,
  );
  await until(() => listener.sounds.at(-1)!, (last) => last.atMs > atMs + 500 && !last.isSilenced);
  const silenced = listener.sounds.filter(({ isSilenced }) => isSilenced);
  assert.ok(silenced.length > 5);
  assert.ok(silenced.every(({ caller, agent }) => loudMs(caller) + loudMs(agent) === 0));
  assert.equal(loudMs(listener.side("caller")), 0, "nothing of what was said in the pause");
  await talk.phone.speak(voiceOf(500));
  await listener.hears("caller", 200);
  await hangUp(talk.phone);
});

test("observers learn who listens, and by which key; so many listen and no more", async () => {
  await using rig = await startPhoneRig({ agent, env: { LISTENERS_PER_CALL: "1" } });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  {
    await using listener = await listenTo(rig.server, talk.callId, apiKey);
    assert.ok(listener);
    const started = await published(rig, talk.callId, "listeningStarted");
    assert.equal(started.by, "ops");
    await assert.rejects(listenTo(rig.server, talk.callId, apiKey));
  }
  await published(rig, talk.callId, "listeningEnded");
  await using another = await listenTo(rig.server, talk.callId, apiKey);
  assert.ok(another);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const refused = await askToListen(rig.server, talk.callId, apiKey);
  assert.deepEqual(await problemOf(refused), [409, "call_ended"]);
});

test("a key that is revoked hears nothing more, and a token works once", async () => {
  await using rig = await startPhoneRig({
    agent,
    env: { API_KEYS: `ops:${apiKey};scopes=admin,other:${otherKey};scopes=admin` },
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  await using listener = await listenTo(rig.server, talk.callId, otherKey);
  const { token } = await (await askToListen(rig.server, talk.callId, otherKey)).json();
  const revoked = await rig.server.post("/api/keys/other/revoke");
  assert.ok(revoked.ok, await revoked.text());
  assert.equal((await listener.closed).code, 1008);
  const path = `/api/calls/${talk.callId}/listen`;
  const offer = { "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13" };
  const handshake = await rig.server.app.fetch(
    new Request(`${rig.server.origin}${path}`, {
      headers: {
        ...offer,
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": `parley.listen.v1, token.${token}`,
      },
    }),
  );
  assert.deepEqual(await problemOf(handshake), [401, "invalid_token"]);
  await hangUp(talk.phone);
});

test("nobody listens where that is switched off, or to calls that they may not see", async () => {
  await using rig = await startPhoneRig({
    agent,
    env: { LISTENERS: "0", API_KEYS: `ops:${apiKey};scopes=admin,other:${otherKey}` },
  });
  const talk = await rig.ring();
  const refusal = async (key: string) =>
    await problemOf(await askToListen(rig.server, talk.callId, key));
  assert.deepEqual(await refusal(apiKey), [403, "listening_off"]);
  assert.deepEqual(await refusal(otherKey), [404, "unknown_call"]);
  await hangUp(talk.phone);
});
