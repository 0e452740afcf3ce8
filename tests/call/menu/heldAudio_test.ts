import assert from "node:assert/strict";
import { holdMusic } from "../../../src/sim/sound/holdMusic.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { onLine } from "../../support/trials/heldLine.ts";
import { telephoneSpeech } from "../../support/trials/holdTrial.ts";

const FRAME = 160;

Deno.test("hold: of minutes of music the model gets no more than was needed to notice it", () => {
  const { say, sentMs, events } = onLine();
  say(holdMusic("piano", 180_000));
  assert.ok(sentMs() <= 2000, `${sentMs()} ms were sent`);
  assert.deepEqual(events("hold"), [{ type: "hold", on: true }]);
});

Deno.test("hold: the model hears the first word after music, to its last sample", () => {
  for (const { name, sound } of telephoneSpeech()) {
    const { say, sentMs, sent } = onLine();
    say(holdMusic("strings", 20_000));
    const before = sentMs();
    const words = encodeG711(MU_LAW, sound);
    say(sound);
    const given = sent().subarray(before * 8);
    const whole = words.subarray(0, Math.floor(words.length / FRAME) * FRAME);
    assert.ok(endsWith(given, whole), `${name}: not all of ${whole.length / 8} ms was given`);
    assert.ok(given.length / 8 <= whole.length / 8 + 1000, `${name}: music before it`);
  }
});

Deno.test("hold: a model that is opened meanwhile is given no music", () => {
  const { say, deps } = onLine();
  say(holdMusic("pop", 10_000));
  deps.model.says({ type: "modelLost", loss: { code: "session_expired", retry: "now" } });
  deps.pass(2000);
  assert.equal(deps.models.length, 2);
  deps.model.says({ type: "modelReady" });
  say(holdMusic("pop", 5000));
  assert.deepEqual(deps.model.audio, []);
});

Deno.test("hold: calls that lead into no phone system hear music as ever", () => {
  const { say, sentMs } = onLine({ menu: false });
  say(holdMusic("piano", 5000));
  assert.equal(sentMs(), 5000);
});

function endsWith(all: Uint8Array, end: Uint8Array): boolean {
  const from = all.length - end.length;
  return from >= 0 && end.every((byte, i) => all[from + i] === byte);
}
