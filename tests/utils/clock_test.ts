import assert from "node:assert/strict";
import { setTimer } from "../../src/utils/clock.ts";

Deno.test("case 62: setTimer() does not take a delay of years for none", async () => {
  let woken = 0;
  const cancels = [2 ** 31, 1e12, Number.MAX_VALUE, Infinity].map((delayMs) =>
    setTimer(() => woken++, delayMs)
  );
  await new Promise<void>((resolve) => void setTimer(resolve, 20));
  for (const cancel of cancels) cancel();
  assert.equal(woken, 0);
});

Deno.test("what a timer throws is uncaught, and the other timers run", async () => {
  const caught = Promise.withResolvers<unknown>();
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    caught.resolve(event.error);
  };
  globalThis.addEventListener("error", listener);
  try {
    const error = new Error("thrown by a timer");
    setTimer(() => {
      throw error;
    }, 2);
    const others = [2, 2, 20].map((delayMs) =>
      new Promise<void>((resolve) => void setTimer(resolve, delayMs))
    );
    assert.equal(await caught.promise, error);
    await Promise.all(others);
  } finally {
    globalThis.removeEventListener("error", listener);
  }
});

Deno.test("no timer runs before its delay has passed", async () => {
  const early: number[] = [];
  await Promise.all(Array.from({ length: 60 }, (_, index) => {
    const [setAt, delayMs] = [performance.now(), index * 4.3];
    return new Promise<void>((resolve) =>
      void setTimer(() => {
        const tookMs = performance.now() - setAt;
        if (tookMs < delayMs) early.push(delayMs - tookMs);
        resolve();
      }, delayMs)
    );
  }));
  assert.deepEqual(early, []);
});
