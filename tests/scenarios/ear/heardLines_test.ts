import assert from "node:assert/strict";
import { alignHeard } from "../../../src/scenarios/ear/alignHeard.ts";
import { findWords } from "../../../src/scenarios/ear/findWords.ts";
import { heardLines } from "../../../src/scenarios/ear/heardLines.ts";
import type { EarPiece, SpokenItem } from "../../../src/scenarios/ear/spokenItem.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";

Deno.test("what was heard is found in what was said, whatever pieces it came in", () => {
  const item = spoken("one", "It costs forty dollars. Shall I book it?", 4000);
  const pieces = cut(item, 1000, [60, 159, 477, 477, 2827]);
  const [line, ...none] = heardLines(
    alignHeard(pieces, [spoken("two", "Else.", 900), item], "pcmu"),
  );
  assert.deepEqual(none, []);
  assert.equal(text(line), "It costs forty dollars. Shall I book it?");
  assert.deepEqual([line?.itemId, line?.heardMs, line?.wholeMs], ["one", 4000, 4000]);
  assert.deepEqual([line?.fromMs, line?.toMs, line?.unheard], [1000, 5000, ""]);
  const found = findWords("FORTY dollars", line?.words ?? []);
  assert.ok(found && found.fromMs > 1800 && found.toMs < 3700, JSON.stringify(found));
});

Deno.test("of what was cut off, only the words before the cut were heard", () => {
  const item = spoken("one", "It costs forty dollars. Shall I book it?", 4000);
  const pieces = cut(item, 0, [60, 159, 477, 477, 1227]);
  const [line] = heardLines(alignHeard(pieces, [item], "pcmu"));
  assert.equal(text(line), "It costs forty dollars.");
  assert.equal(line?.unheard, "Shall I book it?");
  assert.equal(line?.heardMs, 2400);
  assert.equal(findWords("shall I", line?.words ?? []), undefined);
});

Deno.test("speech that stops and goes on is one line, and foreign sound a line without words", () => {
  const item = spoken("one", "Good morning to you.", 2000);
  const [head, tail] = cut(item, 0, [900, 1100]);
  const foreign = spoken("else", "", 500).audio;
  const runs = alignHeard(
    [head!, { atMs: 1500, audio: foreign }, { atMs: 3000, audio: tail!.audio }],
    [item],
    "pcmu",
  );
  const lines = heardLines(runs);
  assert.deepEqual(lines.map(text), ["Good morning to you.", ""]);
  assert.deepEqual(lines.map(({ fromMs, toMs, heardMs }) => [fromMs, toMs, heardMs]), [
    [0, 4100, 2000],
    [1500, 2000, 500],
  ]);
});

Deno.test("of two sentences that are the same, the one that was broken off is not the one that was heard", () => {
  const item = spoken("one", "One moment please.", 2000);
  const broken = { ...item, id: "broken", audio: item.audio.subarray(0, 1600) };
  const lines = heardLines(alignHeard(cut(item, 0, [200, 1800]), [broken, item], "pcmu"));
  assert.deepEqual(lines.map(({ itemId, heardMs }) => [itemId, heardMs]), [["one", 2000]]);
});

Deno.test("sound is as long as at the ear, whatever was made ready in another format, or nothing was", () => {
  const item = spoken("one", "Good morning to you.", 2000);
  const other = { ...spoken("two", "Else.", 900), format: "pcm24k" as const };
  const pieces = cut(item, 500, [900, 1100]);
  for (const items of [[other, item], []]) {
    const [line] = heardLines(alignHeard(pieces, items, "pcmu"));
    assert.deepEqual([line?.fromMs, line?.toMs, line?.heardMs], [500, 2500, 2000]);
  }
  const inPcm = pieces.map(({ audio }) => ({ atMs: 0, audio }));
  const [line] = heardLines(alignHeard(inPcm.slice(0, 1), [], "pcm24k"));
  assert.equal(line?.heardMs, 150);
});

Deno.test("words share the sound between silences, and the pause before them is no word's", () => {
  const speech = spoken("one", "", 1000).audio;
  const audio = new Uint8Array(32_000).fill(0xff);
  audio.set(speech, 16_000);
  const item: SpokenItem = { ...spoken("one", "Yes.", 0), audio };
  const [line] = heardLines(alignHeard([{ atMs: 0, audio }], [item], "pcmu"));
  const [word] = line?.words ?? [];
  assert.ok(word && word.fromMs >= 2000 && word.toMs <= 3010, JSON.stringify(word));
});

Deno.test("words that the model sends before one piece of sound share it", () => {
  const item = {
    ...spoken("one", "", 3000),
    texts: [
      { text: "Is", atByte: 0 },
      { text: " this", atByte: 0 },
      { text: " a", atByte: 8000 },
      { text: " good", atByte: 16_000 },
      { text: " moment?", atByte: 24_000 },
    ],
  };
  const [line] = heardLines(alignHeard(cut(item, 0, [3000]), [item], "pcmu"));
  assert.equal(text(line), "Is this a good moment?");
  const starts = line?.words.map(({ fromMs }) => fromMs) ?? [];
  assert.deepEqual(starts, starts.toSorted((a, b) => a - b));
});

function text(line: { readonly words: readonly { readonly text: string }[] } | undefined) {
  return line?.words.map(({ text }) => text).join(" ");
}

/** Noise that is another for every id. */
function spoken(id: string, text: string, ms: number): SpokenItem {
  const random = createRandom([...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  const audio = new Uint8Array(ms * 8).map(() => Math.floor(random() * 120));
  return { id, format: "pcmu", audio, texts: [{ text, atByte: 0 }], isInStep: true };
}

function cut(item: SpokenItem, atMs: number, lengthsMs: readonly number[]): readonly EarPiece[] {
  let at = 0;
  return lengthsMs.map((ms) => {
    const piece = { atMs: atMs + at / 8, audio: item.audio.subarray(at, at + ms * 8) };
    at += ms * 8;
    return piece;
  });
}
