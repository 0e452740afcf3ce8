import assert from "node:assert/strict";
import { TalkGate } from "../../../src/web/audio/talkGate.ts";

const LOUD = Int16Array.from({ length: 480 }, (_, i) => (i % 2 === 0 ? 4000 : -4000)).buffer;
const QUIET = new Int16Array(480).buffer;

function createGate() {
  const released = Promise.withResolvers<boolean>();
  const frames: ArrayBuffer[] = [];
  const gate = new TalkGate({
    onFrame: (frame) => void frames.push(frame),
    onReleased: released.resolve,
  });
  return { gate, frames, released: released.promise };
}

Deno.test("frames pass while the button is held, and those that were on their way when it was let go", async () => {
  const { gate, frames, released } = createGate();
  gate.frame(LOUD);
  gate.isOn = true;
  gate.frame(LOUD);
  assert.equal(frames.length, 1);
  assert.ok(gate.hold());
  assert.ok(!gate.hold());
  for (let i = 0; i < 10; i++) gate.frame(LOUD);
  gate.release();
  gate.frame(QUIET);
  assert.ok(await released);
  gate.frame(LOUD);
  assert.equal(frames.length, 12);
});

Deno.test("a button that is pressed without a word ends no turn", async () => {
  const { gate, released } = createGate();
  gate.isOn = true;
  gate.hold();
  for (let i = 0; i < 10; i++) gate.frame(i < 2 ? LOUD : QUIET);
  gate.release();
  assert.equal(await released, false);
});

Deno.test("switching push-to-talk off while the button is held ends the turn", async () => {
  const { gate, released } = createGate();
  gate.isOn = true;
  gate.hold();
  for (let i = 0; i < 10; i++) gate.frame(LOUD);
  gate.isOn = false;
  assert.ok(await released);
  gate.close();
});
