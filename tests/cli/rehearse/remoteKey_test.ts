import assert from "node:assert/strict";
import { remoteKey } from "../../../src/cli/rehearse/against/remoteKey.ts";
import { readOrigin } from "../../../src/cli/rehearse/against/remoteRequest.ts";
import { createSpendLimit } from "../../../src/cli/rehearse/spendLimit.ts";

const KEYS = "app:first-secret-of-many,ops:second-secret-of-many;scopes=admin,old:sha256:ab12";

Deno.test("remoteKey() shows the keys of the settings here to no other host", () => {
  assert.equal(remoteKey("http://127.0.0.1:8000", { keys: KEYS }), "second-secret-of-many");
  assert.equal(remoteKey("https://other.example", { keys: KEYS }), undefined);
  const publicUrl = "https://voice.example.com";
  assert.equal(remoteKey(publicUrl, { keys: KEYS, publicUrl }), "second-secret-of-many");
  assert.equal(remoteKey("https://other.example", { keys: KEYS, own: " mine " }), "mine");
  assert.equal(remoteKey("https://other.example", { own: "mine", file: "filed\n" }), "filed");
  assert.throws(() => remoteKey("https://other.example", { file: "\n" }), /--key-file holds no/);
});

Deno.test("readOrigin() takes an address without a path, and no key goes over a line that is open", () => {
  assert.equal(readOrigin("https://voice.example.com/"), "https://voice.example.com");
  assert.equal(readOrigin("http://localhost:8000"), "http://localhost:8000");
  assert.throws(() => readOrigin("voice.example.com"), /must be an address such as/);
  assert.throws(() => readOrigin("http://voice.example.com"), /must begin with https/);
  assert.throws(() => readOrigin("https://voice.example.com/api"), /without a path/);
  assert.throws(() => readOrigin("https://a:b@voice.example.com"), /must not have a password/);
});

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
  (await free.reserve({ maxMs: 600_000, callers: 9 }))({ usd: 5, talkedMs: 600_000 });
  await free.reserve({ maxMs: 600_000, callers: 9 });
});

Deno.test("createSpendLimit() holds long scenarios of many callers to what a minute has cost", async () => {
  const { reserve } = createSpendLimit(5, false);
  (await reserve({ maxMs: 120_000, callers: 1 }))({ usd: 0.02, talkedMs: 20_000 });
  const many = reserve({ maxMs: 3_600_000, callers: 50 });
  await assert.rejects(
    many,
    /leaves no room for it: \$0\.02 were spent, and it may cost \$180\.00/,
  );
  const { reserve: ofNumber } = createSpendLimit(5, false, 0.01);
  (await ofNumber({ maxMs: 10_000, callers: 1 }))({ usd: 0.01, talkedMs: 10_000 });
  await ofNumber({ maxMs: 60_000, callers: 1 });
});
