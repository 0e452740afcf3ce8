import assert from "node:assert/strict";
import { readWav, writeWav } from "../../../../src/sim/twilio/media/wav.ts";

Deno.test("readWav() gives back what writeWav() wrote", () => {
  const every = new Uint8Array(256).map((_, code) => code);
  const read = readWav(writeWav(every));
  // Mu-law has two codes for silence; the sample does not show which it was.
  assert.deepEqual(
    read.map((code) => code === 0x7f ? 0xff : code),
    every.map((code) => code === 0x7f ? 0xff : code),
  );
});

Deno.test("readWav() takes other rates down to 8 kHz", async () => {
  const file = await Deno.readFile(
    new URL("../../../fixtures/speech/goforward.wav", import.meta.url),
  );
  const hz = new DataView(file.buffer).getUint32(24, true);
  const samples = (file.length - 44) / 2;
  assert.ok(Math.abs(readWav(file).length - samples * 8_000 / hz) < 50);
});

for (
  const [what, bytes] of [
    ["nothing", new Uint8Array()],
    ["another format", new TextEncoder().encode("ID3 this is not a WAV file at all, really")],
    ["a header alone", writeWav(new Uint8Array()).subarray(0, 36)],
    ["12 bits", writeWav(new Uint8Array(10)).map((byte, at) => at === 34 ? 12 : byte)],
  ] as const
) {
  Deno.test(`readWav() refuses ${what}`, () => {
    assert.throws(() => readWav(bytes), TypeError);
  });
}
