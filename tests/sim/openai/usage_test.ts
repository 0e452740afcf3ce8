import assert from "node:assert/strict";
import { type RealtimeWire, withRealtime } from "../../support/openai/realtimeWire.ts";

const SPEECH = { audioMs: 2_000, say: "Twelve chars" };
/** Of the set-up that `configure` below makes: the text, and "[]" for no tools. */
const SET_UP = 1_101;

Deno.test("usage counts 20 audio tokens a second of the agent's and 10 of the caller's", async () => {
  await withRealtime({ script: () => SPEECH }, async (wire, _, session) => {
    await configure(wire);
    const first = await respond(wire);
    assert.deepEqual(first.output_token_details, { text_tokens: 3, audio_tokens: 40 });
    assert.deepEqual(read(first), { text: SET_UP, audio: 0, cachedText: 0, cachedAudio: 0 });
    session.startSpeech();
    session.stopSpeech(3_000);
    const second = (await wire.nth("response.done", 1)).response.usage;
    assert.equal(second.input_token_details.text_tokens, SET_UP + 3);
    assert.equal(second.input_token_details.audio_tokens, 40 + 30);
    assert.equal(second.total_tokens, second.input_tokens + second.output_tokens);
  });
});

Deno.test("what an earlier response has read is cached in steps, what it has said is not", async () => {
  await withRealtime({ script: () => SPEECH }, async (wire) => {
    await configure(wire);
    const cached: unknown[] = [];
    for (let count = 0; count < 5; count++) cached.push(read(await respond(wire)));
    // 1,024 and 1,152 are the first steps; each answer adds 3 and 40, the last of which is never cached.
    assert.deepEqual(cached, [
      { text: SET_UP, audio: 0, cachedText: 0, cachedAudio: 0 },
      { text: SET_UP + 3, audio: 40, cachedText: 1_024, cachedAudio: 0 },
      { text: SET_UP + 6, audio: 80, cachedText: 1_024, cachedAudio: 0 },
      { text: SET_UP + 9, audio: 120, cachedText: SET_UP + 6, cachedAudio: 45 },
      { text: SET_UP + 12, audio: 160, cachedText: SET_UP + 6, cachedAudio: 45 },
    ]);
  });
});

Deno.test("a prompt that begins otherwise has nothing cached, and leaves what was", async () => {
  await withRealtime({ script: () => SPEECH }, async (wire) => {
    await configure(wire);
    await respond(wire);
    const other = await respond(wire, { instructions: "y".repeat(5_000) });
    assert.deepEqual(other.input_token_details.cached_tokens, 0);
    assert.equal((await respond(wire)).input_token_details.cached_tokens, 1_024);
  });
});

Deno.test("below 1,024 tokens nothing is cached", async () => {
  await withRealtime({ script: () => SPEECH }, async (wire) => {
    await respond(wire);
    assert.equal((await respond(wire)).input_token_details.cached_tokens, 0);
  });
});

Deno.test("a response with an input of its own reads that and no more", async () => {
  await withRealtime({ script: () => SPEECH }, async (wire, _, session) => {
    await configure(wire);
    await respond(wire);
    const [spoken] = session.conversation;
    const text = {
      type: "message",
      role: "system",
      content: [{ type: "input_text", text: "1234" }],
    };
    await respond(wire);
    const usage = await respond(wire, {
      conversation: "none",
      input: [{ type: "item_reference", id: spoken!.id }, text],
    });
    assert.equal(usage.input_token_details.text_tokens, SET_UP + 3 + 1);
    assert.equal(usage.input_token_details.audio_tokens, 40);
  });
});

Deno.test("an item in the place of another leaves what comes before it cached", async () => {
  await withRealtime({ script: () => SPEECH }, async (wire, _, session) => {
    await configure(wire, 1_200);
    for (let count = 0; count < 8; count++) await respond(wire);
    const before = (await respond(wire)).input_token_details.cached_tokens;
    const last = session.conversation.at(-1)!;
    replace(wire, last.id, "Heard");
    await wire.nth("conversation.item.deleted");
    assert.equal(session.conversation.at(-1)!.text, "Heard");
    const after = await respond(wire);
    assert.ok(after.input_token_details.cached_tokens >= before);
    replace(wire, session.conversation[0]!.id, "Heard first");
    await wire.nth("conversation.item.deleted", 1);
    assert.equal(session.conversation[0]!.text, "Heard first");
    assert.equal((await respond(wire)).input_token_details.cached_tokens, 1_152);
  });
});

