import assert from "node:assert/strict";
import type { ModelInput, SpeechRef } from "../../../src/call/realtimeClient.ts";
import { contract, respond, Sink } from "../../support/openai/modelContract.ts";

contract("passes speech on unchanged, with its place", async (stage) => {
  const { session, sink } = await stage.live();
  const place = { response_id: "r1", item_id: "i1", content_index: 0 };
  session.say({ type: "response.output_audio.delta", ...place, delta: "UVVV" });
  session.say({ type: "response.audio.delta", ...place, delta: "XXXX" });
  session.say({ type: "response.output_audio.done", ...place });
  const ref = { responseId: "r1", itemId: "i1", contentIndex: 0 };
  assert.deepEqual(await sink.first("speechDone"), { type: "speechDone", ref });
  assert.deepEqual(sink.sounds.all, [{ ref, audio: "UVVV" }, { ref, audio: "XXXX" }]);
});

contract("takes a delta of several megabytes", async (stage) => {
  const { session, sink } = await stage.live();
  const delta = "QUJD".repeat(2 ** 20);
  session.say({ type: "response.output_audio.delta", response_id: "r", item_id: "i", delta });
  const [sound] = await sink.sounds.when((all) => all.length > 0);
  assert.equal(sound?.audio.length, delta.length);
});

class ThrowingSink extends Sink {
  override onInput(input: ModelInput): void {
    super.onInput(input);
    throw new Error("sink broke");
  }

  override onSpeech(ref: SpeechRef, audio: string): void {
    super.onSpeech(ref, audio);
    throw new Error("sink broke");
  }
}

contract("goes on when the listener throws", async (stage) => {
  const sink = new ThrowingSink();
  const { session } = await stage.live({}, {}, sink);
  session.say({
    type: "response.output_audio.delta",
    response_id: "r",
    item_id: "i",
    delta: "AAAA",
  });
  session.say({ type: "input_audio_buffer.speech_started" });
  await sink.first("speechStarted");
  assert.equal(sink.sounds.all.length, 1);
  assert.equal(stage.log.lines.length, 4);
});

contract("is silent once it is closed", async (stage) => {
  const { client, session, sink } = await stage.live();
  client.close();
  session.say({
    type: "response.output_audio.delta",
    response_id: "r",
    item_id: "i",
    delta: "AAAA",
  });
  session.say({ type: "input_audio_buffer.speech_started" });
  client.sendAudio("AAAA");
  client.commitAudio();
  client.clearInputBuffer();
  client.send(respond("say"));
  client.close();
  assert.equal((await session.closed).code, 1000);
  assert.deepEqual(sink.sounds.all, []);
  assert.deepEqual(session.frames.all.map(({ type }) => type), ["session.update"]);
  assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady"]);
});
