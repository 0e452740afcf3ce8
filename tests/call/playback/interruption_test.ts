import assert from "node:assert/strict";
import { figures, interruptions } from "../../support/trials/interruptionFigures.ts";

Deno.test("interruptions of a phone call are truncated where they were heard", () => {
  const all = interruptions(300);
  const { meanMs, p95Ms } = figures(all);
  assert.deepEqual(all.flatMap(({ faults }) => faults), []);
  assert.ok(all.filter(({ errorMs }) => errorMs !== undefined).length > 200);
  assert.ok(meanMs <= 10, `${meanMs} ms on average`);
  const beyondJitter = all.map(({ errorMs, jitterMs }) => Math.abs(errorMs ?? 0) - 2 * jitterMs)
    .sort((a, b) => a - b);
  assert.ok((beyondJitter[Math.floor(all.length * 0.95)] ?? NaN) <= 25, "at p95");
  assert.ok(p95Ms <= 25 + 2 * 10, `${p95Ms} ms at p95, where jitter is 10 ms on average`);
});

Deno.test("interruptions of a call in a browser are truncated to the millisecond", () => {
  const all = interruptions(150, { reports: "positions" });
  const { meanMs, p95Ms } = figures(all);
  assert.deepEqual(all.flatMap(({ faults }) => faults), []);
  assert.ok(meanMs <= 1 && p95Ms <= 1, `${meanMs} ms on average, ${p95Ms} ms at p95`);
});

Deno.test("the playout estimate is many times nearer to the truth than simpler ones", () => {
  const all = interruptions(150, { seed: 5000 });
  const { meanMs } = figures(all);
  assert.ok(figures(all, "markErrorMs").meanMs > 5 * meanMs);
  assert.ok(figures(all, "producedErrorMs").meanMs > 50 * meanMs);
});
