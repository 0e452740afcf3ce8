import assert from "node:assert/strict";
import { readServerEvent } from "../../../../src/services/openai/wire/serverEvents.ts";
import {
  audioAppend,
  clientEventOf,
  itemCreate,
  responseCreate,
} from "../../../../src/services/openai/wire/clientRequests.ts";
import {
  type SessionSettings,
  sessionUpdate,
  type SetupPart,
} from "../../../../src/services/openai/wire/sessionUpdate.ts";

const PLACE = { response_id: "r", item_id: "i", content_index: 1 };
const REF = { responseId: "r", itemId: "i", contentIndex: 1 };

// Reading

Deno.test("readServerEvent() reads old names as the new ones (case 47)", () => {
  const cases: readonly (readonly [Record<string, unknown>, string, unknown])[] = [
    [
      { type: "response.audio.delta", ...PLACE, delta: "AAAA" },
      "response.output_audio.delta",
      { type: "speech", ref: REF, audio: "AAAA" },
    ],
    [
      { type: "response.audio.done", ...PLACE },
      "response.output_audio.done",
      { type: "speechDone", ref: REF },
    ],
    [
      { type: "response.audio_transcript.delta", ...PLACE, delta: "Hi" },
      "response.output_audio_transcript.delta",
      { type: "speechText", ref: REF, text: "Hi" },
    ],
    [
      { type: "response.audio_transcript.done", ...PLACE, transcript: "Hi" },
      "response.output_audio_transcript.done",
      { type: "wholeText", ref: REF, text: "Hi" },
    ],
    [
      { type: "conversation.item.created", item: { id: "i", type: "message", role: "user" } },
      "conversation.item.added",
      { type: "itemAdded", itemId: "i", role: "user" },
    ],
  ];
  for (const [event, name, expected] of cases) {
    const read = readServerEvent(event);
    assert.deepEqual(read, expected);
    assert.deepEqual(read, readServerEvent({ ...event, type: name }));
  }
});

Deno.test("readServerEvent() takes a piece of speech with its place", () => {
  const event = { type: "response.output_audio.delta", ...PLACE, delta: "AAAA", extra: 1 };
  assert.deepEqual(readServerEvent(event), { type: "speech", ref: REF, audio: "AAAA" });
  const { content_index: _, ...bare } = event;
  assert.deepEqual(readServerEvent(bare), {
    type: "speech",
    ref: { ...REF, contentIndex: 0 },
    audio: "AAAA",
  });
});

Deno.test("case 80, 83: readServerEvent() reads what is written, and signs of work that say nothing yet", () => {
  assert.deepEqual(
    readServerEvent({ type: "response.output_text.delta", ...PLACE, delta: "Hi" }),
    { type: "writtenText", ref: REF, text: "Hi" },
  );
  for (
    const type of [
      "response.output_item.added",
      "response.content_part.added",
      "response.function_call_arguments.delta",
    ]
  ) {
    const read = readServerEvent({ type, response_id: "r", delta: "x" });
    assert.deepEqual(read, { type: "responseProgress", responseId: "r" });
    assert.equal(readServerEvent({ type, delta: "x" }), undefined);
  }
});

Deno.test("readServerEvent() has no use for what it does not know", () => {
  for (
    const event of [
      { type: "rate_limits.updated" },
      { type: "constructor" },
      { type: "" },
      { type: "conversation.item.added", item: { id: "i", type: "new" } },
      { type: "response.output_item.done", response_id: "r", item: { id: "i", type: "new" } },
    ]
  ) assert.equal(readServerEvent(event), undefined, event.type);
});

Deno.test("readServerEvent() calls events malformed that lack what their type promises", () => {
  for (
    const event of [
      null,
      undefined,
      7,
      "text",
      [],
      {},
      { type: 7 },
      { type: "response.output_audio.delta" },
      { type: "response.output_audio.delta", ...PLACE },
      { type: "response.output_audio.delta", ...PLACE, delta: 7 },
      { type: "response.output_audio.done", response_id: "r" },
      { type: "input_audio_buffer.committed" },
      { type: "conversation.item.added" },
      { type: "conversation.item.added", item: null },
      { type: "conversation.item.added", item: { type: "message", role: "user" } },
      { type: "conversation.item.added", item: { id: "i", type: "function_call_output" } },
      { type: "conversation.item.input_audio_transcription.delta", item_id: "i" },
      { type: "conversation.item.input_audio_transcription.completed", item_id: "i" },
      { type: "conversation.item.input_audio_transcription.failed" },
      { type: "response.created" },
      { type: "response.created", response: {} },
      { type: "response.function_call_arguments.done", response_id: "r", call_id: "c" },
      { type: "response.output_item.done", item: { id: "i", type: "message", role: "user" } },
      { type: "response.done", response: "r" },
    ]
  ) assert.deepEqual(readServerEvent(event), { type: "malformed" }, JSON.stringify(event));
});

