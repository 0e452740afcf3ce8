import assert from "node:assert/strict";
import type { ToolArguments } from "../../../../src/services/tools/tool.ts";
import { createToolRegistry } from "../../../../src/services/tools/toolRegistry.ts";
import { context } from "../../../support/runTool.ts";

/** The codes that come of arguments for a tool with these parameters. */
async function run(parameters: Readonly<Record<string, unknown>>, args: ToolArguments) {
  const faults: unknown[] = [];
  const tools = createToolRegistry({
    tools: [{
      name: "look_up",
      kind: "mcp",
      description: "Looks up.",
      parameters,
      run: () => Promise.resolve({ output: "found" }),
    }],
    onFault: (_, error) => faults.push(error),
  });
  const call = { callId: "c", name: "look_up", arguments: JSON.stringify(args) };
  const { output } = await tools.run(call, context());
  assert.deepEqual(faults, []);
  return output === "found" ? output : JSON.parse(output).code;
}

/** Definitions that refer to the next so many times each, which is a billion for nine of ten. */
function laughs(keyword: "anyOf" | "oneOf" | "allOf", depth = 9, width = 10) {
  const definitions = Array.from({ length: depth }, (_, at) => [
    `d${at}`,
    { [keyword]: Array.from({ length: width }, () => ({ $ref: `#/$defs/d${at + 1}` })) },
  ]);
  return {
    properties: { number: { $ref: "#/$defs/d0" } },
    $defs: { ...Object.fromEntries(definitions), [`d${depth}`]: { type: "number" } },
  };
}

Deno.test("schemas whose references multiply give an error, and do not hold up the server", async () => {
  for (const keyword of ["anyOf", "oneOf", "allOf"] as const) {
    for (const number of [1, "x"]) {
      assert.equal(await run(laughs(keyword), { number }), "invalid_arguments", keyword);
    }
  }
  const each = { properties: { x: { $ref: "#/$defs/each" } } };
  const nested = {
    properties: { a: { $ref: "#/$defs/each" } },
    $defs: { each: { allOf: Array.from({ length: 20 }, () => each) } },
  };
  const deep = Array.from({ length: 20 }).reduce((inner) => ({ x: inner }), {});
  assert.equal(await run(nested, { a: deep }), "invalid_arguments");
});

Deno.test("a schema that refers to itself without end gives an error", async () => {
  const schema = {
    properties: { number: { $ref: "#/$defs/d" } },
    $defs: { d: { anyOf: [{ $ref: "#/$defs/d" }, { type: "number" }] } },
  };
  assert.equal(await run(schema, { number: "x" }), "invalid_arguments");
});

Deno.test("schemas that refer to themselves as trees do are checked as ever", async () => {
  const tree = {
    properties: { root: { $ref: "#/$defs/node" } },
    $defs: {
      node: {
        type: "object",
        properties: { name: { type: "string" }, children: { items: { $ref: "#/$defs/node" } } },
        required: ["name"],
      },
    },
  };
  const grown = (levels: number): unknown => ({
    name: "n",
    children: levels === 0 ? [] : [grown(levels - 1), grown(levels - 1)],
  });
  assert.equal(await run(tree, { root: grown(7) }), "found");
  assert.equal(await run(tree, { root: { name: "n", children: [{}] } }), "invalid_arguments");
});
