import assert from "node:assert/strict";
import { createToolRegistry } from "../../../../src/services/tools/toolRegistry.ts";

const properties = {
  number: { type: "string" },
  email: { type: "string" },
  note: { type: ["string", "null"] },
  count: { type: "integer", minimum: 1 },
  price: { type: "number" },
  urgent: { type: "boolean" },
  colour: { type: "string", enum: ["red", "blue"] },
  tags: { type: "array", items: { type: "string" } },
  sizes: { type: "array", items: { type: "integer" } },
  limit: { anyOf: [{ type: "integer" }, { type: "null" }] },
  size: { anyOf: [{ type: "integer" }, { type: "string", enum: ["all"] }] },
  address: {
    type: "object",
    properties: {
      street: { type: "string" },
      floor: { type: "integer" },
      door: { type: "string" },
    },
    required: ["street"],
  },
  open: {},
};

async function read(args: unknown, schema: Readonly<Record<string, unknown>> = {}) {
  const tools = createToolRegistry({
    tools: [{
      name: "echo",
      description: "Echoes.",
      parameters: { properties, ...schema },
      run: (given) => ({ output: JSON.stringify(given) }),
    }],
  });
  const { output, ok } = await tools.run(
    {
      callId: "c",
      name: "echo",
      arguments: typeof args === "string" ? args : JSON.stringify(args),
    },
    {
      signal: new AbortController().signal,
      callId: "call_1",
      direction: "inbound",
      agent: "desk",
      variables: {},
      log: () => {},
      now: () => new Date(),
    },
  );
  const value = JSON.parse(output);
  return ok ? value : value.error;
}

Deno.test("case 103: null for what need not be there is left out, at every depth", async () => {
  const required = { required: ["number"] };
  assert.deepEqual(await read({ number: "17", email: null }, required), { number: "17" });
  const nulls = { email: null, count: null, colour: null, tags: null, address: null };
  assert.deepEqual(await read(nulls), {});
  assert.deepEqual(
    await read({ address: { street: "High St", floor: null, door: null } }),
    { address: { street: "High St" } },
  );
  assert.deepEqual(
    await read({ invented: null, email: null }, { additionalProperties: false }),
    {},
  );
});

Deno.test("case 103: null stays where the schema has it, and is told where something must be", async () => {
  const kept = { note: null, limit: null, open: null };
  assert.deepEqual(await read(kept), kept);
  assert.match(
    await read({ number: null }, { required: ["number"] }),
    /must have required property 'number'/,
  );
  assert.match(
    await read({ address: { street: null } }),
    /"address" must have required .*'street'/,
  );
  assert.match(await read({ tags: [null] }), /"tags.0" must be string/);
});

Deno.test("case 104: what means the same in another type is put right", async () => {
  const cases: readonly (readonly [unknown, unknown])[] = [
    [{ count: "3" }, { count: 3 }],
    [{ count: "3.0" }, { count: 3 }],
    [{ price: " -2.50 " }, { price: -2.5 }],
    [{ urgent: "true" }, { urgent: true }],
    [{ urgent: "False" }, { urgent: false }],
    [{ number: 17 }, { number: "17" }],
    [{ number: 0.5 }, { number: "0.5" }],
    [{ tags: "red" }, { tags: ["red"] }],
    [{ tags: '["red","blue"]' }, { tags: ["red", "blue"] }],
    [{ sizes: "3" }, { sizes: [3] }],
    [{ sizes: ["3", 4] }, { sizes: [3, 4] }],
    [{ limit: "3" }, { limit: 3 }],
    [{ size: "all" }, { size: "all" }],
    [{ address: '{"street":"High St","floor":"2"}' }, { address: { street: "High St", floor: 2 } }],
    [JSON.stringify('{"number":"17"}'), { number: "17" }],
    ["", {}],
  ];
  for (const [given, expected] of cases) {
    assert.deepEqual(await read(given), expected, JSON.stringify(given));
  }
});

Deno.test("case 104: what would lose or change something is refused with a short sentence", async () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ count: "three" }, /"count" must be integer/],
    [{ count: "007" }, /"count" must be integer/],
    [{ count: "3.5" }, /"count" must be integer/],
    [{ count: "0" }, /"count" must be >= 1/],
    [{ count: "0x10" }, /"count" must be integer/],
    [{ count: "" }, /"count" must be integer/],
    [{ price: "9".repeat(400) }, /"price" must be number/],
    [{ urgent: "yes" }, /"urgent" must be boolean/],
    [{ urgent: 1 }, /"urgent" must be boolean/],
    [{ number: true }, /"number" must be string/],
    ['{"number":12345678901234567890}', /"number" must be string/],
    [{ number: {} }, /"number" must be string/],
    [{ address: "High St" }, /"address" must be object/],
    [{ address: "[1]" }, /"address" must be object/],
    [JSON.stringify(JSON.stringify('{"number":"17"}')), /must be a JSON object/],
    [{ colour: "green" }, /"colour" must be one of \["red","blue"\]/],
    [{ tags: Array(3000).fill("x") }, /too many values/],
    [{ tags: JSON.stringify(Array(3000).fill("x")) }, /too many values/],
    [`{"open":${"[".repeat(40)}${"]".repeat(40)}}`, /nested too deep/],
  ];
  for (const [given, expected] of cases) {
    const told = await read(given);
    assert.match(told, expected, JSON.stringify(given).slice(0, 100));
    assert.ok(told.length < 300, told);
  }
});

Deno.test("case 104: a long list that must hold no value twice is refused before it is compared", async () => {
  const schema = { properties: { all: { type: "array", uniqueItems: true } } };
  const objects = Array.from({ length: 5000 }, (_, i) => ({ i }));
  assert.match(await read({ all: objects }, schema), /too many values/);
  assert.match(await read({ all: [1, 1] }, schema), /must NOT have duplicate items/);
});

Deno.test("case 105: what the schema does not describe never gets to the tool, unless it says so", async () => {
  const given = { number: "1", tenant: "other", admin: true };
  assert.deepEqual(await read(given), { number: "1" });
  assert.deepEqual(await read(given, { patternProperties: { "^ten": {} } }), {
    number: "1",
    tenant: "other",
  });
  assert.deepEqual(await read(given, { additionalProperties: true }), given);
  assert.match(
    await read(given, { additionalProperties: false }),
    /must not have a field "tenant"/,
  );
  const hidden =
    '{"number":"1","__proto__":{"admin":true},"address":{"street":"x","__proto__":{"a":1}}}';
  assert.deepEqual(await read(hidden), { number: "1", address: { street: "x" } });
  assert.deepEqual(await read('{"constructor":{"a":1},"toString":"x","number":"1"}'), {
    number: "1",
  });
});
