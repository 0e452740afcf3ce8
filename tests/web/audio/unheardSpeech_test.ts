import assert from "node:assert/strict";
import { durationOf, UnheardSpeech } from "../../../src/web/audio/unheardSpeech.ts";

const speech = (ms: number) => new ArrayBuffer(ms * 48);

function left(unheard: UnheardSpeech): readonly [string, number][] {
  return unheard.pieces.map(({ itemId, pcm }) => [itemId, durationOf(pcm)]);
}

Deno.test("UnheardSpeech keeps what was not reported, to the millisecond", () => {
  const unheard = new UnheardSpeech();
  for (const itemId of ["a", "a", "b"]) unheard.enqueue({ itemId, pcm: speech(100) });
  assert.deepEqual(unheard.position, { itemId: "a", ms: 0 });
  unheard.recordPosition({ itemId: "a", ms: 30 });
  assert.deepEqual(left(unheard), [["a", 70], ["a", 100], ["b", 100]]);
  unheard.recordPosition({ itemId: "a", ms: 150 });
  assert.deepEqual(left(unheard), [["a", 50], ["b", 100]]);
  unheard.recordPosition({ itemId: "b", ms: 20 });
  assert.deepEqual(left(unheard), [["b", 80]]);
  unheard.recordPosition({ itemId: "b", ms: 100 });
  assert.deepEqual(left(unheard), []);
  unheard.enqueue({ itemId: "b", pcm: speech(50) });
  unheard.recordPosition({ itemId: "b", ms: 120 });
  assert.deepEqual(left(unheard), [["b", 30]]);
});

Deno.test("UnheardSpeech counts on from where an item was silenced", () => {
  const unheard = new UnheardSpeech();
  unheard.enqueue({ itemId: "a", pcm: speech(1000) });
  unheard.recordPosition({ itemId: "a", ms: 200 });
  unheard.clear();
  unheard.enqueue({ itemId: "a", pcm: speech(100) });
  unheard.recordCleared({ itemId: "a", ms: 260 });
  assert.deepEqual(left(unheard), [["a", 100]]);
  unheard.recordPosition({ itemId: "a", ms: 300 });
  assert.deepEqual(left(unheard), [["a", 60]]);
  unheard.recordPosition({ itemId: "a", ms: 360 });
  assert.deepEqual(left(unheard), []);
});
