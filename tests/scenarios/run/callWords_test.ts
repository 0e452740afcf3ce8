import assert from "node:assert/strict";
import type { SpokenItem } from "../../../src/scenarios/ear/spokenItem.ts";
import { tappedWords } from "../../../src/scenarios/run/words/callWords.ts";

const ITEM: SpokenItem = {
  id: "one",
  format: "pcmu",
  audio: Uint8Array.from({ length: 16_000 }, (_, at) => (at * 31 + at % 97) % 120),
  texts: [{ text: "Good morning to you.", atByte: 0 }],
  isInStep: true,
};

Deno.test("who looks again at the same finds what was found, and what is new once there is more", () => {
  let items: readonly SpokenItem[] = [ITEM];
  const tap = {
    get sessions() {
      return [{ items }];
    },
  };
  const words = tappedWords(tap, { format: "pcmu" }, () => undefined);
  const heard = (to: number) => [
    { atMs: 0, audio: ITEM.audio.subarray(0, 8000) },
    { atMs: 1000, audio: ITEM.audio.subarray(8000, to) },
  ];
  const half = words.lines(heard(12_000));
  assert.equal(half[0]?.heardMs, 1500);
  assert.equal(words.lines(heard(12_000)), half);
  assert.equal(words.lines(heard(16_000))[0]?.heardMs, 2000);
  assert.equal(words.lines(heard(12_000))[0]?.heardMs, 1500);
  items = [{ ...ITEM, texts: [{ text: "Good evening to you.", atByte: 0 }] }];
  assert.equal(words.lines(heard(12_000))[0]?.words[1]?.text, "evening");
});
