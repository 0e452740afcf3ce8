import assert from "node:assert/strict";
import fc from "fast-check";
import { SpeechDetector } from "../../../src/utils/audio/speechDetector.ts";
import {
  framesOf,
  levelOfPcm16,
  noise,
  readRecording,
  RECORDINGS,
} from "../../support/trials/speechFixture.ts";

const FRAME_MS = 20;

/** Where the words begin in each recording, and after how much of its silence they have ended. */
const WORDS = {
  "cards-001": { beginMs: 180, endMs: 940 },
  "cards-003": { beginMs: 100, endMs: 1_400 },
  "goforward": { beginMs: 500, endMs: 2_420 },
  "librivox-0870": { beginMs: 220, endMs: 6_700 },
  "numbers": { beginMs: 520, endMs: 3_600 },
} as const;

for (const name of RECORDINGS) {
  Deno.test(`SpeechDetector hears the words of ${name} begin and end`, () => {
    const detector = new SpeechDetector();
    const levels = framesOf(readRecording(name), 320).map(levelOfPcm16);
    const changes = listen(detector, [...levels, ...steady(-60, 1_500)]);
    assert.deepEqual(changes.map(({ change }) => change), ["started", "stopped"]);
    const [started, stopped] = changes.map(({ atMs }) => atMs);
    const { beginMs, endMs } = WORDS[name];
    assert.ok(started! >= beginMs && started! <= beginMs + 150, `started at ${started}`);
    assert.ok(stopped! >= endMs && stopped! <= endMs + 700, `stopped at ${stopped}`);
  });
}

Deno.test("SpeechDetector takes single frames that were lost in noise for no quieter line", () => {
  const frames = Array.from({ length: 500 }, (_, index) => index % 40 === 0 ? -100 : -42);
  const detector = new SpeechDetector({ minLevelDb: -60 });
  const changes = listen(detector, [...steady(-42, 6000), ...frames]);
  assert.deepEqual(changes.filter(({ atMs }) => atMs > 6000), []);
});

Deno.test("SpeechDetector separates two sentences when a second of noise lies between", () => {
  const sentence = framesOf(readRecording("cards-001"), 320).map(levelOfPcm16);
  const changes = listen(new SpeechDetector(), [
    ...sentence,
    ...steady(-50, 1_000),
    ...sentence,
    ...steady(-50, 1_000),
  ]);
  assert.deepEqual(
    changes.map(({ change }) => change),
    ["started", "stopped", "started", "stopped"],
  );
});

Deno.test("SpeechDetector ignores silence and quiet noise", () => {
  const hiss = framesOf(noise(16_000 * 20, 150), 320).map(levelOfPcm16);
  assert.deepEqual(listen(new SpeechDetector(), hiss), []);
  assert.deepEqual(listen(new SpeechDetector(), steady(-96, 20_000)), []);
  const afterSilence = new SpeechDetector();
  assert.deepEqual(listen(afterSilence, [...steady(-96, 20_000), ...hiss]), []);
});

Deno.test("SpeechDetector ignores a click that is shorter than the onset", () => {
  const click = [...steady(-60, 1_000), -10, -10, ...steady(-60, 1_000)];
  assert.deepEqual(listen(new SpeechDetector(), click), []);
  assert.equal(listen(new SpeechDetector({ onsetMs: 40 }), click).length, 2);
});

Deno.test("SpeechDetector goes on through pauses that are shorter than the hangover", () => {
  const words = [...steady(-20, 300), ...steady(-60, 400), ...steady(-20, 300)];
  const levels = [...steady(-60, 500), ...words, ...steady(-60, 1_000)];
  assert.equal(listen(new SpeechDetector(), levels).length, 2);
  assert.equal(listen(new SpeechDetector({ hangoverMs: 300 }), levels).length, 4);
});

Deno.test("SpeechDetector gets used to loud noise that stays", () => {
  const detector = new SpeechDetector();
  const changes = listen(detector, [...steady(-55, 1_000), ...steady(-30, 15_000)]);
  assert.deepEqual(changes.map(({ change }) => change), ["started", "stopped"]);
  assert.ok(Math.abs(detector.noiseFloorDb + 30) < 1);
  assert.equal(listen(detector, steady(-12, 200))[0]?.change, "started");
});

Deno.test("SpeechDetector lets the noise floor fall fast and rise slowly", () => {
  const detector = new SpeechDetector();
  listen(detector, steady(-65, 500));
  assert.ok(detector.noiseFloorDb < -64);
  listen(detector, steady(-25, 500));
  assert.ok(detector.noiseFloorDb < -62);
});

Deno.test("SpeechDetector keeps speaking on while the level stays within the hysteresis", () => {
  const levels = [...steady(-60, 1_000), ...steady(-30, 200), ...steady(-47, 800)];
  assert.equal(listen(new SpeechDetector(), levels).length, 1);
  assert.equal(listen(new SpeechDetector({ hysteresisDb: 0 }), levels).length, 2);
});

Deno.test("SpeechDetector takes frames of any length", () => {
  const levels = [...steady(-60, 1_000), ...steady(-20, 1_000), ...steady(-60, 1_000)];
  const detector = new SpeechDetector();
  assert.equal(detector.hear(-60, 1_000), undefined);
  assert.equal(detector.hear(-20, 1_000), "started");
  assert.equal(detector.hear(-60, 1_000), "stopped");
  assert.equal(listen(new SpeechDetector(), levels).length, 2);
});

Deno.test("SpeechDetector never starts or stops twice in a row, whatever it hears", () => {
  const frame = fc.tuple(
    fc.oneof(fc.double({ min: -96, max: 0 }), fc.constantFrom(NaN, Infinity, -Infinity)),
    fc.oneof(fc.double({ min: 1, max: 200 }), fc.constantFrom(0, -5, NaN)),
  );
  fc.assert(fc.property(fc.array(frame, { maxLength: 200 }), (frames) => {
    const detector = new SpeechDetector();
    let speaking = false;
    for (const [levelDb, durationMs] of frames) {
      const change = detector.hear(levelDb, durationMs);
      assert.notEqual(change, speaking ? "started" : "stopped");
      if (change !== undefined) speaking = change === "started";
      assert.equal(detector.speaking, speaking);
      assert.ok(Number.isFinite(detector.noiseFloorDb));
    }
  }));
});

function steady(levelDb: number, durationMs: number): number[] {
  return Array.from({ length: durationMs / FRAME_MS }, () => levelDb);
}

function listen(detector: SpeechDetector, levels: readonly number[]) {
  return levels.flatMap((levelDb, n) => {
    const change = detector.hear(levelDb, FRAME_MS);
    return change === undefined ? [] : [{ change, atMs: (n + 1) * FRAME_MS }];
  });
}
