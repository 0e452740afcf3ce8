import assert from "node:assert/strict";
import { holdMusic, musicStyles } from "../../../src/sim/sound/holdMusic.ts";
import { lineTone, lineToneNames } from "../../../src/sim/sound/lineTones.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { MusicDetector } from "../../../src/utils/audio/musicDetector.ts";
import {
  findMusic,
  joined,
  louder,
  mixed,
  onsetMs,
  telephoneSpeech,
} from "../../support/trials/holdTrial.ts";

for (const style of musicStyles) {
  Deno.test(`music detector: notices ${style} within two seconds, and that it lasts`, () => {
    const { musicMs, changes } = findMusic(holdMusic(style, 20_000));
    assert.deepEqual(changes[0]?.sound, "music");
    assert(changes[0].atMs <= 2000, `noticed after ${changes[0].atMs} ms`);
    assert(musicMs >= 17_000, `music for ${musicMs} ms of 20000`);
  });
}

for (const tone of lineToneNames) {
  Deno.test(`music detector: takes ${tone} for a sound to wait in`, () => {
    assert.deepEqual(findMusic(lineTone(tone, 12_000)).changes.map(({ sound }) => sound), [
      "music",
    ]);
  });
}

Deno.test("music detector: takes no human speech for music, faint, loud or in noise", () => {
  for (const { name, sound } of telephoneSpeech()) {
    for (const db of [-20, -10, 0]) {
      for (const amplitude of [0, 100, 400]) {
        const { musicMs } = findMusic(mixed(louder(sound, db), amplitude));
        assert.deepEqual(musicMs, 0, `${name} at ${db} dB, noise of ${amplitude}`);
      }
    }
  }
});

Deno.test("music detector: notices speech after music within half a second of its first sound", () => {
  for (const style of musicStyles) {
    for (const { name, sound } of telephoneSpeech()) {
      const music = holdMusic(style, 8000);
      const { changes } = findMusic(joined(music, sound));
      const spoke = changes.find((change) => change.sound === "other" && change.atMs > 8000);
      assert(spoke !== undefined, `${style}, ${name}: not noticed`);
      const lateMs = spoke.atMs - 8000 - onsetMs(sound);
      assert(lateMs <= 500, `${style}, ${name}: ${lateMs} ms`);
    }
  }
});

Deno.test("music detector: tells since when something else is heard", () => {
  const [speech] = telephoneSpeech();
  const line = joined(
    holdMusic("strings", 6000),
    speech!.sound.subarray(onsetMs(speech!.sound) * 8),
  );
  const detector = new MusicDetector();
  const codes = encode(line);
  for (let at = 0; at < codes.length; at += 160) {
    const change = detector.hear(codes.subarray(at, at + 160));
    if (change?.sound !== "other") continue;
    const beganMs = at / 8 + 20 - change.sinceMs;
    assert(beganMs <= 6000 && beganMs >= 5600, `began at ${beganMs} ms`);
    return;
  }
  throw new Error("Not noticed");
});

Deno.test("music detector: hears the same whatever the length of the frames", () => {
  const codes = encode(holdMusic("piano", 5000));
  const all = new MusicDetector();
  const change = all.hear(codes);
  const parts = new MusicDetector();
  const changes = [];
  for (let at = 0; at < codes.length; at += 137) {
    const change = parts.hear(codes.subarray(at, at + 137));
    if (change !== undefined) changes.push(change);
  }
  assert.deepEqual([change], changes);
});

Deno.test("music detector: silence says nothing", () => {
  assert.deepEqual(findMusic(new Int16Array(80_000)).changes, []);
  const { changes } = findMusic(joined(holdMusic("piano", 5000), new Int16Array(80_000)));
  assert.deepEqual(changes.map(({ sound }) => sound), ["music"]);
});

function encode(sound: Int16Array): Uint8Array {
  return encodeG711(MU_LAW, sound);
}
