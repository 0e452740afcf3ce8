import assert from "node:assert/strict";
import { StereoMixer, type StereoPiece } from "../../../src/services/listening/stereoMixer.ts";
import type { AudioFormat } from "../../../src/utils/audio/audioFormat.ts";
import { encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { decodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";

class Line {
  now = 5000;
  paused = false;
  readonly pieces: StereoPiece[] = [];
  readonly mixer = new StereoMixer(() => this.now, () => this.paused);

  constructor(
    format: AudioFormat = "pcmu",
    queued: readonly { audio: Uint8Array; at: number }[] = [],
  ) {
    this.mixer.begin({ format, startedAt: 1000, queued });
  }

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      this.now += 100;
      this.pieces.push(...this.mixer.take());
    }
  }

  side(side: 0 | 1): number[] {
    return this.pieces.flatMap(({ audio }) => [...audio].filter((_, at) => at % 2 === side));
  }
}

const tone = (ms: number, code: number) => new Uint8Array(ms * 8).fill(code);
const count = (codes: readonly number[], code: number) =>
  codes.filter((one) => one === code).length;

Deno.test("both sides stand at their times, and follow each other without a gap", () => {
  const line = new Line();
  line.mixer.agent(encodeBase64(tone(300, 2)));
  for (let at = 0; at < 10; at++) {
    // Frames come unevenly, and the buffer that they are in changes with the next.
    line.now = 5000 + (at + 1) * 20 + (at % 3) * 30;
    const frame = tone(20, 1);
    line.mixer.caller(frame);
    frame.fill(9);
  }
  line.now = 5300;
  line.pass(600);
  assert.deepEqual(line.pieces.map(({ atMs }) => atMs), [4000, 4100, 4200, 4300, 4400, 4500, 4600]);
  const [caller, agent] = [line.side(0), line.side(1)];
  assert.equal(count(caller, 1), 1600);
  assert.equal(caller.lastIndexOf(1) - caller.indexOf(1), 1599, "without a gap");
  assert.deepEqual([agent.indexOf(2), count(agent, 2)], [0, 2400]);
});

Deno.test("what a leg drops is not heard, and what comes after it is", () => {
  const line = new Line();
  line.mixer.agent(encodeBase64(tone(2000, 2)));
  line.pass(500);
  line.mixer.clear();
  line.pass(300);
  line.mixer.agent(encodeBase64(tone(200, 3)));
  line.pass(900);
  const agent = line.side(1);
  assert.deepEqual([count(agent, 2), agent.indexOf(3), count(agent, 3)], [4000, 6400, 1600]);
});

Deno.test("who begins in the middle of a sentence hears the rest of what the leg has", () => {
  const line = new Line("pcmu", [{ audio: tone(500, 2), at: 4800 }, {
    audio: tone(100, 3),
    at: 5300,
  }]);
  line.pass(900);
  const agent = line.side(1);
  assert.deepEqual([count(agent, 2), agent.indexOf(3), count(agent, 3)], [2400, 2400, 800]);
});

Deno.test("nothing is heard of a pause, from its beginning to its last sample", () => {
  const line = new Line();
  for (let at = 0; at < 100; at++) {
    if (at === 30) line.paused = true;
    if (at === 63) line.paused = false;
    line.now += 20;
    line.mixer.caller(tone(20, at < 30 ? 1 : at < 63 ? 2 : 3));
    if (at % 5 === 4) line.pieces.push(...line.mixer.take());
  }
  line.pass(400);
  const caller = line.side(0);
  assert.equal(count(caller, 2), 0);
  assert.ok(count(caller, 1) > 2000 && count(caller, 3) > 4000);
  assert.ok(line.pieces.some(({ isSilenced }) => isSilenced));
});

Deno.test("a browser's call is heard as one of a phone", () => {
  const line = new Line("pcm24k");
  const sine = Int16Array.from(
    { length: 24_000 },
    (_, at) => Math.round(10_000 * Math.sin(2 * Math.PI * 440 * at / 24_000)),
  );
  line.mixer.agent(encodeBase64(new Uint8Array(sine.buffer)));
  line.pass(900);
  const heard = decodeG711(MU_LAW, Uint8Array.from(line.side(1)));
  const crossings = heard.slice(800, 4000).filter((sample, at, all) =>
    at > 0 && sample >= 0 !== (all[at - 1] ?? 0) >= 0
  );
  assert.ok(Math.abs(crossings.length - 2 * 440 * 0.4) < 4, `${crossings.length}`);
  assert.equal(count(line.side(0), 0xff), line.side(0).length);
});

Deno.test("after a stall it goes on with what is heard now", () => {
  const line = new Line();
  line.pass(500);
  line.now += 60_000;
  line.pass(300);
  assert.ok(line.pieces.length < 10);
  assert.equal(line.pieces.at(-1)?.atMs, line.now - 1000 - 300);
});
