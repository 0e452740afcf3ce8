import assert from "node:assert/strict";
import fc from "fast-check";
import { KeptAudio } from "../../../src/call/model/keptAudio.ts";
import { encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";

Deno.test("half a minute of audio is kept, the latest", () => {
  const kept = new KeptAudio("pcmu");
  for (let i = 0; i < 2000; i++) kept.keep(frame(i), i * 20);
  const audio = kept.from(0);
  assert.equal(audio.length, 1500);
  assert.equal(audio[0]?.audio, encodeBase64(frame(500)));
  assert.equal(audio.at(-1)?.audio, encodeBase64(frame(1999)));
  // A frame that is longer than all that is kept leaves its end.
  kept.keep(new Uint8Array(300_000).fill(7), 40_000);
  assert.deepEqual(kept.from(0), [{ audio: encodeBase64(new Uint8Array(240_000).fill(7)) }]);
});

Deno.test("of the shortest frames and of commits, some thousands are kept", () => {
  const kept = new KeptAudio("pcmu");
  for (let i = 0; i < 7000; i++) i % 2 === 0 ? kept.keepCommit(i) : kept.keep(frame(i, 1), i);
  assert.equal(kept.from(0).length, 6000);
  assert.deepEqual(kept.from(6998), [{}, { audio: encodeBase64(frame(6999, 1)) }]);
});

Deno.test("whatever is kept, forgotten and taken back, the rest comes in order", () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 3000 }) },
    { weight: 1, arbitrary: fc.constantFrom("commit", "forgetTurn") },
    { weight: 1, arbitrary: fc.record({ forgetBefore: fc.nat(100) }) },
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 100 }), fc.nat(100), (steps, from) => {
    const kept = new KeptAudio("pcm24k");
    let expected: { at: number; audio?: string }[] = [];
    steps.forEach((one, at) => {
      if (typeof one === "number") {
        kept.keep(frame(at, one), at);
        expected.push({ at, audio: encodeBase64(frame(at, one)) });
      } else if (one === "commit") {
        kept.keepCommit(at);
        expected.push({ at });
      } else if (one === "forgetTurn") {
        kept.forgetTurn();
        expected = expected.slice(
          0,
          expected.findLastIndex(({ audio }) => audio === undefined) + 1,
        );
      } else {
        kept.forgetBefore(one.forgetBefore);
        expected = expected.filter(({ at }) => at >= one.forgetBefore);
      }
    });
    const rest = expected.filter(({ at }) => at >= from).map(({ at: _, ...one }) => one);
    assert.deepEqual(kept.from(from), rest);
  }));
});

function frame(index: number, length = 160): Uint8Array {
  return new Uint8Array(length).fill(index % 251);
}
