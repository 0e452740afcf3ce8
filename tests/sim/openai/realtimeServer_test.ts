import assert from "node:assert/strict";
import { startRealtimeServer } from "../../../src/sim/openai/realtimeServer.ts";
import { connectRealtime, openRealtime, withRealtime } from "../../support/openai/realtimeWire.ts";

Deno.test("startRealtimeServer() greets a session with its defaults first", async () => {
  await withRealtime({}, async (wire) => {
    const created = await wire.nth("session.created");
    assert.equal(wire.types[0], "session.created");
    assert.equal(created.session.model, "gpt-realtime-2.1");
    assert.deepEqual(created.session.audio.output.format, { type: "audio/pcm", rate: 24_000 });
    assert.equal(created.session.audio.input.turn_detection.type, "server_vad");
    assert.ok(created.session.expires_at > Date.now() / 1_000 + 3_000);
  });
});

Deno.test("a spoken reply comes in the order and with the ids of the real server", async () => {
  await withRealtime({ script: () => ({ say: "Good morning to you." }) }, async (wire) => {
    wire.configure({ audio: { output: { format: { type: "audio/pcmu" } } } });
    await wire.nth("session.updated");
    wire.send({ type: "response.create" });
    const done = await wire.nth("response.done");
    await wire.nth("rate_limits.updated");

    const seen = wire.types.slice(2).filter((type, index, all) => type !== all[index - 1]);
    const deltas = new Set([
      "response.output_audio.delta",
      "response.output_audio_transcript.delta",
    ]);
    assert.deepEqual(seen.filter((type) => !deltas.has(type)), [
      "response.created",
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_audio.done",
      "response.output_audio_transcript.done",
      "response.content_part.done",
      "response.output_item.done",
      "conversation.item.done",
      "response.done",
      "rate_limits.updated",
    ]);
    assert.equal(seen[4], "response.output_audio_transcript.delta");
    const itemId = done.response.output[0].id;
    for (const delta of wire.of("response.output_audio.delta")) {
      assert.equal(delta.item_id, itemId);
      assert.equal(delta.response_id, done.response.id);
    }
    const text = wire.of("response.output_audio_transcript.delta").map(({ delta }) => delta).join(
      "",
    );
    assert.equal(text, "Good morning to you.");
    assert.equal(done.response.output[0].content[0].transcript, text);
    assert.equal(done.response.status, "completed");
  });
});

for (const [type, perMs] of [["audio/pcmu", 8], ["audio/pcma", 8], ["audio/pcm", 48]] as const) {
  Deno.test(`audio comes in deltas of the given length as ${type}`, async () => {
    await withRealtime({ script: () => ({ audioMs: 500 }), deltaMs: 200 }, async (wire) => {
      wire.configure({ audio: { output: { format: { type } } } });
      wire.send({ type: "response.create" });
      await wire.nth("response.done");
      const sizes = wire.of("response.output_audio.delta").map(({ delta }) =>
        Uint8Array.fromBase64(delta).length / perMs
      );
      assert.deepEqual(sizes, [200, 200, 100]);
    });
  });
}

Deno.test("a tool call streams its arguments and its output is answered next", async () => {
  const causes: string[] = [];
  await withRealtime({
    script: ({ cause }) => {
      causes.push(cause.type === "toolOutputs" ? JSON.stringify(cause.outputs) : cause.type);
      return cause.type === "toolOutputs" ? { say: "Done." } : {
        tools: [
          { name: "first", arguments: '{"city":"Copenhagen, Denmark"}', callId: "call_1" },
          { name: "second", arguments: "{}", callId: "call_2" },
        ],
      };
    },
  }, async (wire) => {
    wire.send({ type: "response.create" });
    const { response } = await wire.nth("response.done");
    assert.deepEqual(
      response.output.map(({ call_id, status }: Record<string, string>) => [call_id, status]),
      [["call_1", "completed"], ["call_2", "completed"]],
    );
    const pieces = wire.of("response.function_call_arguments.delta")
      .filter(({ call_id }) => call_id === "call_1").map(({ delta }) => delta);
    assert.ok(pieces.length > 1);
    assert.equal(pieces.join(""), '{"city":"Copenhagen, Denmark"}');
    assert.equal((await wire.nth("response.function_call_arguments.done")).name, "first");
    for (const call_id of ["call_1", "call_2"]) {
      const item = { type: "function_call_output", call_id, output: "ok" };
      wire.send({ type: "conversation.item.create", item });
    }
    wire.send({ type: "response.create" });
    await wire.nth("response.done", 1);
    assert.deepEqual(causes, [
      "asked",
      JSON.stringify([
        { name: "first", callId: "call_1", output: "ok" },
        { name: "second", callId: "call_2", output: "ok" },
      ]),
    ]);
  });
});

