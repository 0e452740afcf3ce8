import assert from "node:assert/strict";
import fc from "fast-check";
import { A_LAW, decodeG711, encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { sine } from "../../support/trials/speechFixture.ts";

const LAWS = { "mu-law": MU_LAW, "A-law": A_LAW };

Deno.test("case 15: decodeG711() gives the samples of the standard's tables", () => {
  const codes = Uint8Array.of(0x00, 0x01, 0x0f, 0x10, 0x70, 0x7e, 0x7f, 0x80, 0xc5, 0xf0, 0xff);
  assert.deepEqual(
    [...decodeG711(MU_LAW, codes)],
    [-32124, -31100, -16764, -15996, -120, -8, 0, 32124, 1564, 120, 0],
  );
  assert.deepEqual(
    [...decodeG711(A_LAW, Uint8Array.of(0x2a, 0x2b, 0x3a, 0x55, 0x54, 0xd5, 0xd4, 0xaa, 0x80))],
    [-32256, -31232, -16128, -8, -24, 8, 24, 32256, 5504],
  );
});

for (const [name, law] of Object.entries(LAWS)) {
  Deno.test(`encodeG711() picks the nearest code of ${name} for every sample`, () => {
    const levels = [...new Set(law.decoded)].sort((a, b) => a - b);
    for (let sample = -32768, at = 0; sample <= 32767; sample++) {
      while (at + 1 < levels.length && 2 * sample > levels[at]! + levels[at + 1]!) at++;
      const error = Math.abs(law.decoded[law.encoded[sample & 0xffff]!]! - sample);
      assert.equal(error, Math.abs(levels[at]! - sample), `sample ${sample}`);
    }
  });

  Deno.test(`case 15: encodeG711() gives back every code of ${name} that decodes to its own sample`, () => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    // Mu-law has two zeros; the negative one comes back as the positive.
    const expected = codes.map((code) => law === MU_LAW && code === 0x7f ? 0xff : code);
    assert.deepEqual(encodeG711(law, decodeG711(law, codes)), expected);
  });

  Deno.test(`encodeG711() mirrors positive and negative samples in ${name}`, () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 32767 }), (sample) => {
      const [up = 0, down = 0] = encodeG711(law, Int16Array.of(sample, -sample));
      assert.equal(up ^ down, 0x80);
    }));
  });

  Deno.test(`encodeG711() keeps a tone 38 dB above its own noise in ${name}`, () => {
    const tone = Int16Array.from(sine({ hz: 1013, rateHz: 8000, length: 8000 }));
    const heard = decodeG711(law, encodeG711(law, tone));
    const signal = tone.reduce((sum, sample) => sum + sample ** 2, 0);
    const error = tone.reduce((sum, sample, n) => sum + (sample - heard[n]!) ** 2, 0);
    const snrDb = 10 * Math.log10(signal / error);
    assert.ok(snrDb > 37, `${snrDb} dB`);
  });
}