Deno.test("readServerEvent() counts missing tokens as none, and details it is not given as text", () => {
  const cases: readonly (readonly [unknown, readonly number[]])[] = [
    [{ input_tokens: 10, output_tokens: 5 }, [10, 0, 0, 0, 5, 0]],
    [
      { input_tokens: 10, input_token_details: { audio_tokens: 4, cached_tokens: 3 } },
      [6, 4, 3, 0, 0, 0],
    ],
    [{ input_token_details: { text_tokens: -1, audio_tokens: "9" } }, [0, 0, 0, 0, 0, 0]],
    [{ input_tokens: 1e300, output_tokens: 5 }, [0, 0, 0, 0, 5, 0]],
    [{ input_tokens: 2.4, output_tokens: Infinity }, [2, 0, 0, 0, 0, 0]],
    [{ input_tokens: 5, input_token_details: { cached_tokens: 9 } }, [5, 0, 5, 0, 0, 0]],
  ];
  for (const [usage, expected] of cases) {
    const event = readServerEvent({ type: "response.done", response: { id: "r", usage } });
    assert.ok(event?.type === "responseDone" && event.usage);
    const { inputText, inputAudio, cachedText, cachedAudio, outputText, outputAudio } = event.usage;
    assert.deepEqual(
      [inputText, inputAudio, cachedText, cachedAudio, outputText, outputAudio],
      expected,
      JSON.stringify(usage),
    );
  }
  for (const usage of [{}, null, 7, { input_tokens: "9", output_tokens: NaN }]) {
    const event = readServerEvent({ type: "response.done", response: { id: "r", usage } });
    assert.ok(event?.type === "responseDone" && event.usage === undefined, "it is not known");
  }
  const none = readServerEvent({ type: "response.done", response: { id: "r", status: "failed" } });
  assert.deepEqual(none, {
    type: "responseDone",
    responseId: "r",
    status: "failed",
    toolCalls: [],
  });
});

Deno.test("readServerEvent() reads why a response failed", () => {
  const reasonOf = (status_details: unknown) => {
    const response = { id: "r", status: "failed", status_details };
    const event = readServerEvent({ type: "response.done", response });
    return event?.type === "responseDone" ? event.reason : undefined;
  };
  assert.equal(reasonOf({ reason: "max_output_tokens" }), "max_output_tokens");
  assert.equal(
    reasonOf({ error: { code: "rate_limit_exceeded", type: "t" } }),
    "rate_limit_exceeded",
  );
  assert.equal(reasonOf({ error: { code: null, type: "server_error" } }), "server_error");
  assert.equal(reasonOf(null), undefined);
});

Deno.test("readServerEvent() bears errors of every shape (case 48)", () => {
  assert.deepEqual(readServerEvent({ type: "error", error: "oops" }), {
    type: "error",
    error: { message: "oops" },
  });
  assert.deepEqual(readServerEvent({ type: "error" }), { type: "error", error: { message: "" } });
  assert.deepEqual(
    readServerEvent({
      type: "error",
      error: { type: "t", code: null, message: "m", event_id: "e", param: null },
    }),
    { type: "error", error: { type: "t", message: "m", eventId: "e" } },
  );
});

// Writing

const SETTINGS: SessionSettings = {
  instructions: "Be kind.",
  format: "pcm24k",
  turnDetection: { kind: "manual" },
  tools: [],
};

Deno.test("sessionUpdate() names the rate of PCM and of nothing else (case 9)", () => {
  const formats = { pcm24k: { type: "audio/pcm", rate: 24_000 }, pcmu: { type: "audio/pcmu" } };
  for (const format of ["pcm24k", "pcmu"] as const) {
    const session = sessionOf({ format });
    assert.deepEqual(session.audio?.input?.format, formats[format]);
    assert.deepEqual(session.audio?.output?.format, formats[format]);
  }
});

Deno.test("sessionUpdate() says who ends a turn and who silences the agent (case 31)", () => {
  const detect = (turnDetection: SessionSettings["turnDetection"]) =>
    sessionOf({ turnDetection }).audio?.input?.turn_detection;
  assert.equal(detect({ kind: "manual" }), null);
  assert.deepEqual(detect({ kind: "semantic", eagerness: "low", interrupts: false }), {
    type: "semantic_vad",
    create_response: false,
    interrupt_response: false,
    eagerness: "low",
  });
  assert.deepEqual(
    detect({ kind: "server", interrupts: true, threshold: 0.6, silenceMs: 400, prefixMs: 200 }),
    {
      type: "server_vad",
      create_response: true,
      interrupt_response: true,
      threshold: 0.6,
      silence_duration_ms: 400,
      prefix_padding_ms: 200,
    },
  );
});

