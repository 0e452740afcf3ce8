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
import {
  type JsonSchema,
  propertiesOf,
} from "../../../../src/services/tools/schema/schemaRewrite.ts";
import { readToolSchema } from "../../../../src/services/tools/schema/toolSchema.ts";

/** Has characters that mean something in messages and patterns, and one of two UTF-16 units. */
const text = fc.string({
  unit: fc.constantFrom("a", "1", "-", "\n", "\\", "\u{1f600}", "\ud83d", "'", '"', "$", "`"),
  maxLength: 8,
});
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "1", "_", "-"), maxLength: 3 }).map((end) => `p${end}`),
  fc.constantFrom("constructor", "toString", "length"),
);

const characters = fc.string({
  unit: fc.constantFrom(..."abz019AZ_*#+.-"),
  minLength: 1,
  maxLength: 5,
});
const pattern = fc.tuple(characters, fc.nat(2), fc.nat(3))
  .map(([characters, min, more]) => `^[${characters}]{${min},${min + more}}$`)
  // A range may be the wrong way round.
  .filter((pattern) => compiles(pattern));

const number = fc.constantFrom(-1, 0, 1, 2, 0.5, 1e21);
const keywords = {
  title: text,
  description: text,
  maxLength: fc.nat(4),
  minLength: fc.nat(3),
  pattern,
};
const field = fc.oneof(
  fc.record({
    ...keywords,
    type: fc.constant("string"),
    enum: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
  }, { requiredKeys: ["type"] }),
  fc.record({
    ...keywords,
    type: fc.constant("number"),
    enum: fc.uniqueArray(number, { minLength: 1 }),
  }, { requiredKeys: ["type"] }),
  fc.record({
    ...keywords,
    type: fc.constantFrom("integer", "boolean"),
  }, { requiredKeys: ["type"] }),
);

const schema = fc.dictionary(name, field, { maxKeys: 4 }).chain((properties) =>
  fc.record({
    type: fc.constant("object"),
    properties: fc.constant(properties),
    required: fc.uniqueArray(fc.constantFrom("", "valueOf", ...Object.keys(properties))),
    additionalProperties: fc.constant(false),
    description: text,
  }, { requiredKeys: ["type", "properties", "additionalProperties"] })
);

/** Any values of JSON, and infinity, as which 1e400 is read. */
const value = fc.oneof(text, number, fc.constantFrom(null, true, false, [], {}, "a1", Infinity));

/** What often fits. */
const simple = fc.constantFrom("a", "1", 1, 0, true);

function argumentsFor(schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(propertiesOf(schema));
  return fc.oneof(
    fc.dictionary(fc.oneof(name, fc.constantFrom("p", ...names)), value),
    fc.record(Object.fromEntries(names.map((name) => [name, simple])), { requiredKeys: [] }),
  );
}

Deno.test("a flat schema finds in any arguments what the compiler of schemas finds", () => {
  let fitting = 0;
  fc.assert(
    fc.property(withArguments(schema), ([schema, args]) => {
      const found = checkFlatSchema(schema)?.(args);
      const expected = compileSchema(schema)(args);
      assert.deepEqual(found && sorted(found), sorted(expected));
      if (expected.length === 0) fitting++;
    }),
    { numRuns: 500 },
  );
  assert.ok(fitting > 5, `only ${fitting} fitted`);
});

/** What keywords may wrongly hold, also numbers and texts with which some are valid. */
const junk = fc.constantFrom<unknown>(
  ...[null, true, 0, -1, 0.5, "", "a", "string", "object", "^[a]{00,01}$", "^[z-a]{0,1}$"],
  ...[[], ["a"], ["a", "a"], ["string"], [1], [1e400], {}, { type: "string" }],
);

const spoilt = fc.tuple(
  schema,
  fc.constantFrom("type", "title", "maxLength", "pattern", "enum", "required", "minLength"),
  junk,
  fc.constantFrom("", "p", "p/~", "_p", "\ud83d"),
).map(([schema, keyword, value, name]): JsonSchema =>
  name === "" ? { ...schema, [keyword]: value } : {
    ...schema,
    properties: { ...schema.properties, [name]: { type: "string", [keyword]: value } },
  }
);

Deno.test("no schema is taken for flat that the compiler refuses or understands differently", () => {
  let taken = 0;
  fc.assert(
    fc.property(withArguments(spoilt), ([schema, args]) => {
      const check = checkFlatSchema(schema);
      if (check === undefined) return;
      taken++;
      assert.deepEqual(sorted(check(args)), sorted(compileSchema(schema)(args)));
    }),
    { numRuns: 2000 },
  );
  assert.ok(taken > 5, `only ${taken} were taken`);
});

function withArguments<T extends JsonSchema>(schema: fc.Arbitrary<T>) {
  return schema.chain((schema) => fc.tuple(fc.constant(schema), argumentsFor(schema)));
}

function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

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
    { properties: { a: { ...text, minLength: -1 } } },
    { properties: { a: { ...text, maxLength: -1 } } },
    { properties: { a: { ...text, description: 1 } } },
    { properties: { a: { ...text, enum: [] } } },
    { properties: { a: { ...text, enum: [1] } } },
    { properties: { a: { ...text, pattern: "^[a]{00,01}$" } } },
    { properties: { a: true } },
    { properties: { "a/b": text } },
    { properties: { "\ud83d": text } },
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
