import assert from "node:assert/strict";
import { contract } from "../../support/openai/modelContract.ts";

contract("reports a voice turn from the first sound to the usage", async (stage) => {
  const { session, sink } = await stage.live();
  const place = { response_id: "r1", item_id: "i2", content_index: 0 };
  const ref = { responseId: "r1", itemId: "i2", contentIndex: 0 };
  const call = { type: "function_call", id: "i3", call_id: "c1", name: "t", arguments: "{}" };
  for (
    const event of [
      { type: "input_audio_buffer.speech_started", item_id: "i1", audio_start_ms: 0 },
      { type: "input_audio_buffer.speech_stopped", item_id: "i1", audio_end_ms: 900 },
      { type: "input_audio_buffer.committed", item_id: "i1", previous_item_id: null },
      {
        type: "conversation.item.added",
        item: { id: "i1", type: "message", role: "user" },
        previous_item_id: null,
      },
      { type: "response.created", response: { id: "r1", conversation_id: "conv", metadata: null } },
      { type: "response.output_audio_transcript.delta", ...place, delta: "Sure" },
      { type: "response.output_audio_transcript.done", ...place, transcript: "Sure" },
      {
        type: "response.function_call_arguments.done",
        ...place,
        call_id: "c1",
        name: "t",
        arguments: "{}",
      },
      {
        type: "response.output_item.done",
        response_id: "r1",
        item: { ...call, status: "completed" },
      },
      {
        type: "response.done",
        response: {
          id: "r1",
          status: "completed",
          output: [{ ...call, status: "completed" }, { ...call, status: "incomplete" }],
          usage: {
            input_token_details: {
              text_tokens: 100,
              audio_tokens: 40,
              cached_tokens_details: { text_tokens: 64, audio_tokens: 20 },
            },
            output_token_details: { text_tokens: 9 },
          },
        },
      },
      {
        type: "conversation.item.input_audio_transcription.completed",
        item_id: "i1",
        transcript: "Please",
        usage: { type: "duration", seconds: 1.5 },
      },
      { type: "input_audio_buffer.timeout_triggered", item_id: "i4" },
    ]
  ) session.say(event);
  await sink.first("modelIdled");
  const toolCall = { callId: "c1", name: "t", arguments: "{}" };
  assert.deepEqual(sink.inputs.all.slice(1), [
    { type: "speechStarted", itemId: "i1" },
    { type: "speechStopped", itemId: "i1" },
    { type: "committed", itemId: "i1" },
    { type: "itemAdded", itemId: "i1", role: "user" },
    { type: "responseStarted", responseId: "r1", aside: false },
    { type: "speechText", ref, text: "Sure" },
    { type: "toolAnnounced", responseId: "r1", call: toolCall },
    { type: "toolAnnounced", responseId: "r1", call: toolCall },
    {
      type: "responseDone",
      responseId: "r1",
      status: "completed",
      toolCalls: [toolCall],
      usage: {
        inputText: 100,
        inputAudio: 40,
        cachedText: 64,
        cachedAudio: 20,
        outputText: 9,
        outputAudio: 0,
      },
    },
    { type: "callerText", itemId: "i1", text: "Please", final: true },
    { type: "transcriptionUsed", usage: { unit: "seconds", seconds: 1.5 } },
    { type: "modelIdled" },
  ]);
});

contract("reports whole transcripts of servers that send no deltas", async (stage) => {
  const { session, sink } = await stage.live();
  session.say({
    type: "response.audio_transcript.done",
    response_id: "r",
    item_id: "i",
    transcript: "All at once",
  });
  assert.equal((await sink.first("speechText")).text, "All at once");
});

contract("takes a text once where another response ends in the middle of it", async (stage) => {
  const { session, sink } = await stage.live();
  const filler = { response_id: "r2", item_id: "i2", content_index: 0 };
  for (
    const event of [
      { type: "response.created", response: { id: "r1", conversation_id: "conv", metadata: null } },
      { type: "response.created", response: { id: "r2", conversation_id: null, metadata: null } },
      { type: "response.output_audio_transcript.delta", ...filler, delta: "One moment." },
      { type: "response.done", response: { id: "r1", status: "completed", output: [] } },
      { type: "response.output_audio_transcript.done", ...filler, transcript: "One moment." },
      { type: "input_audio_buffer.timeout_triggered", item_id: "i4" },
    ]
  ) session.say(event);
  await sink.first("modelIdled");
  const texts = sink.inputs.all.flatMap((input) => input.type === "speechText" ? input.text : []);
  assert.deepEqual(texts, ["One moment."]);
});

contract("knows its own responses again, and those beside the conversation", async (stage) => {
  const { client, session, sink } = await stage.live();
  client.send({
    type: "respond",
    request: { purpose: "filler", instructions: "Say: one moment.", aside: true },
  });
  const { response } = await session.first("response.create");
  assert.deepEqual(response, {
    metadata: { purpose: "filler" },
    instructions: "Say: one moment.",
    conversation: "none",
    tool_choice: "none",
  });
  session.say({
    type: "response.created",
    response: { id: "r9", conversation_id: null, metadata: response.metadata },
  });
  assert.deepEqual(await sink.first("responseStarted"), {
    type: "responseStarted",
    responseId: "r9",
    aside: true,
    purpose: "filler",
  });
});

contract("runs no tool of a response that was cut short (case 38)", async (stage) => {
  const { session, sink } = await stage.live();
  const item = { id: "i", type: "function_call", call_id: "c", name: "t", arguments: '{"a":' };
  session.say({
    type: "response.output_item.done",
    response_id: "r",
    item: { ...item, status: "incomplete" },
  });
  session.say({
    type: "response.done",
    response: {
      id: "r",
      status: "cancelled",
      status_details: { type: "cancelled", reason: "turn_detected" },
      output: [{ ...item, status: "incomplete" }, item],
    },
  });
  assert.deepEqual(await sink.first("responseDone"), {
    type: "responseDone",
    responseId: "r",
    status: "cancelled",
    reason: "turn_detected",
    callerSpoke: true,
    toolCalls: [],
  });
  assert.ok(!sink.inputs.all.some((input) => input.type === "toolAnnounced"));
});

contract(
  "case 76: a response of which only what it brings is told begins with that",
  async (stage) => {
    const { session, sink } = await stage.live();
    const place = { response_id: "r", item_id: "i", output_index: 0, content_index: 0 };
    session.say({ type: "response.output_audio.delta", ...place, delta: "AAAA" });
    session.say({ type: "response.output_audio_transcript.delta", ...place, delta: "Hello." });
    for (const id of ["r", "q"]) session.say({ type: "response.done", response: { id } });
    session.say({ type: "response.created", response: { id: "s" } });
    session.say({ type: "response.done", response: { id: "t" } });
    session.say({ type: "input_audio_buffer.speech_started" });
    await sink.first("speechStarted");
    const told = sink.inputs.all.flatMap((input) =>
      "responseId" in input ? [`${input.type} ${input.responseId}`] : []
    );
    assert.deepEqual(told, [
      "responseStarted r",
      "responseDone r",
      "responseStarted q",
      "responseDone q",
      "responseStarted s",
      "responseDone s",
    ]);
  },
);
