import assert from "node:assert/strict";
import fc from "fast-check";
import { BodyError } from "../../../src/utils/http/bodyError.ts";
import { parseBoundedJson } from "../../../src/utils/http/boundedJson.ts";

Deno.test("parseBoundedJson() reads whatever JSON.stringify() writes", () => {
  const value = fc.jsonValue({ maxDepth: 5, stringUnit: "grapheme" });
  fc.assert(fc.property(value, (sent) => {
    const text = JSON.stringify(sent);
    fc.pre(!text.includes('"__proto__":'));
    assert.deepEqual(parseBoundedJson(text), JSON.parse(text));
  }));
});

Deno.test("parseBoundedJson() counts nesting, but not the brackets inside strings", () => {
  assert.equal(parseBoundedJson('"[[[[{{{{"', 0), "[[[[{{{{");
  assert.deepEqual(parseBoundedJson('{"a":["\\"[[["]}', 2), { a: ['"[[['] });
  assert.deepEqual(parseBoundedJson("[[],[],[]]", 2), [[], [], []]);
  refused('{"\\\\":[[]]}', "json_too_deep", 2);
});

Deno.test("parseBoundedJson() refuses a million levels without a stack overflow", () => {
  refused("[".repeat(1_000_000), "json_too_deep");
  refused('{"a":'.repeat(200_000), "json_too_deep");
});

Deno.test("parseBoundedJson() refuses __proto__ at any depth and in any spelling", () => {
  refused('{"__proto__":{"admin":true}}', "forbidden_key");
  refused('{"a":[{"b":{"\\u005f_proto__":1}}]}', "forbidden_key");
  assert.equal(parseBoundedJson('"__proto__"'), "__proto__");
  assert.equal(Object.hasOwn(Object.prototype, "admin"), false);
});

Deno.test("parseBoundedJson() refuses half a surrogate pair in keys and values", () => {
  refused('"\\ud83d"', "invalid_unicode");
  refused('{"a":["\\ude00"]}', "invalid_unicode");
  refused('{"\\ud83d":1}', "invalid_unicode");
  assert.equal(parseBoundedJson('"\\ud83d\\ude00"'), "😀");
});

function refused(text: string, code: string, maxDepth = 32): void {
  assert.throws(
    () => parseBoundedJson(text, maxDepth),
    (error) => error instanceof BodyError && error.status === 400 && error.code === code,
  );
}

Deno.test("case 170: parseBoundedJson() builds nothing of JSON with too many values", () => {
  for (const item of ["{}", "[]", "1", '""', '{"a":{}}']) {
    const text = `[${Array(2_000_000 / (item.length + 1) | 0).fill(item).join(",")}]`;
    assert.throws(() => parseBoundedJson(text), { code: "json_too_many_values" }, item);
  }
  const variables = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`v${at}`, "x,{["]));
  const calls = Array.from({ length: 1000 }, () => ({ to: "+14155550123", variables }));
  assert.deepEqual(parseBoundedJson(JSON.stringify({ calls })), { calls });
});
