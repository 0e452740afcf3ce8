import assert from "node:assert/strict";
import { createSpendLimit } from "../../../src/cli/rehearse/spendLimit.ts";
import { NotRehearsed } from "../../../src/scenarios/run/notRehearsed.ts";

const MINUTE = { maxMs: 60_000, callers: 1 };

Deno.test("createSpendLimit() holds scenarios that run at the same time to the amount in all", async () => {
  const { reserve } = createSpendLimit(1, false);
  const one = { maxMs: 60_000, callers: 1 };
  const first = await reserve(one);
  await reserve(one);
  let isThirdHere = false;
  const third = reserve(one).then((spent) => {
    isThirdHere = true;
    return spent;
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(isThirdHere, false, "two of them may cost 0.70 already");
  first({ usd: 0.25, talkedMs: 60_000 });
  (await third)({ usd: 0.2, talkedMs: 60_000 });
  // One is under way with 0.35, 0.45 are spent, and another may cost ten times what a minute did.
  const fourth = reserve({ maxMs: 600_000, callers: 1 });
  const spent = await Promise.race([fourth, Promise.resolve(undefined)]);
  assert.equal(spent, undefined);
});

Deno.test("createSpendLimit() refuses what there is no room for, and counts what is not told", async () => {
  const { reserve } = createSpendLimit(0.5, false);
  (await reserve({ maxMs: 60_000, callers: 1 }))();
  await assert.rejects(reserve({ maxMs: 60_000, callers: 1 }), /--max-usd 0\.5 leaves no room/);
  const free = createSpendLimit(0.01, true);
  (await free.reserve({ maxMs: 600_000, callers: 9 }))({ usd: 0, talkedMs: 600_000 });
  await free.reserve({ maxMs: 600_000, callers: 9 });
});

Deno.test("createSpendLimit() holds long scenarios of many callers to what a minute may cost", async () => {
  const { reserve } = createSpendLimit(5, false);
  (await reserve({ maxMs: 120_000, callers: 1 }))({ usd: 0.02, talkedMs: 20_000 });
  const many = reserve({ maxMs: 3_600_000, callers: 50 });
  await assert.rejects(
    many,
    /leaves no room for it: \$0\.02 were spent, and it may cost \$1050\.00/,
  );
  const { reserve: ofNumber } = createSpendLimit(5, false, 0.01);
  (await ofNumber({ maxMs: 10_000, callers: 1 }))({ usd: 0.01, talkedMs: 10_000 });
  await ofNumber({ maxMs: 60_000, callers: 1 });
});

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
  const analysed = { ...MINUTE, maxAnalysesUsd: 1 };
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

Deno.test("a call through a carrier reserves all minutes that it may be billed for", async () => {
  const limit = createSpendLimit(5, false, 2);
  // It may go on for some seconds beyond its two minutes.
  await assert.rejects(limit.reserve({ maxMs: 120_000, callers: 1 }), /it may cost \$6\.00/);
  await limit.reserve({ maxMs: 100_000, callers: 1 });
});

Deno.test("what there is no room for was not to be acted out, and is no fault", async () => {
  const limit = createSpendLimit(0.5, false);
  await limit.reserve(MINUTE);
  assert.equal(limit.hasRefused, false);
  const { reserve } = createSpendLimit(0.1, false);
  await assert.rejects(reserve(MINUTE), NotRehearsed);
  const free = createSpendLimit(1, true);
  free.add(1);
  await assert.rejects(free.reserve(MINUTE), NotRehearsed);
  assert.equal(free.hasRefused, true);
});
