import assert from "node:assert/strict";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";
import { samplesToBytes } from "../../../src/utils/audioTranscode.ts";
import { type RealtimeWire, withRealtime } from "../../support/openai/realtimeWire.ts";
import { readRecording } from "../../support/trials/speechFixture.ts";

Deno.test("real speech in mu-law makes one turn, reported in the order of the real server", async () => {
  await withRealtime({ script: () => ({ say: "Yes?" }) }, async (wire) => {
    wire.configure({
      audio: {
        input: { format: { type: "audio/pcmu" }, transcription: { model: "gpt-transcribe" } },
      },
    });
    const { speechMs } = streamRecording(wire, "pcmu");
    const completed = await wire.nth("conversation.item.input_audio_transcription.completed");
    await wire.nth("response.done");

    const wanted = new Set([
      "input_audio_buffer.speech_started",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "response.created",
      "response.done",
    ]);
    assert.deepEqual(wire.types.filter((type) => wanted.has(type)), [
      "input_audio_buffer.speech_started",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "response.created",
      "conversation.item.added",
      "response.done",
    ]);
    const started = await wire.nth("input_audio_buffer.speech_started");
    const stopped = await wire.nth("input_audio_buffer.speech_stopped");
    assert.equal(started.item_id, stopped.item_id);
    // The recording is led by a second of silence; 300 ms of prefix padding reach into it.
    assert.ok(started.audio_start_ms > 650 && started.audio_start_ms < 1_500);
    assert.ok(stopped.audio_end_ms <= 1_000 + speechMs + 600);
    assert.equal((await wire.nth("input_audio_buffer.committed")).item_id, started.item_id);
    assert.equal(completed.item_id, started.item_id);
    assert.match(completed.transcript, /^\([12]\.\d seconds of speech\)$/);
    assert.ok(completed.usage.seconds > 1 && completed.usage.seconds < 3);
  });
});

Deno.test("speech in 24 kHz PCM and in appends of a second is heard the same", async () => {
  await withRealtime({ script: () => ({}) }, async (wire) => {
    streamRecording(wire, "pcm24k", 1_000);
    await wire.nth("input_audio_buffer.speech_stopped");
    await wire.nth("response.done");
    assert.equal(wire.of("input_audio_buffer.speech_started").length, 1);
  });
});

Deno.test("without turn detection a turn is what the client commits", async () => {
  const spoken: unknown[] = [];
  await withRealtime({ script: ({ cause }) => (spoken.push(cause), {}) }, async (wire) => {
    wire.configure({ audio: { input: { format: { type: "audio/pcmu" }, turn_detection: null } } });
    const { speechMs } = streamRecording(wire, "pcmu", 20, 0);
    wire.send({ type: "input_audio_buffer.commit" });
    await wire.nth("conversation.item.added");
    wire.send({ type: "response.create" });
    await wire.nth("response.done");
    assert.equal(wire.of("input_audio_buffer.speech_started").length, 0);
    assert.deepEqual(spoken, [{ type: "speech", spokenMs: speechMs }]);
    wire.send({ type: "input_audio_buffer.commit" });
    assert.equal((await wire.nth("error")).error.code, "input_audio_buffer_commit_empty");
  });
});

Deno.test("create_response false makes a turn without an answer", async () => {
  await withRealtime({}, async (wire, _, session) => {
    await detect(wire, { create_response: false });
    session.startSpeech();
    session.stopSpeech(900);
    await wire.nth("conversation.item.done");
    wire.configure({ instructions: "" });
    await wire.nth("session.updated", 1);
    assert.equal(wire.of("response.created").length, 0);
    assert.equal(session.conversation[0]?.audioMs, 900);
  });
});

Deno.test("speech cancels the running response, whose audio so far stays", async () => {
  await withRealtime({ script: long, speed: 20 }, async (wire, _, session) => {
    wire.send({ type: "response.create" });
    await wire.nth("response.output_audio.delta", 2);
    session.startSpeech();
    const { response } = await wire.nth("response.done");
    assert.equal(response.status, "cancelled");
    assert.deepEqual(response.status_details, { type: "cancelled", reason: "turn_detected" });
    assert.equal(response.output[0].status, "incomplete");
    assert.ok(session.conversation[0]!.audioMs >= 600);
    const at = (type: string) => wire.types.indexOf(type);
    assert.ok(at("input_audio_buffer.speech_started") < at("response.output_audio.done"));
    assert.ok(at("response.output_item.done") < at("response.done"));
  });
});

Deno.test("interrupt_response false lets the response go on, and the next one collide", async () => {
  await withRealtime({ script: long, speed: 20 }, async (wire, _, session) => {
    await detect(wire, { interrupt_response: false });
    wire.send({ type: "response.create" });
    await wire.nth("response.output_audio.delta");
    session.startSpeech();
    session.stopSpeech(500);
    const { error } = await wire.nth("error");
    assert.equal(error.code, "conversation_already_has_active_response");
    assert.ok(session.responding);
  });
});

Deno.test("response.cancel cancels by id or without one", async () => {
  await withRealtime({ script: long, speed: 20 }, async (wire) => {
    wire.send({ type: "response.create" });
    const { response } = await wire.nth("response.created");
    wire.send({ type: "response.cancel", response_id: "resp_other" });
    assert.equal((await wire.nth("error")).error.code, "response_cancel_not_active");
    wire.send({ type: "response.cancel", response_id: response.id });
    const done = await wire.nth("response.done");
    assert.equal(done.response.status_details.reason, "client_cancelled");
    wire.send({ type: "response.create" });
    await wire.nth("response.output_audio.delta");
    wire.send({ type: "response.cancel" });
    await wire.nth("response.done", 1);
  });
});

