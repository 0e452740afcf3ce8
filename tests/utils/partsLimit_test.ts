import assert from "node:assert/strict";
import { createPartsLimit } from "../../src/utils/partsLimit.ts";

const hasManyParts = createPartsLimit(1000);

Deno.test("members, items and nests are counted up to the limit, strings of any length are not", () => {
  assert.equal(hasManyParts(JSON.stringify({ text: "a".repeat(100_000) })), false);
  assert.equal(hasManyParts("[".repeat(1000)), false);
  assert.equal(hasManyParts("[".repeat(1001)), true);
  assert.equal(hasManyParts(`[${Array(1001).fill("1").join(",")}]`), true);
  assert.equal(hasManyParts('{"a":'.repeat(501)), true);
});