Deno.test("auto drops the oldest item at every turn, and with it all that was cached", async () => {
  const reads = await fullContext("auto");
  assert.ok(reads.every(({ tokens }) => tokens <= 28_224));
  assert.ok(reads.every(({ cached }) => cached <= 1_101));
});

Deno.test("retention_ratio drops more at once, and then reads from the cache", async () => {
  const reads = await fullContext({ type: "retention_ratio", retention_ratio: 0.8 });
  assert.ok(reads.every(({ tokens }) => tokens <= 28_224));
  assert.ok(reads.filter(({ cached }) => cached <= 1_101).length <= 1);
  assert.ok(reads.some(({ tokens }) => tokens < 24_000));
});

Deno.test("post_instructions limits what is read besides the instructions", async () => {
  const limits = { post_instructions: 5_000 };
  const reads = await fullContext({
    type: "retention_ratio",
    retention_ratio: 0.5,
    token_limits: limits,
  });
  assert.ok(reads.every(({ tokens }) => tokens <= 6_101));
});

Deno.test("an output goes with the tool call that is dropped", async () => {
  const limits = { post_instructions: 20 };
  await withRealtime({
    script: ({ cause }) =>
      cause.type === "asked" ? { tools: [{ name: "one", arguments: "{}", callId: "call_1" }] } : {},
  }, async (wire, _, session) => {
    const truncation = { type: "retention_ratio", retention_ratio: 1, token_limits: limits };
    await configure(wire, SET_UP, { truncation });
    await respond(wire);
    const output = { type: "function_call_output", call_id: "call_1", output: "{}" };
    wire.send({ type: "conversation.item.create", item: output });
    wire.type("x".repeat(80));
    await wire.nth("response.done", 1);
    assert.deepEqual(session.conversation.map(({ item }) => item.type), ["message"]);
  });
});

interface Usage {
  readonly input_tokens: number;
  readonly input_token_details: {
    readonly text_tokens: number;
    readonly audio_tokens: number;
    readonly cached_tokens: number;
    readonly cached_tokens_details: { readonly text_tokens: number; readonly audio_tokens: number };
  };
  // deno-lint-ignore no-explicit-any -- tests read what they expect
  readonly [field: string]: any;
}

async function configure(wire: RealtimeWire, tokens = SET_UP, more = {}): Promise<void> {
  wire.configure({ instructions: "x".repeat(4 * (tokens - 1)), ...more });
  await wire.nth("session.updated");
}

async function respond(wire: RealtimeWire, response = {}): Promise<Usage> {
  const before = wire.of("response.done").length;
  wire.send({ type: "response.create", response });
  return (await wire.nth("response.done", before)).response.usage;
}

function read({ input_token_details: details }: Usage) {
  return {
    text: details.text_tokens,
    audio: details.audio_tokens,
    cachedText: details.cached_tokens_details.text_tokens,
    cachedAudio: details.cached_tokens_details.audio_tokens,
  };
}

function replace(wire: RealtimeWire, id: string, text: string): void {
  const content = [{ type: "output_text", text }];
  wire.send({
    type: "conversation.item.create",
    previous_item_id: id,
    item: { type: "message", role: "assistant", content },
  });
  wire.send({ type: "conversation.item.delete", item_id: id });
}

/** The last responses to a conversation that has come to the limit of a model with a small context. */
async function fullContext(truncation: unknown) {
  const reads: { readonly tokens: number; readonly cached: number }[] = [];
  await withRealtime({ script: () => ({ audioMs: 2_000 }), speed: Infinity }, async (wire) => {
    await configure(wire, SET_UP, { truncation });
    for (let count = 0; count < 32; count++) {
      const content = [{ type: "input_text", text: "x".repeat(4_000) }];
      const item = { type: "message", role: "user", content };
      wire.send({ type: "conversation.item.create", item });
      const usage = await respond(wire);
      if (count < 27) continue;
      const { cached_tokens: cached } = usage.input_token_details;
      reads.push({ tokens: usage.input_tokens, cached });
    }
  }, { model: "gpt-realtime-1.5" });
  return reads;
}
