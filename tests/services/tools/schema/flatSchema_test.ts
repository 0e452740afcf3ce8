import assert from "node:assert/strict";
import fc from "fast-check";
import { createDoNotCall } from "../../../../src/services/tools/builtin/doNotCall.ts";
import { endCall } from "../../../../src/services/tools/builtin/endCall.ts";
import { getCurrentTime } from "../../../../src/services/tools/builtin/getCurrentTime.ts";
import { sendDigits } from "../../../../src/services/tools/builtin/sendDigits.ts";
import { createTransferCall } from "../../../../src/services/tools/builtin/transferCall.ts";
import { checkFlatSchema } from "../../../../src/services/tools/schema/flatSchema.ts";
import {
  compileSchema,
  type SchemaError,
} from "../../../../src/services/tools/schema/schemaCompiler.ts";
import { readToolSchema } from "../../../../src/services/tools/schema/toolSchema.ts";

/** With characters that mean something in paths and patterns, and one of two UTF-16 units. */
const text = fc.string({
  unit: fc.constantFrom("a", "1", "/", "~", "\u{1f600}", "'", '"'),
  maxLength: 8,
});
const name = text.filter((name) => name !== "").map((name) => `p${name}`);

const field = fc.oneof(
  fc.record({
    type: fc.constant("string"),
    description: text,
    maxLength: fc.nat(4),
    pattern: fc.constantFrom("^[a-c1]{1,3}$", "^[*#1]{0,2}$"),
    enum: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  }, { requiredKeys: ["type"] }),
  fc.record({
    type: fc.constantFrom("number", "integer", "boolean"),
    title: text,
    maxLength: fc.nat(4),
  }, { requiredKeys: ["type"] }),
  fc.record({
    type: fc.constant("integer"),
    enum: fc.uniqueArray(fc.integer({ min: -1, max: 2 }), { minLength: 1 }),
  }),
);

const schema = fc.dictionary(name, field, { maxKeys: 4 }).chain((properties) =>
  fc.record({
    type: fc.constant("object"),
    properties: fc.constant(properties),
    required: fc.uniqueArray(fc.constantFrom("", ...Object.keys(properties))),
    additionalProperties: fc.constant(false),
    description: text,
  }, { requiredKeys: ["type", "properties", "additionalProperties"] })
);

const value = fc.oneof(
  text,
  fc.integer({ min: -1, max: 2 }),
  fc.double(),
  fc.constantFrom(null, true, false, [], {}, "abc", "11", 1e400),
);

/** What often fits. */
const simple = fc.constantFrom("a", "1", 1, 0, true);

Deno.test("a flat schema finds in any arguments what the compiler of schemas finds", () => {
  let fitting = 0;
  fc.assert(
    fc.property(
      schema.chain((schema) => {
        const names = Object.keys(schema.properties);
        const args = fc.oneof(
          fc.dictionary(fc.oneof(name, fc.constantFrom("p", ...names)), value),
          fc.record(Object.fromEntries(names.map((name) => [name, simple])), { requiredKeys: [] }),
        );
        return fc.tuple(fc.constant(schema), args);
      }),
      ([schema, args]) => {
        const found = checkFlatSchema(schema)?.(args) ?? [];
        const expected = compileSchema(schema)(args);
        assert.deepEqual(sorted(found), sorted(expected));
        if (expected.length === 0) fitting++;
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(fitting > 20, `only ${fitting} fitted`);
});

function sorted(errors: readonly SchemaError[]): readonly string[] {
  return errors.map(({ instancePath, keyword, params, message }) =>
    JSON.stringify([instancePath, keyword, params, message])
  ).sort();
}

Deno.test("the parameters of the tools of the server's own are flat", () => {
  const all = [
    ...[endCall, getCurrentTime, sendDigits, createTransferCall(["sales"])],
    createDoNotCall(() => Promise.resolve("listed")),
  ];
  for (const { name, parameters } of all) {
    assert.ok(checkFlatSchema(readToolSchema(parameters).schema), name);
  }
});

Deno.test("any other schema is left to the compiler", () => {
  const text = { type: "string" };
  const others: readonly Readonly<Record<string, unknown>>[] = [
    { properties: { a: { type: "array" } } },
    { properties: { a: { type: ["string", "null"] } } },
    { properties: { a: { ...text, pattern: "^(a+)+$" } } },
    { properties: { a: { ...text, pattern: "^[z-a]{1,3}$" } } },
    { properties: { a: { ...text, minLength: 1 } } },
    { properties: { a: { ...text, maxLength: -1 } } },
    { properties: { a: { ...text, description: 1 } } },
    { properties: { a: { ...text, enum: [] } } },
    { properties: { a: { ...text, enum: [1] } } },
    { properties: { a: true } },
    { properties: {}, additionalProperties: true },
    { properties: {}, required: "a" },
    { properties: {}, required: ["a", "a"] },
    { properties: {}, anyOf: [] },
  ];
  for (const other of others) {
    const schema = { type: "object", additionalProperties: false, ...other };
    assert.equal(checkFlatSchema(schema), undefined, JSON.stringify(other));
  }
});
