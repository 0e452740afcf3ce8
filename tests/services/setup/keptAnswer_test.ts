import { strict as assert } from "node:assert";
import { KeptAnswer } from "../../../src/services/setup/keptAnswer.ts";

Deno.test("KeptAnswer asks once in so long, whoever asks, and again after a failure", async () => {
  let now = 0;
  let asked = 0;
  let fails = false;
  const kept = new KeptAnswer(
    () => fails ? Promise.reject(new Error("away")) : Promise.resolve(++asked),
    1000,
    () => now,
  );
  assert.deepEqual(await Promise.all([kept.get(), kept.get()]), [1, 1]);
  now = 999;
  assert.equal(await kept.get(), 1);
  now = 1000;
  fails = true;
  await assert.rejects(kept.get(), /away/);
  fails = false;
  assert.equal(await kept.get(), 2);
});
