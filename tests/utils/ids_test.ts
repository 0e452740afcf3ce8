import assert from "node:assert/strict";
import fc from "fast-check";
import { newId, newToken } from "../../src/utils/ids.ts";

Deno.test("newId() starts with its prefix and never comes twice", () => {
  const ids = new Set(Array.from({ length: 2_000 }, () => newId("call", 1_700_000_000_000)));
  assert.equal(ids.size, 2_000);
  for (const id of ids) assert.match(id, /^call_[0-9a-hjkmnp-tv-z]{26}$/);
  assert.match(newId("req"), /^req_/);
});

Deno.test("newId() sorts by time", () => {
  const time = fc.nat({ max: 2 ** 45 });
  fc.assert(fc.property(time, fc.integer({ min: 1, max: 2 ** 40 }), (nowMs, laterMs) => {
    assert.ok(newId("call", nowMs) < newId("call", nowMs + laterMs));
  }));
  const before = newId("call", Date.now() - 1_000);
  assert.ok(before < newId("call") && newId("call") < newId("call", Date.now() + 60_000));
});

Deno.test("newToken() is 256 random bits that need no escaping anywhere", () => {
  const tokens = new Set(Array.from({ length: 1_000 }, () => newToken()));
  assert.equal(tokens.size, 1_000);
  for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{43}$/);
});
