import assert from "node:assert/strict";
import { withRealtime } from "../../support/openai/realtimeWire.ts";

type Session = Readonly<Record<string, unknown>>;

const refusedSessions: readonly (readonly [name: string, Session, code: string, param: string])[] =
  [
    ["without a type", {}, "missing_required_parameter", "session.type"],
    ["of another kind", { type: "transcription" }, "invalid_value", "session.type"],
    ["with a beta field", realtime({ voice: "alloy" }), "unknown_parameter", "session.voice"],
    [
      "with a rate on mu-law",
      realtime({ audio: { input: { format: { type: "audio/pcmu", rate: 8000 } } } }),
      "unknown_parameter",
      "session.audio.input.format.rate",
    ],
    [
      "with PCM of another rate",
      realtime({ audio: { output: { format: { type: "audio/pcm", rate: 16_000 } } } }),
      "invalid_value",
      "session.audio.output.format.rate",
    ],
    [
      "with both modalities",
      realtime({ output_modalities: ["audio", "text"] }),
      "invalid_value",
      "session.output_modalities",
    ],
    [
      "with an unknown voice",
      realtime({ audio: { output: { voice: "hal" } } }),
      "invalid_value",
      "session.audio.output.voice",
    ],
    [
      "with an idle timeout on semantic VAD",
      realtime({
        audio: { input: { turn_detection: { type: "semantic_vad", idle_timeout_ms: 6000 } } },
      }),
      "unknown_parameter",
      "session.audio.input.turn_detection.idle_timeout_ms",
    ],
    ["with another model", realtime({ model: "gpt-realtime" }), "invalid_value", "session.model"],
    [
      "with instructions that are no text",
      realtime({ instructions: 5 }),
      "invalid_type",
      "session.instructions",
    ],
  ];

for (const [name, session, code, param] of refusedSessions) {
  Deno.test(`session.update ${name} is refused and applies nothing`, async () => {
    await withRealtime({}, async (wire, _, connected) => {
      const good = { audio: { output: { speed: 1.2 } } };
      wire.send({ type: "session.update", event_id: "e1", session: { ...good, ...session } });
      const { error } = await wire.nth("error");
      assert.deepEqual([error.code, error.param, error.event_id], [code, param, "e1"]);
      assert.equal(connected.config.audio.output.speed, 1);
      assert.equal(wire.of("session.updated").length, 0);
    });
  });
}

Deno.test("session.update merges, and does not echo its event_id", async () => {
  await withRealtime({}, async (wire) => {
    wire.configure({ instructions: "Be brief.", reasoning: { effort: "low" } });
    wire.send({ ...update({ audio: { input: { turn_detection: null } } }), event_id: "second" });
    const updated = await wire.nth("session.updated", 1);
    assert.equal(updated.session.instructions, "Be brief.");
    assert.equal(updated.session.audio.input.turn_detection, null);
    assert.notEqual(updated.event_id, "second");
  });
});

Deno.test("session.update with reasoning is refused by a model that does not reason", async () => {
  await withRealtime({}, async (wire) => {
    wire.configure({ reasoning: { effort: "low" } });
    assert.equal((await wire.nth("error")).error.param, "session.reasoning");
  }, { model: "gpt-realtime" });
});

Deno.test("session.update cannot change the voice once the model has spoken", async () => {
  await withRealtime({ script: () => ({ say: "Hi." }) }, async (wire) => {
    wire.configure({ audio: { output: { voice: "marin" } } });
    wire.send({ type: "response.create" });
    await wire.nth("response.done");
    wire.configure({ audio: { output: { voice: "cedar" } } });
    assert.equal((await wire.nth("error")).error.code, "cannot_update_voice");
    wire.configure({ audio: { output: { voice: "marin" } } });
    await wire.nth("session.updated", 1);
  });
});

type Refused = readonly [name: string, frame: string | Session, code: string | null];

