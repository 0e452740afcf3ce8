import assert from "node:assert/strict";
import { AudioRoom } from "../../../../src/sim/twilio/legs/audioRoom.ts";

Deno.test("who joins a room while the process is held up hears, and is heard, from then on", () => {
  let nowMs = 0;
  let due = () => {};
  const clock = {
    now: () => nowMs,
    at(_: number, run: () => void) {
      due = run;
      return () => {};
    },
    wait: () => Promise.resolve(),
  };
  const room = new AudioRoom<ReturnType<typeof person>>(clock, (listener, said) => {
    for (const [member, frame] of said) if (member !== listener) return frame;
    return new Uint8Array(160);
  });
  const [first, second] = [person(), person()];
  room.add(first);
  nowMs = 2000;
  room.add(second);
  assert.equal(second.said, 0);
  nowMs = 2400;
  due();
  assert.equal(second.said, 20);
  assert.equal(first.heard.at(-1), 2400);
  assert.deepEqual([second.heard.at(0), second.heard.at(-1)], [2020, 2400]);
});

/** Counts the frames that are taken, and notes when those that are heard begin. */
function person() {
  const it = {
    said: 0,
    heard: [] as number[],
    audio: {
      open: () => ({
        nextFrame: () => {
          it.said++;
          return new Uint8Array(160);
        },
        close: () => {},
      }),
      hear: (_: Uint8Array, atMs: number) => void it.heard.push(atMs),
      cut: () => {},
    },
  };
  return it;
}
