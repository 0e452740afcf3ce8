import assert from "node:assert/strict";
import { createSpendLimit } from "../../../src/cli/rehearse/spendLimit.ts";

const MINUTE = { maxMs: 60_000, callers: 1 };

Deno.test("calls that cost little, or failed at once, do not let others reserve less", async () => {
  for (const first of [{ usd: 0, talkedMs: 200 }, { usd: 0.001, talkedMs: 60_000 }]) {
    const limit = createSpendLimit(1, false);
    (await limit.reserve(MINUTE))(first);
    await limit.reserve(MINUTE);
    await limit.reserve(MINUTE);
    let isBegun = false;
    limit.reserve(MINUTE).then(() => isBegun = true);
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.equal(isBegun, false, "three would be more than there is");
  }
});

Deno.test("a dear call has others reserve more", async () => {
  const limit = createSpendLimit(3, false);
  (await limit.reserve(MINUTE))({ usd: 2, talkedMs: 60_000 });
  await assert.rejects(limit.reserve(MINUTE), /leaves no room for it: \$2\.00 were spent/);
});

Deno.test("what is analysed beside free calls is reserved, and others go on", async () => {
  const limit = createSpendLimit(1.5, true);
  const analysed = { ...MINUTE, besidesUsd: 1 };
  const spent = await limit.reserve(analysed);
  await limit.reserve(MINUTE);
  let isBegun = false;
  const second = limit.reserve(analysed).then(() => isBegun = true);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(isBegun, false, "both together may cost two");
  spent({ usd: 0.25, talkedMs: 0 });
  await second;
  limit.add(1.5);
  await assert.rejects(limit.reserve(MINUTE), /--max-usd 1\.5 is used up/);
});