const refusedEvents: readonly Refused[] = [
  ["what is not JSON", "{nope", "invalid_json"],
  ["a JSON array", "[]", "invalid_event"],
  ["null", "null", "invalid_event"],
  ["an event without a type", {}, "missing_required_parameter"],
  ["an unknown event", { type: "session.frobnicate" }, "invalid_event"],
  ["the prototype's own names", { type: "constructor" }, "invalid_event"],
  ["an unknown field", { type: "response.cancel", force: true }, "unknown_parameter"],
  ["audio that is not base64", append("!!!"), "invalid_value"],
  ["an empty commit", { type: "input_audio_buffer.commit" }, "input_audio_buffer_commit_empty"],
  ["a WebRTC event", { type: "output_audio_buffer.clear" }, "invalid_event"],
  ["a cancellation of nothing", { type: "response.cancel" }, "response_cancel_not_active"],
  ["an unknown item to delete", item("delete"), "item_delete_invalid_item_id"],
  ["an unknown item to retrieve", item("retrieve"), "item_retrieve_invalid_item_id"],
  [
    "an unknown item to truncate",
    { ...item("truncate"), content_index: 0, audio_end_ms: 10 },
    "item_truncate_invalid_item_id",
  ],
  [
    "a negative cut",
    { ...item("truncate"), content_index: 0, audio_end_ms: -1 },
    "invalid_value",
  ],
  [
    "a cut inside a millisecond",
    { ...item("truncate"), content_index: 0, audio_end_ms: 1.5 },
    "invalid_type",
  ],
  [
    "an output of an unknown call",
    create({ type: "function_call_output", call_id: "call_x", output: "1" }),
    "invalid_tool_call_id",
  ],
  [
    "a tool output that is no text",
    create({ type: "function_call_output", call_id: "call_x", output: {} }),
    "invalid_type",
  ],
  [
    "an assistant's audio",
    create({ type: "message", role: "assistant", content: [{ type: "output_audio", audio: "" }] }),
    "invalid_value",
  ],
  [
    "a place after an unknown item",
    { ...create(user("Hi")), previous_item_id: "nowhere" },
    "item_create_invalid_previous_item_id",
  ],
  [
    "a reference outside response.create",
    create({ type: "item_reference", id: "x" }),
    "invalid_value",
  ],
  [
    "an unknown response parameter",
    { type: "response.create", response: { temperature: 1 } },
    "unknown_parameter",
  ],
  [
    "too much metadata",
    { type: "response.create", response: { metadata: { key: "x".repeat(513) } } },
    "invalid_value",
  ],
];

for (const [name, frame, code] of refusedEvents) {
  Deno.test(`the server refuses ${name} and goes on`, async () => {
    await withRealtime({}, async (wire) => {
      const event = typeof frame === "string" ? frame : { ...frame, event_id: "mine" };
      wire.send(event);
      const { error } = await wire.nth("error");
      assert.equal(error.code, code);
      assert.equal(error.event_id, typeof frame === "string" ? null : "mine");
      wire.configure({ instructions: "Still here." });
      await wire.nth("session.updated");
    });
  });
}

Deno.test("a second item of the same id is refused", async () => {
  await withRealtime({}, async (wire) => {
    wire.send(create({ ...user("One"), id: "same" }));
    wire.send(create({ ...user("Two"), id: "same" }));
    assert.equal((await wire.nth("error")).error.code, "item_create_duplicate_item_id");
    assert.equal(wire.of("conversation.item.added").length, 1);
  });
});

Deno.test("response.create is refused while a response is active", async () => {
  await withRealtime({ script: () => ({ audioMs: 60_000 }), speed: 1 }, async (wire) => {
    wire.send({ type: "response.create" });
    wire.send({ type: "response.create", event_id: "again" });
    const { error } = await wire.nth("error");
    assert.equal(error.code, "conversation_already_has_active_response");
    assert.equal(error.event_id, "again");
  });
});

Deno.test("an event larger than 15 MiB ends the session", async () => {
  await withRealtime({}, async (wire) => {
    await wire.nth("session.created");
    wire.send(append("A".repeat(16 * 1024 * 1024)));
    assert.equal((await wire.closed).code, 1009);
  });
});

function realtime(fields: Session): Session {
  return { type: "realtime", ...fields };
}

function update(fields: Session): Session {
  return { type: "session.update", session: realtime(fields) };
}

function append(audio: string): Session {
  return { type: "input_audio_buffer.append", audio };
}

function item(action: string): Session {
  return { type: `conversation.item.${action}`, item_id: "item_unknown" };
}

function create(fields: Session): Session {
  return { type: "conversation.item.create", item: fields };
}

function user(text: string): Session {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}
