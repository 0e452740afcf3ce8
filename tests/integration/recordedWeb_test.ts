import assert from "node:assert/strict";
import { encodeBase64 } from "../../src/utils/audio/audioFormat.ts";
import { toneSamples } from "../../src/sim/voice/toneVoice.ts";
import { createResampler } from "../../src/utils/audio/resampler.ts";
import { openClient } from "../support/browser/webClient.ts";
import { finished, recordingFolder, stretches } from "../support/recordedCalls.ts";
import { published, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";

const agent = "greeting: Good day, this is Acme.\nrecording: { consent: none }";
const FRAME_MS = 20;
const BYTES_PER_MS = 48;

Deno.test("a browser's call is recorded to the sample at which it says that it fell silent", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({ agent, ...folder });
  const { token } = await (await rig.server.post("/api/web/session", undefined, apiKey)).json();
  const client = openClient(rig.server, token);
  const { callId } = await client.get("ready");
  await client.inbox.find((message) => message.type === "notice" && message.code === "recording");
  const { itemId } = await client.inbox.find((message) =>
    message.type === "audio" && "itemId" in message
  ) as { readonly itemId: string };
  client.send({ type: "played", itemId, ms: 0 });
  client.send({ type: "played", itemId, ms: 200 });

  const fellSilent = client.get("clear").then(() =>
    client.send({ type: "played", itemId, ms: 437, cleared: true })
  );
  // The caller speaks, frame by frame, in real time.
  const samples = createResampler(16_000, 24_000).process(
    new Int16Array([...new Int16Array(3200), ...toneSamples(600)]),
  );
  const voice = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const frame = FRAME_MS * BYTES_PER_MS;
  const quiet = new Uint8Array(frame);
  const startedAt = performance.now();
  for (let at = 0, n = 1; at < voice.length; at += frame, n++) {
    client.send({
      type: "input_audio_buffer.append",
      audio: encodeBase64(voice.subarray(at, at + frame)),
    });
    const wait = startedAt + n * FRAME_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
  for (let n = 0; n < 60; n++) {
    client.send({ type: "input_audio_buffer.append", audio: encodeBase64(quiet) });
  }
  await fellSilent;
  const { heardMs } = await published(rig, callId, "interrupted");
  assert.equal(heardMs, 437);
  await client.close();

  const { recorded, record } = await finished(rig.server, callId);
  assert.deepEqual([recorded.hz, recorded.bits, recorded.code], [24_000, 16, 1]);
  const [turn, , next] = record.turns;
  const from = turn.startedMs * BYTES_PER_MS;
  const till = next === undefined ? Infinity : next.startedMs * BYTES_PER_MS - 480;
  const end = recorded.agent.subarray(0, till).findLastIndex((byte) => byte !== 0) + 1;
  assert.ok(Math.abs((end - from) / BYTES_PER_MS - 437) <= 3, `${(end - from) / BYTES_PER_MS} ms`);
  const caller = stretches(recorded.caller, { silence: 0, apart: 4800 })[0];
  const said = stretches(voice, { silence: 0, apart: 4800 })[0];
  assert.deepEqual(caller?.audio, said?.audio, "the caller's samples");
});
