import assert from "node:assert/strict";
import { type CallContext, defineTool, ToolError, z } from "parley";
import { importsIn } from "../../../../src/config/toolImports.ts";
import { createTypescriptTool } from "../../../../src/services/tools/typescript/typescriptTool.ts";
import { runTool } from "../../../support/runTool.ts";

const book = defineTool({
  name: "book",
  description: "Books.",
  input: z.object({
    people: z.int(),
    day: z.string().optional(),
    at: z.string().transform(Number),
  }),
  async run({ people, day, at }, call) {
    // Fails to compile where the types of the input are not inferred.
    const sum: number = people + at;
    const text: string | undefined = day;
    const zone: string = call.timeZone;
    const key: string | undefined = call.idempotencyKey;
    if (sum > 100) throw new ToolError("too_many", "There is no table for so many.");
    return await Promise.resolve([sum, text ?? null, zone, key?.slice(0, 7)]);
  },
});

const tool = createTypescriptTool("book", { file: "tools/book.ts", exported: book });

Deno.test("defineTool() infers its input, and is what the file of a tool exports", async () => {
  assert.deepEqual(
    await runTool([tool], "book", '{"people":2,"at":"3","extra":1}'),
    { output: '[5,null,"UTC","parley-"]', ok: true },
  );
  assert.equal((await runTool([tool], "book", '{"people":99,"at":"3"}')).output.code, "too_many");
  assert.equal((await runTool([tool], "book", '{"at":"3"}')).output.code, "invalid_arguments");
});

Deno.test("a tool's options are its own defaults, under those of the agent's file", () => {
  const exported = {
    ...book,
    readOnly: true,
    confirm: "Shall I?",
    title: "Book it",
    say: "One moment.",
    async: true,
    timeoutMs: 500,
    afterHeard: ["price"],
  };
  assert.deepEqual(createTypescriptTool("book", { file: "f", exported }).options, {
    once: false,
    say: "One moment.",
    isAsync: true,
    confirm: { title: "Book it", question: "Shall I?" },
    afterHeard: ["price"],
    timeoutMs: 500,
  });
});

Deno.test("checks that only the schema can make are told as those of arguments are", async () => {
  const exported = defineTool({
    description: "Even.",
    input: z.object({ n: z.number().refine((n) => n % 2 === 0, "must be even") }),
    run: ({ n }, _call: CallContext) => n,
  });
  const even = createTypescriptTool("even", { file: "f", exported });
  assert.equal((await runTool([even], "even", '{"n":2}')).output, "2");
  assert.deepEqual((await runTool([even], "even", '{"n":3}')).output, {
    error: 'The arguments do not fit: "n": must be even.',
    code: "invalid_arguments",
  });
});

Deno.test("the imports of a file are found however they are written, and nothing else is", () => {
  const text = `
    import a from "a";
    import { b, c as d } from 'b';
    import * as e from "c"; import f, { g } from"d";
    import type { H } from "e";
    import"f";
    import {
      i,
      j,
    } from "g";
    export * from "h"; export { k } from "i";export{l}from "j";
    const m = await import("k"), n = import( 'l' );
    // import x from "no1";
    /* import x from "no2"; */
    export default defineTool({ name: "no3", from: "no4", text: 'import it "no5" from "there"' });
    const important = "no6";
  `;
  assert.deepEqual([...importsIn(text)].sort(), "a b c d e f g h i j k l".split(" "));
});
