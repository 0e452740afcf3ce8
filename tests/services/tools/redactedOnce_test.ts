import assert from "node:assert/strict";
import { createToolRegistry } from "../../../src/services/tools/toolRegistry.ts";
import type { Tool } from "../../../src/services/tools/tool.ts";
import { ToolMemory } from "../../../src/services/tools/toolMemory.ts";
import { context } from "../../support/runTool.ts";

const CARD = "4111111111111111";

Deno.test("a payment that another process has made is not made again, though its card is not known there", async () => {
  let paid = 0;
  const pay: Tool = {
    name: "pay",
    description: "Pays.",
    parameters: {
      type: "object",
      properties: {
        card: { type: "string", pattern: "^\\d{16}$" },
        amount: { type: "number" },
      },
    },
    options: { once: true },
    run: () => ({ output: `paid ${++paid}` }),
  };
  const registry = createToolRegistry({ tools: [pay] });
  const memory = new ToolMemory([
    { name: "pay", arguments: '{"card":"[card number]","amount":20}', output: "paid before" },
  ]);
  const run = async (args: unknown) => {
    const call = { callId: "c1", name: "pay", arguments: JSON.stringify(args) };
    const redact = (text: string) => text.replaceAll(CARD, "[card number]");
    return (await registry.run(call, context({ redact }), memory)).output;
  };
  assert.equal(JSON.parse(await run({ amount: 20, card: CARD })).result, "paid before");
  assert.equal(await run({ amount: 30, card: CARD }), "paid 1");
  assert.equal(JSON.parse(await run({ amount: 30, card: CARD })).result, "paid 1");
  assert.equal(await run({ amount: 30, card: CARD.replace("4", "5") }), "paid 2");
});
