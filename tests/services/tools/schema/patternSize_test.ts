import assert from "node:assert/strict";
import { patternSize } from "../../../../src/services/tools/schema/patternSize.ts";
import { createToolRegistry } from "../../../../src/services/tools/toolRegistry.ts";
import { context } from "../../../support/runTool.ts";

Deno.test("the size of a pattern counts what its repeats stand for", () => {
  for (
    const [pattern, size] of [
      ["^abc$", 5],
      ["a{3}", 3],
      ["a{2,}b", 3],
      ["(ab){50}", 100],
      ["x(?:(?:ab){10}c){20}y", 1 + 20 * (2 + 10 * (2 + 2) + 1) + 1],
      ["[a-z\\]]{5}\\p{L}{5}\\.", 11],
      ["((((a{1000}){1000}){1000}){1000}){1000}", 1000 ** 5],
      ["", 0],
    ] as const
  ) {
    // Groups that are not captured have two characters more.
    const counted = patternSize(pattern);
    assert.ok(counted >= size && counted <= size * 1.1 + 60, `${pattern}: ${counted}`);
  }
});

Deno.test("a pattern that stands for millions of steps is shown, and costs nothing", async () => {
  const pattern = `^(?:${"a?".repeat(400)}){1000}b$`;
  let ran = 0;
  const tools = createToolRegistry({
    tools: [{
      name: "look_up",
      kind: "http",
      description: "Looks up.",
      parameters: { properties: { number: { type: "string", pattern } } },
      run: () => Promise.resolve({ output: ++ran }),
    }],
  });
  const call = { callId: "c", name: "look_up", arguments: '{"number":"aac"}' };
  const { ok } = await tools.run(call, context());
  // It was not tested, as a pattern with lookaround is not.
  assert.ok(ok && ran === 1);
  assert.ok(JSON.stringify(tools.declarations).includes(pattern));
});
