import { deepEqual, ok } from "node:assert/strict";
import { importsIn } from "../../src/config/toolImports.ts";

Deno.test("imports over many lines are found, and a long text full of the word holds nothing up", () => {
  const names = Array.from({ length: 50 }, (_, at) => `  name${at},\n`).join("");
  deepEqual(importsIn(`import {\n${names}} from "./names.ts";`), ["./names.ts"]);
  const began = performance.now();
  deepEqual(importsIn("import ".repeat(28_000)), []);
  ok(performance.now() - began < 3000);
});
