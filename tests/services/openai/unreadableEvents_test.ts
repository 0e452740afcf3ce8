import assert from "node:assert/strict";
import { contract } from "../../support/openai/modelContract.ts";

contract(
  "ignores what it does not know, and counts what it cannot read (case 47)",
  async (stage) => {
    const { client, session, sink } = await stage.live();
    session.say({ type: "brand.new", extra: {} });
    session.say({ type: "conversation.item.added", item: { id: "m", type: "brand_new" } });
    session.say({
      type: "conversation.item.added",
      item: { id: "n", type: "message", role: "dev" },
    });
    for (const raw of ["", "{", "null", "[]", "7", '{"type":7}', '{"type":"response.done"}']) {
      session.sayRaw(raw);
    }
    session.sayRaw(new Uint8Array([1, 2, 3]));
    session.say({ type: "input_audio_buffer.speech_started" });
    assert.deepEqual(await sink.first("speechStarted"), { type: "speechStarted" });
    assert.deepEqual(sink.inputs.all.map(({ type }) => type), ["modelReady", "speechStarted"]);
    client.close();
    assert.match(stage.log.lines.join(), /"malformedEvents":8/);
  },
);

contract("case 69: figures that cannot be are not believed", async (stage) => {
  const { client, session, sink } = await stage.live();
  const usages = [
    { input_tokens: -5, output_tokens: 7 },
    { input_tokens: 1e300, output_tokens: 7 },
    { input_tokens: "1e300", output_tokens: 7 },
    { output_token_details: { text_tokens: 7.2, audio_tokens: -1e300 } },
  ];
  for (const usage of usages) session.say({ type: "response.done", response: { id: "r", usage } });
  session.sayRaw('{"type":"response.done","response":{"id":"r","usage":{"input_tokens":1e999}}}');
  for (const seconds of [-1, 1e300, "7", 1.5]) {
    session.say({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: "i",
      transcript: "Hi",
      usage: { type: "duration", seconds },
    });
  }
  for (const index of [-1, 0.5, 1e300, "1", null, 3]) {
    session.say({
      type: "response.output_audio.delta",
      response_id: "r",
      item_id: "i",
      content_index: index,
      delta: "AAAA",
    });
  }
  client.send({ type: "truncate", itemId: "i", contentIndex: 0, audioEndMs: 9 });
  session.refuse(await session.first("conversation.item.truncate"), {
    message: `Audio content of ${"9".repeat(400)}ms is already shorter than 9ms`,
  });
  const { availableMs } = await sink.first("requestRefused");
  assert.equal(availableMs, undefined);
  const done = sink.inputs.all.filter((input) => input.type === "responseDone");
  assert.deepEqual(done.map(({ usage }) => usage && Object.values(usage)), [
    ...usages.map(() => [0, 0, 0, 0, 7, 0]),
    undefined,
  ]);
  const transcribed = sink.inputs.all.flatMap((input) =>
    input.type === "transcriptionUsed" && input.usage.unit === "seconds"
      ? [input.usage.seconds]
      : []
  );
  assert.deepEqual(transcribed, [0, 0, 1.5]);
  assert.deepEqual(sink.sounds.all.map(({ ref }) => ref.contentIndex), [0, 0, 0, 0, 0, 3]);
});

contract(
  "case 70: what is out of all proportion is cut or left out, and the session goes on",
  async (stage) => {
    const { client, session, sink } = await stage.live();
    const place = { response_id: "r", item_id: "i" };
    const huge = "x".repeat(2 ** 20);
    const call = {
      type: "function_call",
      id: "f",
      name: "t",
      arguments: "{}",
      status: "completed",
    };
    session.say({ type: "response.output_audio_transcript.delta", ...place, delta: huge });
    session.say({
      type: "response.output_audio.delta",
      ...place,
      delta: "QUJD".repeat(5 * 2 ** 20),
    });
    session.say({ type: "response.output_audio.delta", ...place, item_id: huge, delta: "QUJD" });
    session.say({
      type: "response.output_item.done",
      response_id: "r",
      item: { ...call, call_id: "c", name: huge, arguments: huge },
    });
    const done = (length: number) => ({
      type: "response.done",
      response: {
        id: "r",
        status: "completed",
        output: Array.from({ length }, (_, n) => ({ ...call, call_id: `c${n}` })),
      },
    });
    // Parsing it would hold up all other calls for a tenth of a second.
    session.say(done(100_000));
    session.say(done(2_000));
    const { toolCalls } = await sink.first("responseDone");
    assert.equal(toolCalls.length, 128);
    const { call: announced } = await sink.first("toolAnnounced");
    assert.ok(announced.name.length <= 128 && announced.arguments.length <= 200_000);
    assert.equal((await sink.first("speechText")).text.length, 100_000);
    assert.deepEqual(sink.sounds.all, []);
    for (let n = 0; n < 1000; n++) {
      session.say({
        type: "response.output_item.done",
        response_id: "r2",
        item: { ...call, call_id: `d${n}` },
      });
    }
    session.say({ type: "input_audio_buffer.speech_started" });
    await sink.first("speechStarted");
    assert.equal(sink.inputs.all.filter(({ type }) => type === "toolAnnounced").length, 257);
    client.close();
    assert.match(stage.log.lines.join(), /"malformedEvents":3/);
  },
);

contract("case 71: audio that is no base64 reaches nobody", async (stage) => {
  const { client, session, sink } = await stage.live();
  const place = { response_id: "r", item_id: "i" };
  const broken = [
    "AAA",
    "AA=A",
    "AA A",
    "AAA\n",
    "AAA-",
    "<b>",
    "====",
    `${"A".repeat(70_000)}!AAA`,
  ];
  for (const delta of [...broken, "", "QUI=", `${"QUJD".repeat(20_000)}QQ==`]) {
    session.say({ type: "response.output_audio.delta", ...place, delta });
  }
  session.say({ type: "response.output_audio.done", ...place });
  await sink.first("speechDone");
  assert.deepEqual(sink.sounds.all.map(({ audio }) => audio.length), [4, 80_004]);
  client.close();
  assert.match(stage.log.lines.join(), /"malformedEvents":8/);
});
