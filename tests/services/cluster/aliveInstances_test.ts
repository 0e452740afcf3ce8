import assert from "node:assert/strict";
import { createAliveInstances } from "../../../src/services/cluster/aliveInstances.ts";

const minute = 60_000;
const beatOf = (beatAt: number, ageMs: number) => [{ instanceId: "other", beatAt, ageMs }];

for (const [name, aheadMs] of [["45 s behind", -45_000], ["2 h behind", -120 * minute]] as const) {
  Deno.test(`case 151: a process that beats is alive, though its beats are ${name}`, () => {
    let at = 0;
    const aliveOf = createAliveInstances({ now: () => at });
    for (; at < 10 * minute; at += 10_000) {
      assert.deepEqual(aliveOf(beatOf(at + aheadMs, -aheadMs)), ["other"]);
    }
  });
}

Deno.test("case 151: a process whose beat stands still is gone, though it was by a clock far ahead", () => {
  let at = 0;
  const aliveOf = createAliveInstances({ now: () => at });
  const beat = beatOf(120 * minute, -120 * minute);
  for (; at < 90_000; at += 10_000) assert.deepEqual(aliveOf(beat), ["other"]);
  assert.deepEqual(aliveOf(beat), []);
});

Deno.test("a process is not gone because the database was away for long: it has time to beat again", () => {
  let at = 0;
  const aliveOf = createAliveInstances({ now: () => at });
  for (; at < minute; at += 10_000) assert.deepEqual(aliveOf(beatOf(at, 0)), ["other"]);
  const last = at - 10_000;
  // No process can read or write for ten minutes.
  at += 10 * minute;
  assert.deepEqual(aliveOf(beatOf(last, at - last)), ["other"]);
  at += 10_000;
  assert.deepEqual(aliveOf(beatOf(last, at - last)), ["other"]);
  // One that does not beat by then has died since.
  at += 10_000;
  assert.deepEqual(aliveOf(beatOf(last, at - last)), ["other"]);
  at += 10_000;
  assert.deepEqual(aliveOf(beatOf(last, at - last)), []);
});
