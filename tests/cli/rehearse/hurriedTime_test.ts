import assert from "node:assert/strict";
import { hurryTime } from "../../../src/cli/rehearse/hurriedTime.ts";
import { createSimClock } from "../../../src/sim/twilio/simClock.ts";
import { setTimer } from "../../../src/utils/clock.ts";

Deno.test("clocks and timers of the process run faster together, and as before once that is over", async () => {
  const before = { setTimeout, now: Date.now, performanceNow: performance.now };
  {
    using hurried = hurryTime(20);
    const clock = createSimClock();
    const start = { real: hurried.realNow(), date: Date.now(), monotonic: performance.now() };
    await Promise.all([
      new Promise<void>((resolve) => setTimer(resolve, 4000)),
      new Promise<void>((resolve) => setTimeout(resolve, 4000)),
      clock.wait(4000),
    ]);
    const realMs = hurried.realNow() - start.real;
    for (const ms of [Date.now() - start.date, performance.now() - start.monotonic, clock.now()]) {
      assert.ok(ms >= 3990, `${ms}`);
      assert.ok(Math.abs(ms / realMs - 20) < 1, `${ms} in ${realMs}`);
    }
    let cancelled = true;
    clearTimeout(setTimeout(() => cancelled = false, 100));
    await clock.wait(200);
    assert.ok(cancelled);
  }
  assert.equal(globalThis.setTimeout, before.setTimeout);
  assert.equal(Date.now, before.now);
  const from = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.ok(performance.now() - from < 2000);
});
