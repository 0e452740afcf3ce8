import assert from "node:assert/strict";
import { createLookout } from "../../src/utils/pollLoop.ts";

/** A lookout whose looks end when, and with what, the test says; its timers fire on demand. */
function watch() {
  const ends: ((delayMs: number | undefined) => void)[] = [];
  const timers = new Map<() => void, number>();
  let looks = 0;
  const lookout = createLookout(
    () => {
      looks++;
      return new Promise((resolve) => ends.push(resolve));
    },
    (wake, delayMs) => {
      timers.set(wake, delayMs);
      return () => timers.delete(wake);
    },
  );
  return {
    lookout,
    looks: () => looks,
    delays: () => [...timers.values()],
    async end(delayMs: number | undefined) {
      ends.shift()?.(delayMs);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
  };
}

Deno.test("it looks in a moment, and again after what the look has said", async () => {
  const { lookout, looks, delays, end } = watch();
  assert.deepEqual([looks(), delays()], [0, [0]]);
  lookout.wake();
  assert.deepEqual([looks(), delays()], [1, []]);
  await end(500);
  assert.deepEqual([looks(), delays()], [1, [500]]);
  lookout.wake();
  await end(0);
  assert.deepEqual([looks(), delays()], [3, []]);
  await end(undefined);
  assert.deepEqual([looks(), delays()], [3, []], "until it is woken");
  await lookout.close();
});

Deno.test("woken during a look it looks once more, however often it was woken", async () => {
  const { lookout, looks, delays, end } = watch();
  for (let time = 0; time < 3; time++) lookout.wake();
  assert.equal(looks(), 1);
  await end(500);
  assert.equal(looks(), 2);
  await end(500);
  assert.deepEqual([looks(), delays()], [2, [500]]);
  await lookout.close();
});

Deno.test("once closed it looks no more, and close() awaits the look under way", async () => {
  const { lookout, looks, delays, end } = watch();
  lookout.wake();
  lookout.wake();
  let closed = false;
  const closing = lookout.close().then(() => closed = true);
  await Promise.resolve();
  assert.equal(closed, false);
  await end(500);
  await closing;
  lookout.wake();
  assert.deepEqual([looks(), delays()], [1, []]);
});
