/**
 * Measures the search for calls: `deno task bench search [calls] [--postgres]`, 100,000 calls of 20 turns
 * unless told otherwise. First how fast old calls are indexed, then how long a page of 50 takes: the median
 * and the slowest but one of 21 runs, in milliseconds.
 */
import type { Store } from "../../src/services/store/store.ts";
import type { CallSearch } from "../../src/services/store/calls/callList.ts";
import type { CallSort } from "../../src/services/store/calls/callOrder.ts";
import type { CallWrite } from "../../src/services/store/calls/callWrites.ts";
import { readTerms } from "../../src/services/store/words/wordSearch.ts";
import { medianAndSlow, timesOf, withBenchStore } from "../support/store/benchStore.ts";
import { ended, opened, said } from "../support/store/storedCalls.ts";

const CALLS = Number(Deno.args.find((argument) => /^\d+$/.test(argument)) ?? 100_000);
const TURNS = 20;
const ROUNDS = 21;
const START = Date.UTC(2026, 0, 1);
const SPACING_MS = 60_000;

const figures: Record<string, { medianMs: number; slowMs: number; calls: number }> = {};
await withBenchStore(run);
console.table(figures);

async function run(store: Store): Promise<void> {
  await fill(store);
  const began = performance.now();
  let slowest = 0;
  for (;;) {
    const round = performance.now();
    const behind = await store.words.update(20);
    if (behind === 0) break;
    slowest = Math.max(slowest, performance.now() - round);
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${CALLS} calls indexed in ${seconds.toFixed(0)} s, 20 of them in ${
      slowest.toFixed(0)
    } ms at most`,
  );
  const words = (text: string, more: CallSearch = {}): CallSearch => ({
    words: { terms: readTerms(text) ?? [] },
    ...more,
  });
  const day = { since: START + 1000 * SPACING_MS, until: START + 2440 * SPACING_MS };
  await measure(store, "a word of 1 call in 1000", words("refund"));
  await measure(store, "a word of every call", words("hello"));
  await measure(store, "a beginning of common words", words("bab"));
  await measure(store, "two words of every call", words("hello goodbye"));
  await measure(store, "a common and a rare word", words("hello refund"));
  await measure(store, "a phrase of 1 call in 1000", words('"want a refund"'));
  await measure(store, "a common word, one side", {
    words: { terms: readTerms("hello") ?? [], saidBy: "agent" },
  });
  await measure(store, "a common word of a day", words("hello", day));
  await measure(store, "a common word, the longest", words("hello"), "longest");
  await measure(store, "a rare word, the costliest", words("refund"), "costliest");
  await measure(store, "a word of no call", words("zzzzzz"));
  await measure(store, "a common word, no such outcome", words("hello", { outcome: "voicemail" }));
  await measure(store, "the last four digits", { numberEnding: "4321" });
  await measure(store, "the slowest", {}, "slowest");
}

async function fill({ calls }: Store): Promise<void> {
  const word = createWords();
  let writes: CallWrite[] = [];
  for (let at = 0; at < CALLS; at++) {
    writes.push(...writesOf(at, word));
    if (writes.length < 1000 && at < CALLS - 1) continue;
    await calls.write(writes);
    writes = [];
  }
}

function writesOf(at: number, word: () => string): readonly CallWrite[] {
  const id = `call_${String(at).padStart(7, "0")}`;
  const startedAt = START + at * SPACING_MS;
  const texts = Array.from(
    { length: TURNS },
    () => `${Array.from({ length: 15 }, word).join(" ")}.`,
  );
  texts[0] = `Hello, ${texts[0]}`;
  texts[TURNS - 1] = `${texts[TURNS - 1]} Goodbye.`;
  if (at % 1000 === 500) texts[7] = `${texts[7]} I want a refund, please.`;
  return [
    opened({ id, startedAt, from: `+1415${String(at % 90_000).padStart(7, "0")}` }),
    ...texts.map((text, turn) =>
      said(id, {
        id: `item_${turn}`,
        position: turn,
        role: turn % 2 === 0 ? "agent" : "caller",
        text,
        startedMs: turn * 5000,
      })
    ),
    ended(id, {
      endedAt: startedAt + 60_000,
      durationMs: (at * 7919) % 600_000,
      cost: {
        usd: ((at * 31) % 1000) / 1000,
        parts: { text: 0, audio: 0, transcription: 0, telephony: null },
      },
      latency: { turns: 10, p50Ms: 700, p95Ms: (at * 13) % 3000 },
    }),
  ];
}

async function measure(
  { calls }: Store,
  name: string,
  filter: CallSearch,
  sort: CallSort = "newest",
): Promise<void> {
  let found = 0;
  const times = await timesOf(ROUNDS, async () => {
    found = (await calls.list(filter, { limit: 50, sort })).calls.length;
  });
  figures[name] = { ...medianAndSlow(times, 1), calls: found };
}

/** Words of a language with as uneven a use as a real one's: by their rank. */
function createWords(): () => string {
  let seed = 42;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const syllables = [..."bdfgklmnprstv"].flatMap((consonant) =>
    [..."aeiou"].map((vowel) => consonant + vowel)
  );
  const syllable = () => syllables[Math.floor(random() * syllables.length)];
  const vocabulary = Array.from(
    { length: 15_000 },
    () => Array.from({ length: 2 + Math.floor(random() * 3) }, syllable).join(""),
  );
  return () => vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? "ba";
}
