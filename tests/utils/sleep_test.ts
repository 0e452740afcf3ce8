import assert from "node:assert/strict";
import { deadline } from "../../src/utils/deadline.ts";
import { sleep } from "../../src/utils/sleep.ts";

/** A timer that fires on demand, and says whether it was cancelled. */
function manualTimer() {
  const timers = new Map<() => void, number>();
  const setTimer = (wake: () => void, delayMs: number) => {
    timers.set(wake, delayMs);
    return () => void timers.delete(wake);
  };
  return {
    setTimer,
    delays: () => [...timers.values()],
    fire: () => [...timers.keys()].forEach((wake) => wake()),
  };
}

Deno.test("sleep() ends by its timer, or early by the signal, and leaves no timer behind", async () => {
  const { setTimer, delays, fire } = manualTimer();
  const whole = sleep(50, { setTimer });
  assert.deepEqual(delays(), [50]);
  fire();
  await whole;
  const abort = new AbortController();
  const short = sleep(60, { setTimer, signal: abort.signal });
  assert.deepEqual(delays(), [60]);
  abort.abort();
  await short;
  assert.deepEqual(delays(), []);
  await sleep(70, { setTimer, signal: abort.signal });
  assert.deepEqual(delays(), []);
});

Deno.test("deadline() gives what the work gives, or rejects when it takes too long", async () => {
  const { setTimer, delays, fire } = manualTimer();
  assert.equal(await deadline(Promise.resolve(7), 80, setTimer), 7);
  await assert.rejects(deadline(Promise.reject(new Error("broken")), 80, setTimer), /broken/);
  assert.deepEqual(delays(), []);
  const late = deadline(Promise.withResolvers<never>().promise, 80, setTimer);
  fire();
  await assert.rejects(late, /no answer within 80 ms/);
});