Deno.test("sessionUpdate() sends what is asked for, and leaves it out when it must be safe", () => {
  const settings: SessionSettings = {
    ...SETTINGS,
    voice: "marin",
    speed: 1.2,
    noiseReduction: "far_field",
    transcription: { model: "gpt-transcribe" },
    reasoningEffort: "low",
    tools: [{ name: "t", description: "d", parameters: { type: "object" } }],
  };
  const tools = [{
    type: "function",
    name: "t",
    description: "d",
    parameters: { type: "object" },
  }];
  const format = { type: "audio/pcm", rate: 24_000 };
  const essential = {
    type: "realtime",
    instructions: "Be kind.",
    output_modalities: ["audio"],
    audio: {
      input: { format, turn_detection: null },
      output: { format, voice: "marin" },
    },
    tools,
    tool_choice: "auto",
  };
  const parts = new Set<SetupPart>([
    "noise_reduction",
    "transcription",
    "speed",
    "reasoning",
    "truncation",
  ]);
  assert.deepEqual(sessionUpdate(settings, { parts, tools: new Set() }).session, essential);
  const bare = sessionUpdate(settings, {
    parts: new Set([...parts, "voice", "tool_choice", "output_modalities"]),
    tools: new Set(["t"]),
  });
  assert.deepEqual(bare.session, {
    type: "realtime",
    instructions: "Be kind.",
    audio: { input: { format, turn_detection: null }, output: { format } },
    tools: [],
  });
  assert.deepEqual(sessionUpdate(settings).session, {
    ...essential,
    audio: {
      input: {
        ...essential.audio.input,
        noise_reduction: { type: "far_field" },
        transcription: { model: "gpt-transcribe" },
      },
      output: { ...essential.audio.output, speed: 1.2 },
    },
    reasoning: { effort: "low" },
    truncation: { type: "retention_ratio", retention_ratio: 0.8 },
  });
});

Deno.test("case 75: a transcription that is completed again and again counts once it is over", () => {
  const type = "conversation.item.input_audio_transcription.completed";
  const said = { type, item_id: "i", transcript: "I would like" };
  assert.equal(readServerEvent({ ...said, status: "in_progress" }), undefined);
  for (const status of ["completed", undefined, null]) {
    const event = readServerEvent({ ...said, status });
    assert.deepEqual(event, { type: "callerText", itemId: "i", text: "I would like", final: true });
  }
});

Deno.test("case 75: usage that stands beside the response is found there", () => {
  const event = readServerEvent({
    type: "response.done",
    response: { id: "r", status: "completed", status_details: "unimplemented", usage: {} },
    usage: { input_token_details: { text_tokens: 5 }, output_token_details: { audio_tokens: 7 } },
  });
  assert.ok(event?.type === "responseDone");
  assert.deepEqual([event.usage?.inputText, event.usage?.outputAudio], [5, 7]);
});

Deno.test("audioAppend() writes the frame that JSON.stringify would", () => {
  const event = { type: "input_audio_buffer.append", audio: "AAA+/w==" };
  assert.equal(audioAppend(event.audio), JSON.stringify(event));
});

Deno.test("responseCreate() leaves out what is not asked for", () => {
  assert.deepEqual(responseCreate({ purpose: "greeting", instructions: "Greet." }).response, {
    metadata: { purpose: "greeting" },
    instructions: "Greet.",
  });
  assert.deepEqual(responseCreate({ purpose: "goodbye", tools: "none" }).response, {
    metadata: { purpose: "goodbye" },
    tool_choice: "none",
  });
  assert.deepEqual(clientEventOf({ type: "cancel" }), { type: "response.cancel" });
  assert.deepEqual(clientEventOf({ type: "cancel", responseId: "r" }), {
    type: "response.cancel",
    response_id: "r",
  });
});

Deno.test("itemCreate() gives back what the agent said as text (case 52)", () => {
  const item = { type: "message", role: "agent", text: "Hello" } as const;
  assert.deepEqual(itemCreate(item, "history_0"), {
    type: "conversation.item.create",
    item: {
      type: "message",
      role: "assistant",
      content: [{ type: "output_text", text: "Hello" }],
      id: "history_0",
    },
  });
  assert.deepEqual(itemCreate({ type: "toolOutput", callId: "c", output: "{}" }).item, {
    type: "function_call_output",
    call_id: "c",
    output: "{}",
  });
});

function sessionOf(changes: Partial<SessionSettings>) {
  const { session } = sessionUpdate({ ...SETTINGS, ...changes });
  return session.type === "realtime" ? session : assert.fail("not a conversation");
}
