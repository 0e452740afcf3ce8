import assert from "node:assert/strict";
import { type Agent, readAgent } from "../../../../src/config/agents.ts";
import { createAgentTools, findToolProblems } from "../../../../src/services/tools/agentTools.ts";
import { compileSchema } from "../../../../src/services/tools/schema/schemaCompiler.ts";
import { readToolSchema } from "../../../../src/services/tools/schema/toolSchema.ts";
import type { ToolRegistry } from "../../../../src/services/tools/toolRegistry.ts";
import { toolServices } from "../../../support/toolServices.ts";

type Schema = Readonly<Record<string, unknown>>;

function agentWith(parameters: unknown, changes: Schema = {}) {
  const tool = {
    name: "find_order",
    description: "Finds it.",
    url: "https://shop.example.com/orders",
    ...changes,
    ...(parameters !== undefined && { parameters }),
  };
  const read = readAgent(
    "desk",
    `---\ntitle: Desk\nhttp_tools: [${JSON.stringify(tool)}]\n---\nHelp.`,
  );
  assert.ok(read.ok, JSON.stringify(read));
  return read.agent;
}

function toolsWith(parameters: unknown): ToolRegistry {
  return createAgentTools(agentWith(parameters), toolServices(), () => {});
}

function declared(parameters: unknown): Schema {
  return toolsWith(parameters).declarations[0]?.parameters ?? {};
}

async function problem(parameters: unknown, changes: Schema = {}): Promise<string> {
  return (await toolProblems(agentWith(parameters, changes))).join("\n");
}

const order = { type: "object", properties: { number: { type: "string" } }, required: ["number"] };
const closedOrder = { ...order, additionalProperties: false };

async function toolProblems(agent: Agent): Promise<readonly string[]> {
  const found = await findToolProblems(agent, toolServices().readVariable);
  return found.map(({ message }) => message);
}

Deno.test("case 100: a schema as hand or generator writes it reaches the model as an object of 2020-12", () => {
  const { type: _, ...typeless } = order;
  const spellings: Readonly<Record<string, Schema>> = {
    "no type": typeless,
    "2020-12": { $schema: "https://json-schema.org/draft/2020-12/schema", ...order },
    "draft-07": {
      $schema: "http://json-schema.org/draft-07/schema#",
      $id: "https://x.y/z",
      ...order,
    },
    "draft-04": {
      $schema: "http://json-schema.org/draft-04/schema#",
      id: "https://x.y/z",
      ...order,
    },
    "a type list": { ...order, type: ["object", "null"] },
  };
  for (const [name, schema] of Object.entries(spellings)) {
    assert.deepEqual(declared(schema), closedOrder, name);
  }
  const nothing = { type: "object", properties: {}, additionalProperties: false };
  for (const empty of [undefined, null, {}, { type: "object" }, { properties: null }]) {
    assert.deepEqual(declared(empty), nothing, JSON.stringify(empty));
  }
  assert.deepEqual(
    declared({ ...order, additionalProperties: true }),
    { ...order, additionalProperties: true },
  );
});

Deno.test("case 100: definitions, tuples and OpenAPI's nullable are rewritten, names of properties are not", () => {
  const { properties, $ref, $defs } = declared({
    $ref: "#/$defs/Order",
    $defs: {
      Order: {
        properties: {
          id: { $id: "https://x.y/id", type: "string", nullable: true },
          $schema: { type: "string" },
          pair: { type: "array", items: [{ type: "string" }, { type: "number" }] },
          tags: { type: "array" },
          to: { $ref: "#/$defs/To" },
        },
      },
      To: { type: "object", properties: {} },
    },
  });
  assert.equal($ref, undefined);
  assert.deepEqual(Object.keys($defs ?? {}), ["Order", "To"]);
  assert.deepEqual(properties, {
    id: { type: ["string", "null"] },
    $schema: { type: "string" },
    pair: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: {} },
    tags: { type: "array", items: {} },
    to: { $ref: "#/$defs/To" },
  });
});

const nested = (levels: number): Schema =>
  levels === 0 ? { type: "string" } : { type: "object", properties: { a: nested(levels - 1) } };

