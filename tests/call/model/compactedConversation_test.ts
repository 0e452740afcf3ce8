import assert from "node:assert/strict";
import type { ConversationEntry } from "../../../src/sim/openai/realtimeServer.ts";
import { BilledCall } from "../../support/trials/billedCall.ts";
import { conversation, type Manner } from "../../support/trials/conversations.ts";

const USUAL: Manner = { callerMs: 3200, agentMs: 5200, pauseMs: 700, tools: 0.2 };

Deno.test("case 79: half an hour stands in the model's conversation word by word, and the latest turn as sound", () => {
  const { call, conversation } = held({ ...USUAL, interrupted: 0.2 }, 1);
  // Beside it stand notes on results that nobody has heard of.
  const messages = conversation.filter(({ item }) =>
    item.type === "message" && item.role !== "system"
  );
  const recorded = call.transcript.filter(({ text }) => text !== "");
  assert.equal(messages.length, recorded.length);
  for (const [index, { role, text, interrupted }] of recorded.entries()) {
    const entry = messages[index]!;
    assert.equal(roleOf(entry), role === "caller" ? "user" : "assistant");
    if (entry.audioMs > 0) continue;
    assert.equal(entry.text, interrupted ? `${text} …` : text);
  }
  const sound = messages.filter(({ audioMs }) => audioMs > 0);
  assert.ok(sound.length <= 6, `${sound.length} items are sound`);
  assert.ok(messages.slice(0, -12).every(({ audioMs }) => audioMs === 0));
  assert.match(messages[0]!.text, /^1: \w+/);
  const calls = conversation.filter(({ item }) => item.type === "function_call");
  assert.ok(calls.length > 20);
  for (const entry of calls) {
    const next = conversation[conversation.indexOf(entry) + 1]?.item;
    assert.equal(next?.type, "function_call_output");
  }
});

Deno.test("case 79: what once is words stays in the cache", () => {
  const { responses } = held(USUAL, 0);
  for (const usage of responses.slice(-100)) {
    const read = usage.inputText + usage.inputAudio;
    const uncached = read - usage.cachedText - usage.cachedAudio;
    // The last two exchanges, and less than a step of the cache.
    assert.ok(uncached < 700, `${uncached} of ${read} tokens were not cached`);
  }
});

for (
  const [model, audioTurns, mostPercent] of [
    ["gpt-realtime-2.1", 1, 61],
    ["gpt-realtime-2.1", 0, 56],
    ["gpt-realtime-1.5", 1, 55],
    ["gpt-realtime-2.1-mini", 1, 43],
  ] as const
) {
  Deno.test(
    `case 79: half an hour with ${model} and ${audioTurns} turns of sound costs at most ${mostPercent} % of the plain`,
    () => {
      const plain = held(USUAL, undefined, model);
      const compact = held(USUAL, audioTurns, model);
      assert.ok(100 * compact.usd <= mostPercent * plain.usd, `$${compact.usd} of $${plain.usd}`);
    },
  );
}

function held(manner: Manner, audioTurns: number | undefined, model = "gpt-realtime-2.1") {
  const billed = new BilledCall({
    model,
    instructions: "x".repeat(2800),
    ...(audioTurns !== undefined &&
      { policy: { compaction: { afterMs: 120_000, audioTurns } } }),
  });
  for (const exchange of conversation(manner, 3)) {
    billed.exchange(exchange);
    if (billed.call.now >= 30 * 60_000) break;
  }
  return billed;
}

function roleOf({ item }: ConversationEntry): string {
  return item.type === "message" ? item.role : item.type;
}
