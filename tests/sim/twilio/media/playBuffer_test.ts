import assert from "node:assert/strict";
import { createPlayBuffer, type MarkEcho } from "../../../../src/sim/twilio/media/playBuffer.ts";

const names = (echoes: readonly MarkEcho[]) =>
  echoes.map(({ name, reason }) => `${name}:${reason}`);

Deno.test("playBuffer.advance() echoes a mark when everything before it has been played", () => {
  const buffer = createPlayBuffer();
  buffer.write(100, 0);
  buffer.mark("a", 0);
  buffer.write(50, 10);
  buffer.mark("b", 10);
  assert.equal(buffer.nextEventAt(), 100);
  assert.deepEqual(buffer.advance(99.9), []);
  assert.deepEqual(buffer.advance(100), [{ name: "a", at: 100, reason: "played" }]);
  assert.deepEqual(names(buffer.advance(150)), ["b:played"]);
  assert.equal(buffer.nextEventAt(), undefined);
});

Deno.test("playBuffer.advance() echoes a mark at once when the buffer is empty", () => {
  const buffer = createPlayBuffer();
  buffer.mark("probe", 7);
  assert.deepEqual(buffer.advance(7), [{ name: "probe", at: 7, reason: "empty" }]);
  buffer.write(10, 20);
  buffer.mark("late", 31);
  assert.deepEqual(names(buffer.advance(31)), ["late:empty"]);
});

Deno.test("playBuffer.clear() releases every pending mark at once, in order, but none that was played", () => {
  const buffer = createPlayBuffer();
  for (const name of ["a", "b", "c"]) {
    buffer.write(100, 0);
    buffer.mark(name, 0);
  }
  buffer.clear(150);
  assert.deepEqual(names(buffer.advance(150)), ["a:played", "b:cleared", "c:cleared"]);
  assert.equal(buffer.playedMs(1_000), 150);
});

Deno.test("playBuffer.clear() reports what was really played, in all and for each segment", () => {
  const buffer = createPlayBuffer();
  buffer.write(100, 0);
  buffer.mark("a", 0);
  buffer.write(60, 0);
  buffer.write(60, 0);
  buffer.mark("b", 0);
  buffer.write(30, 0);
  assert.deepEqual(buffer.clear(180.5), {
    at: 180.5,
    playedMs: 180.5,
    droppedMs: 69.5,
    segments: [
      { mark: "a", ms: 100, playedMs: 100 },
      { mark: "b", ms: 120, playedMs: 80.5 },
      { mark: null, ms: 30, playedMs: 0 },
    ],
  });
  buffer.write(40, 200);
  buffer.mark("c", 200);
  const second = buffer.clear(210);
  assert.deepEqual(second.segments, [{ mark: "c", ms: 40, playedMs: 10 }]);
  assert.equal(second.playedMs, 190.5);
});

Deno.test("playBuffer.write() waits for the start-up delay again after every underrun, and only then", () => {
  const delays = [120, 80, 40];
  const buffer = createPlayBuffer({ startupDelayMs: () => delays.shift() ?? 0 });
  assert.equal(buffer.write(100, 0).startsAt, 120);
  assert.equal(buffer.write(100, 50).startsAt, 220, "behind what waits, at once");
  assert.equal(buffer.playedMs(100), 0);
  assert.equal(buffer.playedMs(170), 50);
  assert.equal(buffer.write(10, 400).startsAt, 480, "the buffer had run dry");
  buffer.clear(480);
  assert.equal(buffer.write(10, 480).startsAt, 520, "a clear empties it too");
});

Deno.test("playBuffer.write() discards what goes beyond ten minutes", () => {
  const buffer = createPlayBuffer();
  assert.equal(buffer.write(599_000, 0).acceptedMs, 599_000);
  assert.equal(buffer.write(2_000, 0).acceptedMs, 1_000);
  assert.equal(buffer.write(20, 0).acceptedMs, 0);
  assert.equal(buffer.write(20, 20).acceptedMs, 20, "there is room again as it plays");
  assert.equal(buffer.queuedMs(20), 600_000);
});

Deno.test("playBuffer.write() takes mu-law bytes as eight a millisecond", () => {
  const buffer = createPlayBuffer();
  buffer.write(new Uint8Array(160), 0);
  assert.equal(buffer.endsAt(0), 20);
  assert.equal(buffer.endsAt(20), undefined);
});

Deno.test("playBuffer.playedMs() plus what is queued or dropped is what was written, at any time", () => {
  let state = 7;
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 200; round++) {
    const buffer = createPlayBuffer({ startupDelayMs: () => random(200) });
    let [now, written, dropped, marks, echoed] = [0, 0, 0, 0, 0];
    for (let step = 0; step < 50; step++) {
      now += random(300);
      const what = random(10);
      if (what < 6) written += buffer.write(random(400), now).acceptedMs;
      else if (what < 9) buffer.mark(`m${marks++}`, now);
      else dropped += buffer.clear(now).droppedMs;
      echoed += buffer.advance(now).length;
      const sum = buffer.playedMs(now) + buffer.queuedMs(now) + dropped;
      assert.ok(Math.abs(sum - written) < 1e-6, `${sum} of ${written}`);
    }
    now += 60_000;
    echoed += buffer.advance(now).length;
    assert.equal(echoed, marks, "each mark comes back exactly once");
    assert.equal(buffer.queuedMs(now), 0);
  }
});