Deno.test("an out-of-band response runs beside another and touches no conversation", async () => {
  await withRealtime({ script: () => ({ audioMs: 1_000 }), speed: 50 }, async (wire) => {
    wire.send({ type: "response.create" });
    const response = { conversation: "none", metadata: { purpose: "filler" } };
    wire.send({ type: "response.create", response });
    await wire.nth("response.done", 1);
    const beside = wire.of("response.done").find(({ response }) => response.metadata);
    assert.equal(beside?.response.conversation_id, null);
    assert.deepEqual(beside?.response.metadata, { purpose: "filler" });
    assert.equal(wire.of("error").length, 0);
    assert.equal(wire.of("conversation.item.added").length, 1);
  });
});

Deno.test("a text session answers in writing", async () => {
  await withRealtime({ script: () => ({ say: "Written." }) }, async (wire) => {
    wire.configure({ output_modalities: ["text"] });
    wire.send({ type: "response.create" });
    const { response } = await wire.nth("response.done");
    assert.deepEqual(response.output[0].content, [{ type: "output_text", text: "Written." }]);
    assert.equal((await wire.nth("response.output_text.done")).text, "Written.");
    assert.equal(wire.of("response.output_audio.delta").length, 0);
  });
});

Deno.test("history that a client creates is kept in its order", async () => {
  await withRealtime({}, async (wire, _, session) => {
    const message = (id: string, role: string, type: string, text: string) => ({
      type: "conversation.item.create",
      item: { id, type: "message", role, content: [{ type, text }] },
    });
    wire.send(message("b", "user", "input_text", "Two"));
    wire.send(message("c", "assistant", "output_text", "Three"));
    wire.send({ ...message("a", "system", "input_text", "One"), previous_item_id: "root" });
    const added = await wire.nth("conversation.item.added", 2);
    assert.equal(added.previous_item_id, null);
    assert.deepEqual(session.conversation.map(({ id, text }) => [id, text]), [
      ["a", "One"],
      ["b", "Two"],
      ["c", "Three"],
    ]);
  });
});

Deno.test("RealtimeSession shows and awaits what the client sent", async () => {
  await withRealtime({ keepAudio: true }, async (wire, server, session) => {
    wire.configure({ audio: { input: { format: { type: "audio/pcmu" }, turn_detection: null } } });
    const audio = new Uint8Array(1_600).fill(7);
    wire.send({ type: "input_audio_buffer.append", audio: audio.toBase64() });
    wire.send({ type: "input_audio_buffer.clear", event_id: "mine" });
    assert.equal((await session.next("input_audio_buffer.clear")).event_id, "mine");
    assert.equal(session.config.audio.input.turn_detection, null);
    assert.deepEqual([session.appends, session.heardMs], [1, 200]);
    assert.deepEqual(session.heardAudio, audio);
    assert.deepEqual(session.received.map(({ type }) => type), [
      "session.update",
      "input_audio_buffer.clear",
    ]);
    const waiting = assert.rejects(session.next("response.create"), /session is closed/);
    await wire.close();
    await waiting;
    await session.closed;
    assert.equal(server.sessions.length, 0);
  });
});

Deno.test("the handshake is refused with a status, as is a look at the model", async () => {
  const server = startRealtimeServer({ apiKey: "sk-right" });
  const base = server.url.replace("ws:", "http:");
  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { headers });
    return [response.status, (await response.json()).error?.code ?? "ok"];
  };
  const bearer = { authorization: "Bearer sk-right" };
  const models = base.replace("/realtime", "/models/gpt-realtime-2.1");
  assert.deepEqual(await ask(models), [401, "invalid_api_key"]);
  assert.deepEqual(await ask(models, { authorization: "Bearer sk-wrong" }), [
    401,
    "invalid_api_key",
  ]);
  assert.deepEqual(await ask(models, bearer), [200, "ok"]);
  assert.deepEqual(await ask(`${base}?model=m`, bearer), [400, "invalid_request_error"]);
  const wrong = openRealtime(server.url, {}, "sk-wrong");
  await wrong.closed;
  assert.deepEqual(server.stats, { connections: 0, refused: 3 + 1 });
  const right = openRealtime(server.url, {}, "sk-right");
  await right.nth("session.created");
  assert.equal(server.stats.connections, 1);
  await right.close();
  await server.close();
});

Deno.test("close() ends every session and may be called twice", async () => {
  const server = startRealtimeServer({ script: () => ({ audioMs: 60_000 }), speed: 1 });
  const wire = await connectRealtime(server);
  wire.send({ type: "response.create" });
  await wire.nth("response.output_audio.delta");
  await Promise.all([server.close(), server.close()]);
  assert.equal((await wire.closed).code, 1001);
});
