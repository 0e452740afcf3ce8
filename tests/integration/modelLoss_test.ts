import assert from "node:assert/strict";
import { soakModelLoss } from "../soak/modelLoss/losses.ts";

Deno.test("case 50: calls whose connections are cut in every way go on, and no tool runs twice, and no result is lost", async () => {
  const figures = await soakModelLoss({ count: 6, seed: 11, progress() {} });
  // What is measured in seconds is for `deno task soak`.
  const counted = figures.filter(({ target }) => !target.endsWith(" s"));
  assert.equal(counted.length, 4);
  assert.deepEqual(counted.filter(({ ok }) => !ok), []);
});
