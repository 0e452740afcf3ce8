import assert from "node:assert/strict";
import { EarLatency } from "../../../src/web/audio/earLatency.ts";

/** PCM16 at 24 kHz of one level. */
function sound(ms: number, level: number): ArrayBuffer {
  return Int16Array.from({ length: ms * 24 }, (_, i) => (i % 2 === 0 ? level : -level)).buffer;
}

class Turn {
  readonly told: [string, number][] = [];
  readonly ear = new EarLatency((itemId, ms) => this.told.push([itemId, ms]));
  now = 0;

  capture(ms: number, level: number): void {
    for (let at = 0; at < ms; at += 20) this.ear.captured(sound(20, level), this.now += 20);
  }
}

Deno.test("an answer is timed from the caller's last sound to the item's first, not to its silence before", () => {
  const turn = new Turn();
  turn.capture(500, 30);
  turn.capture(1000, 6000);
  const lastSoundAt = turn.now;
  turn.capture(500, 30);
  turn.ear.callerStopped();
  turn.ear.received("a", sound(100, 0));
  turn.ear.received("a", sound(200, 8000));
  turn.ear.heard({ itemId: "a", ms: 90 }, lastSoundAt + 800);
  assert.deepEqual(turn.told, []);
  turn.ear.heard({ itemId: "a", ms: 150 }, lastSoundAt + 860);
  turn.ear.heard({ itemId: "a", ms: 250 }, lastSoundAt + 960);
  assert.deepEqual(turn.told, [["a", 810]]);
});

Deno.test("who talks for long, with pauses, is not taken for the noise of the place", () => {
  const turn = new Turn();
  for (let i = 0; i < 20; i++) {
    turn.capture(900, 5000);
    turn.capture(100, 20);
  }
  turn.capture(300, 5000);
  const lastSoundAt = turn.now;
  turn.capture(600, 20);
  turn.ear.callerStopped();
  turn.ear.received("a", sound(200, 8000));
  turn.ear.heard({ itemId: "a", ms: 0 }, lastSoundAt + 700);
  assert.deepEqual(turn.told, [["a", 700]]);
});

Deno.test("a greeting, and what follows a typed line, is not timed", () => {
  const turn = new Turn();
  turn.ear.received("greeting", sound(200, 8000));
  turn.ear.heard({ itemId: "greeting", ms: 20 }, 100);
  turn.capture(200, 30);
  turn.capture(200, 5000);
  turn.ear.callerStopped();
  turn.ear.abandon();
  turn.ear.received("a", sound(200, 8000));
  turn.ear.heard({ itemId: "a", ms: 20 }, 1000);
  assert.deepEqual(turn.told, []);
});
