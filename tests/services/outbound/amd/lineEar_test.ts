import assert from "node:assert/strict";
import { isFax, LineEar } from "../../../../src/services/outbound/amd/lineEar.ts";
import { encodeG711, MU_LAW } from "../../../../src/utils/audio/g711.ts";

/** The answer tone of a fax; `turnsMs` is how often its phase turns, as it does to switch off echo suppressors. */
function answerTone(ms: number, turnsMs: number): Uint8Array {
  const samples = Int16Array.from({ length: ms * 8 }, (_, i) => {
    const turn = Math.floor(i / 8 / turnsMs) % 2 === 0 ? 1 : -1;
    const swell = 1 + 0.2 * Math.sin(2 * Math.PI * 15 * i / 8000);
    return 5000 * turn * swell * Math.sin(2 * Math.PI * 2100 * i / 8000);
  });
  return encodeG711(MU_LAW, samples);
}

function faxIn(...parts: readonly Uint8Array[]): boolean {
  const ear = new LineEar();
  const bytes = parts.flatMap((part) => [...part]);
  let found = false;
  for (let at = 0; at < bytes.length; at += 160) {
    found ||= isFax(ear.hear(Uint8Array.from(bytes.slice(at, at + 160))));
  }
  return found;
}

Deno.test("a fax is known by its answer tone, whether or not its phase turns", () => {
  for (const turnsMs of [450, Infinity]) assert.ok(faxIn(answerTone(3000, turnsMs)), `${turnsMs}`);
});

Deno.test("beeps of the same pitch are no fax", () => {
  const pause = new Uint8Array(8000).fill(0xff);
  const beep = answerTone(500, Infinity);
  assert.ok(!faxIn(beep, pause, beep, pause, beep));
});
