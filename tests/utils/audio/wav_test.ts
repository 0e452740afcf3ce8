import assert from "node:assert/strict";
import { readSound } from "../../../src/utils/audio/wav.ts";
import { wavOf } from "../../support/wavFile.ts";

const SAMPLES = [0, 1000, -1000, 32_512, -32_768];

for (const bits of [8, 16, 24, 32] as const) {
  Deno.test(`readSound() reads PCM of ${bits} bits`, () => {
    const { hz, samples } = readSound(wavOf(SAMPLES, { hz: 44_100, bits }));
    assert.equal(hz, 44_100);
    const coarse = bits === 8 ? 256 : 1;
    for (const [at, sample] of SAMPLES.entries()) {
      assert.ok(Math.abs((samples[at] ?? NaN) - sample) < coarse, `${samples[at]} for ${sample}`);
    }
  });
}

Deno.test("readSound() mixes several channels, and finds the audio behind other chunks", () => {
  const { samples } = readSound(wavOf([100, 300, -100, -300], { hz: 8000, bits: 16, channels: 2 }));
  assert.deepEqual([...samples], [200, -200]);
});

Deno.test("readSound() says what it cannot read", () => {
  const file = wavOf(SAMPLES, { hz: 8000, bits: 16 });
  const changed = (at: number, byte: number) =>
    file.map((each, index) => index === at ? byte : each);
  for (
    const broken of [changed(0, 0), changed(20, 3), changed(22, 0), changed(24, 1).fill(0, 25, 28)]
  ) {
    assert.throws(() => readSound(broken), TypeError);
  }
});