Deno.test("case 101: a schema that models refuse is told at start, with its tool, its place and the reason", async () => {
  const refused: readonly (readonly [Schema, RegExp])[] = [
    [{ type: "null" }, /parameters\.type: must be object at the top/],
    [{ type: "array", items: {} }, /parameters\.type: must be object/],
    [{ type: ["string", "null"] }, /parameters\.type: must be object/],
    ...["anyOf", "oneOf", "allOf"].map((keyword) =>
      [
        { [keyword]: [order] },
        new RegExp(`parameters\\.${keyword}: may not stand at the top`),
      ] as const
    ),
    [{ ...order, not: {} }, /parameters\.not: may not/],
    [{ ...order, enum: [{}] }, /parameters\.enum: may not/],
    [{ properties: { n: { type: "strng" } } }, /parameters\.properties\.n\.type: must be one of/],
    [{ properties: { n: null } }, /parameters\.properties\.n: must be a schema/],
    [{ properties: { n: "string" } }, /parameters\.properties\.n: must be a schema/],
    [{ properties: [] }, /parameters\.properties: must be object/],
    [
      { properties: { n: { $ref: "https://x.y/z.json" } } },
      /parameters\.properties\.n\.\$ref: must point into/,
    ],
    [{ properties: { n: { $ref: "other.json#/a" } } }, /\$ref: must point into/],
    [{ properties: { n: { $ref: "#/$defs/gone" } } }, /can't resolve reference #\/\$defs\/gone/],
    [{ $ref: "#/$defs/gone" }, /parameters\.\$ref: must name an object/],
    [{ ...order, required: ["nmber"] }, /parameters\.required: names nmber/],
    [{ ...order, required: true }, /parameters\.required: must be array/],
    [{ properties: { a: { ...order, required: ["b"] } } }, /properties\.a\.required: names b/],
    [{ properties: { n: { enum: [], type: "string" } } }, /n\.enum: must offer something/],
    [
      { properties: { n: { type: "string", enum: [1, 2] } } },
      /n\.enum: offers 1, which is no string: quote it/,
    ],
    [{ properties: { n: { type: "string", pattern: "[" } } }, /Invalid regular expression/],
    [{ properties: { n: { type: "string", pattern: "a".repeat(1001) } } }, /a pattern is longer/],
    [{ properties: { "": {} } }, /parameters\.properties: has a name that is empty/],
    [nested(21), /is nested deeper than 20 levels/],
    [{ description: "x".repeat(33_000) }, /parameters: is \d+ bytes long, and may be 32768/],
  ];
  for (const [schema, expected] of refused) {
    const told = await problem(schema);
    assert.match(told, expected, JSON.stringify(schema).slice(0, 200));
    assert.match(told, /^Cannot offer the tool find_order: /);
    assert.ok(told.length < 400, told);
  }
  assert.equal(await problem(nested(20)), "");
});

Deno.test("case 101: a schema nested beyond all bounds is told, and not run into", async () => {
  let deep: unknown = 1;
  for (let i = 0; i < 70; i++) deep = [deep];
  assert.match(
    await problem({ properties: { a: { default: deep } } }),
    /nested deeper than 64 levels/,
  );
});

Deno.test("case 101: all unfit tools of an agent are told, each by its name", async () => {
  const read = readAgent(
    "desk",
    `---
title: Desk
tools: [end_call, fly]
http_tools:
  - { name: one, description: d, url: "https://a.b/", parameters: { type: array } }
  - { name: two, description: d, url: "https://a.b/", parameters: { oneOf: [] } }
  - { name: end_call, description: d, url: "https://a.b/" }
  - { name: do_not_call, description: d, url: "https://a.b/" }
---
Help.`,
  );
  assert.ok(read.ok);
  const told = await toolProblems(read.agent);
  assert.deepEqual(told.map((each) => /the tool (\w+):/.exec(each)?.[1]), [
    ...["fly", "one", "two", "end_call", "do_not_call"],
  ]);
});

Deno.test("case 101: two tools of one name, and headers that are none or the server's own, are told", async () => {
  const twice = agentWith(order);
  assert.match(
    (await toolProblems({ ...twice, http_tools: [...twice.http_tools, ...twice.http_tools] }))
      .join(),
    /two tools of the name find_order/,
  );
  for (const name of ["Parley-Call", "WEBHOOK-SIGNATURE", "webhook-id"]) {
    assert.match(await problem(order, { headers: { [name]: "x" } }), /is set by the server alone/);
  }
  for (const headers of [{ "a b": "x" }, { a: "x\r\nb: c" }, { a: "ü€" }, { Host: "x" }]) {
    assert.match(await problem(order, { headers }), /is no header|follows from the request/);
  }
});

Deno.test("case 102: a pattern that backtracks for ever in a browser is tested in linear time", async () => {
  const tools = toolsWith({
    properties: {
      word: { type: "string", pattern: "^(a+)+$" },
      odd: { type: "string", pattern: "^(?=.*x).*$" },
    },
  });
  const spent = async (length: number) => {
    const before = performance.now();
    const { output } = await tools.run(
      {
        callId: "c",
        name: "find_order",
        arguments: JSON.stringify({ word: `${"a".repeat(length)}!` }),
      },
      {
        signal: AbortSignal.abort(),
        callId: "call_1",
        direction: "web",
        agent: "desk",
        variables: {},
        log: () => {},
        now: () => new Date(),
      },
    );
    assert.match(output, /\\"word\\" must match pattern/);
    return performance.now() - before;
  };
  await spent(1000);
  // Backtracking would take twice as long for one letter more.
  assert.ok(await spent(9000) < 10_000);
  assert.ok(await spent(60_000) < 10_000);
});

Deno.test("tools are checked one by one, and made of what the check has compiled", async () => {
  const nestedOrder = { properties: { order: { type: "object", properties: order.properties } } };
  const agent = agentWith(nestedOrder);
  const [tool] = agent.http_tools;
  assert.ok(tool);
  // Each has to be compiled on its own.
  const many = Array.from({ length: 20 }, (_, at) => ({
    ...tool,
    name: `find_${at}`,
    parameters: { properties: { [`order_${at}`]: nestedOrder.properties.order } },
  }));
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  try {
    assert.deepEqual(await toolProblems({ ...agent, http_tools: many }), []);
  } finally {
    clearInterval(counting);
  }
  assert.ok(turns > 3, `${turns} turns of the event loop`);
  const { schema } = readToolSchema(nestedOrder);
  assert.equal(compileSchema(schema), compileSchema(structuredClone(schema)));
});
