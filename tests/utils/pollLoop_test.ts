import assert from "node:assert/strict";
import { createPollLoop } from "../../src/utils/pollLoop.ts";
import { settled } from "../support/until.ts";

/** A poll loop whose polls end when, and with what, the test says; its timers fire on demand. */
function startLoop() {
  const ends: ((delayMs: number | undefined) => void)[] = [];
  const timers = new Map<() => void, number>();
  let polls = 0;
  const loop = createPollLoop(
    () => {
      polls++;
      return new Promise((resolve) => ends.push(resolve));
    },
    (wake, delayMs) => {
      timers.set(wake, delayMs);
      return () => timers.delete(wake);
    },
  );
  return {
    loop,
    polls: () => polls,
    delays: () => [...timers.values()],
    end(delayMs: number | undefined): Promise<void> {
      ends.shift()?.(delayMs);
      return settled();
    },
  };
}

Deno.test("it polls in a moment, and again after what the poll has said", async () => {
  const { loop, polls, delays, end } = startLoop();
  assert.deepEqual([polls(), delays()], [0, [0]]);
  loop.wake();
  assert.deepEqual([polls(), delays()], [1, []]);
  await end(500);
  assert.deepEqual([polls(), delays()], [1, [500]]);
  loop.wake();
  await end(0);
  assert.deepEqual([polls(), delays()], [3, []]);
  await end(undefined);
  assert.deepEqual([polls(), delays()], [3, []], "until it is woken");
  await loop.close();
});

Deno.test("woken during a poll it polls once more, however often it was woken", async () => {
  const { loop, polls, delays, end } = startLoop();
  for (let time = 0; time < 3; time++) loop.wake();
  assert.equal(polls(), 1);
  await end(500);
  assert.equal(polls(), 2);
  await end(500);
  assert.deepEqual([polls(), delays()], [2, [500]]);
  await loop.close();
});

Deno.test("once closed it polls no more, and close() awaits the poll under way", async () => {
  const { loop, polls, delays, end } = startLoop();
  loop.wake();
  loop.wake();
  let closed = false;
  const closing = loop.close().then(() => closed = true);
  await settled();
  assert.equal(closed, false);
  await end(500);
  await closing;
  loop.wake();
  assert.deepEqual([polls(), delays()], [1, []]);
});

Deno.test("its first poll waits for as long as it is given", async () => {
  const delays: number[] = [];
  const loop = createPollLoop(() => Promise.resolve(undefined), (_, delayMs) => {
    delays.push(delayMs);
    return () => {};
  }, 700);
  assert.deepEqual(delays, [700]);
  await loop.close();
});

Deno.test("a poll that rejects in spite of all is polled again later, and its rejection shows", async () => {
  let wake = () => {};
  let delayMs = -1;
  const strays: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    strays.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", note);
  try {
    let polls = 0;
    createPollLoop(() => ++polls === 1 ? Promise.reject("broken") : Promise.resolve(undefined), (
      then,
      ms,
    ) => {
      [wake, delayMs] = [then, ms];
      return () => {};
    });
    const stray = new Promise((resolve) =>
      globalThis.addEventListener("unhandledrejection", resolve, { once: true })
    );
    wake();
    await stray;
    assert.deepEqual([polls, delayMs, strays], [1, 10_000, ["broken"]]);
    wake();
    assert.equal(polls, 2);
  } finally {
    globalThis.removeEventListener("unhandledrejection", note);
  }
});
