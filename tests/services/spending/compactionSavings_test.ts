import assert from "node:assert/strict";
import type { TokenUsage } from "../../../src/call/realtimeClient.ts";
import { CompactionSavings, savedUsd } from "../../../src/services/spending/compactionSavings.ts";
import { noUsage } from "../../../src/services/store.ts";
import { BilledCall } from "../../support/trials/billedCall.ts";
import { conversation } from "../../support/trials/conversations.ts";

Deno.test("case 79: sound that a response did not read is saved, words it read instead are not", () => {
  const compaction = begun();
  const first = compaction.follow(read({ inputText: 1000, inputAudio: 2000 }));
  assert.deepEqual(first, { inputText: -10, inputAudio: 150, cachedText: 0, cachedAudio: 0 });
  // All that the first has read is cached but for the last step: 3,140 = 24 * 128 + 68.
  const second = compaction.follow(read({
    inputText: 1000,
    inputAudio: 2100,
    cachedText: 1000,
    cachedAudio: 1944,
  }));
  assert.deepEqual(second, {
    inputText: -10,
    inputAudio: 150,
    cachedText: -10,
    cachedAudio: 2150 - 68 - 1944,
  });
});

Deno.test("a response that misses the cache would have missed it anyway", () => {
  const compaction = begun();
  compaction.follow(read({ inputText: 1000, inputAudio: 2000 }));
  const missed = compaction.follow(read({ inputText: 1000, inputAudio: 2000 }));
  assert.deepEqual(missed, { inputText: -10, inputAudio: 150, cachedText: 0, cachedAudio: 0 });
});

Deno.test("what is too short for the cache now might have been long enough", () => {
  const compaction = begun();
  compaction.follow({ type: "compacted", role: "agent", audioMs: 100_000, characters: 9 });
  compaction.follow(read({ inputText: 500, inputAudio: 60 }));
  const next = compaction.follow(read({ inputText: 520, inputAudio: 60 }));
  assert.ok((next?.cachedAudio ?? 0) > 1500);
});

Deno.test("nothing is saved before sound is replaced, and by another connection", () => {
  const compaction = new CompactionSavings();
  assert.equal(compaction.follow(read({ inputAudio: 2000 })), undefined);
  compaction.follow({ type: "compacted", role: "agent", audioMs: 5000, characters: 60 });
  assert.notEqual(compaction.follow(read({ inputAudio: 2000 })), undefined);
  compaction.follow({ type: "modelReady", afterMs: 5, again: true });
  assert.equal(compaction.follow(read({ inputAudio: 2000 })), undefined);
});

Deno.test("savings have a price where the model has one", () => {
  const savings = { inputText: -100, inputAudio: 1000, cachedText: -100, cachedAudio: 500 };
  const usage = { ...noUsage, inputText: 500, cachedText: 300, inputAudio: 100, cachedAudio: 50 };
  // 500 at $32, 500 at $0.40, less 100 of cached text at $0.40.
  assert.equal(savedUsd(savings, { usage, model: "gpt-realtime-2.1" }), 0.01616);
  assert.equal(savedUsd(savings, { usage, model: "unheard-of" }), null);
});

Deno.test("the estimate is near what the plain call would have cost, and not above it", () => {
  const talk = { callerMs: 3200, agentMs: 5200, pauseMs: 700, interrupted: 0.1, tools: 0.1 };
  for (const model of ["gpt-realtime-2.1", "gpt-realtime-2.1-mini"]) {
    const [plain, compact] = [undefined, { afterMs: 120_000, audioTurns: 1 }].map((compaction) => {
      const options = compaction === undefined ? {} : { policy: { compaction } };
      const billed = new BilledCall({ model, instructions: "x".repeat(2800), ...options });
      for (const exchange of conversation(talk, 7)) {
        billed.exchange(exchange);
        if (billed.call.now >= 20 * 60_000) break;
      }
      return billed;
    });
    const saved = plain!.usd - compact!.usd;
    const { recordedSavings } = compact!;
    assert.ok(recordedSavings <= saved, `${recordedSavings} of ${saved}`);
    assert.ok(recordedSavings >= 0.8 * saved, `${recordedSavings} of ${saved}`);
  }
});

/** 50 tokens of the caller's and 100 of the agent's have become words, the caller's are 10. */
function begun(): CompactionSavings {
  const compaction = new CompactionSavings();
  compaction.follow({ type: "compacted", role: "caller", audioMs: 5000, characters: 40 });
  compaction.follow({ type: "compacted", role: "agent", audioMs: 5000, characters: 60 });
  return compaction;
}

function read(tokens: Partial<TokenUsage>) {
  const none = { inputText: 0, inputAudio: 0, cachedText: 0, cachedAudio: 0 };
  return { type: "usage", usage: { ...none, outputText: 0, outputAudio: 0, ...tokens } } as const;
}
