import assert from "node:assert/strict";
import type { HeardLine } from "../../../src/scenarios/ear/heardLines.ts";
import { Caller } from "../../../src/scenarios/run/caller/caller.ts";
import { createSimClock } from "../../../src/sim/twilio/simClock.ts";

Deno.test("a caller who waits for words does not join what was cut with what followed", async () => {
  assert.deepEqual(await missedAt("would you like it"), [
    '"would you like it" was not heard within 20 ms',
  ]);
  assert.deepEqual(await missedAt("like it"), []);
});

/** What a caller misses who hears "Would you", which is cut, and "Like it." */
async function missedAt(text: string): Promise<readonly string[]> {
  const clock = createSimClock();
  const caller = new Caller({
    end: {
      format: "pcmu",
      get talkMs() {
        return clock.now();
      },
      settled: Promise.resolve(),
      watch: () => () => {},
      heard: () => [],
      heardAndQueued: () => [],
      said: () => [],
      speak: () => Promise.resolve(),
      sendDigits: () => Promise.resolve(),
      hangUp: () => {},
    },
    clock,
    words: {
      by: "model",
      lines: () => [line("Would you", -4000, "like another?"), line("Like it.", -2000, "")],
    },
    lineMs: 0,
    tellWords: () => Promise.resolve(),
    lateMs: () => 0,
    onStep: () => {},
  });
  await caller.act([{ step: { type: "hears", text, withinMs: 20 } }]);
  caller.close();
  return caller.acts.missed.map(({ what }) => what);
}

function line(text: string, fromMs: number, unheard: string): HeardLine {
  const words = text.split(" ").map((text, index) => ({
    text,
    fromMs: fromMs + index * 100,
    toMs: fromMs + index * 100 + 100,
  }));
  return { itemId: text, fromMs, toMs: fromMs + 500, heardMs: 500, wholeMs: 500, words, unheard };
}