Deno.test("truncating drops the audio and the words that were not heard", async () => {
  const say = "One two three four five six seven eight nine ten.";
  await withRealtime({ script: () => ({ say, audioMs: 4_900 }) }, async (wire, _, session) => {
    wire.send({ type: "response.create" });
    const { response } = await wire.nth("response.done");
    const [{ id }] = response.output;
    truncate(wire, id, 1_000);
    const truncated = await wire.nth("conversation.item.truncated");
    assert.deepEqual([truncated.item_id, truncated.audio_end_ms], [id, 1_000]);
    const [entry] = session.conversation;
    assert.deepEqual([entry?.audioMs, entry?.audioEndMs, entry?.text], [1_000, 1_000, "One two"]);
    wire.send({ type: "conversation.item.retrieve", item_id: id });
    const { item } = await wire.nth("conversation.item.retrieved");
    assert.equal(item.content[0].transcript, "One two");
    truncate(wire, id, 1_001);
    const { error } = await wire.nth("error");
    assert.equal(error.code, null);
    assert.equal(error.message, "Audio content of 1000ms is already shorter than 1001ms");
  });
});

Deno.test("an item may be truncated while it is being produced", async () => {
  const say = "word ".repeat(100);
  const script = () => ({ say, audioMs: 20_000 });
  await withRealtime({ script, speed: 20 }, async (wire, _, session) => {
    wire.send({ type: "response.create" });
    const { item_id } = await wire.nth("response.output_audio.delta");
    truncate(wire, item_id, 100);
    await wire.nth("response.done");
    assert.equal(session.conversation[0]?.audioMs, 100);
    const done = await wire.nth("conversation.item.done");
    assert.equal(done.item.content[0].transcript, session.conversation[0]?.text);
    assert.ok(done.item.content[0].transcript.length < 20);
  });
});

Deno.test("only the model's audio can be truncated", async () => {
  await withRealtime({ script: long, speed: 20 }, async (wire, _, session) => {
    session.startSpeech();
    session.stopSpeech(700);
    await wire.nth("response.output_item.added");
    const [user] = session.conversation;
    truncate(wire, user!.id, 10);
    const { error } = await wire.nth("error");
    assert.equal(error.code, "unsupported_content_type");
    assert.equal(error.message, "Only model output audio messages can be truncated");
  });
});

Deno.test("a written answer cannot be truncated", async () => {
  await withRealtime({ script: () => ({ say: "Written." }) }, async (wire) => {
    wire.configure({ output_modalities: ["text"] });
    wire.send({ type: "response.create" });
    const { response } = await wire.nth("response.done");
    truncate(wire, response.output[0].id, 0);
    assert.equal((await wire.nth("error")).error.code, "unsupported_content_type");
  });
});

Deno.test("a deleted item is gone", async () => {
  await withRealtime({ script: () => ({ say: "Hi." }) }, async (wire, _, session) => {
    wire.send({ type: "response.create" });
    const { response } = await wire.nth("response.done");
    wire.send({ type: "conversation.item.delete", item_id: response.output[0].id });
    await wire.nth("conversation.item.deleted");
    assert.equal(session.conversation.length, 0);
  });
});

Deno.test("max_output_tokens ends a response as incomplete", async () => {
  await withRealtime({ script: long }, async (wire) => {
    wire.send({ type: "response.create", response: { max_output_tokens: 20 } });
    const { response } = await wire.nth("response.done");
    assert.equal(response.status, "incomplete");
    assert.equal(response.status_details.reason, "max_output_tokens");
    assert.equal(response.usage.output_token_details.audio_tokens, 20);
  });
});

Deno.test("a failed transcription is not reported as an error", async () => {
  await withRealtime({ transcribe: () => undefined }, async (wire, _, session) => {
    wire.configure({ audio: { input: { transcription: { model: "whisper-1" } } } });
    await wire.nth("session.updated");
    session.startSpeech();
    session.stopSpeech(700);
    await wire.nth("conversation.item.input_audio_transcription.failed");
    assert.equal(wire.of("error").length, 0);
  });
});

function long() {
  return { say: "A long answer.", audioMs: 60_000 };
}

async function detect(wire: RealtimeWire, fields: Readonly<Record<string, unknown>>) {
  const turn_detection = { type: "server_vad", ...fields };
  wire.configure({ audio: { input: { turn_detection } } });
  await wire.nth("session.updated");
}

function truncate(wire: RealtimeWire, item_id: string, audio_end_ms: number): void {
  wire.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms });
}

/** Sends a recorded sentence as fast as it goes, with a second of silence before and after. */
function streamRecording(
  wire: RealtimeWire,
  format: "pcmu" | "pcm24k",
  frameMs = 20,
  silenceMs = 1_000,
): { readonly speechMs: number } {
  const recording = readRecording("goforward");
  const rate = format === "pcmu" ? 8_000 : 24_000;
  const speech = createResampler(16_000, rate).process(recording);
  const silence = silenceMs * rate / 1_000;
  const samples = new Int16Array(speech.length + 2 * silence);
  samples.set(speech, silence);
  const bytes = format === "pcmu" ? encodeG711(MU_LAW, samples) : samplesToBytes(samples);
  const step = frameMs * (format === "pcmu" ? 8 : 48);
  for (let at = 0; at < bytes.length; at += step) {
    const audio = bytes.subarray(at, at + step).toBase64();
    wire.send({ type: "input_audio_buffer.append", audio });
  }
  return { speechMs: speech.length / rate * 1_000 };
}
