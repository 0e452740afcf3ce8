import assert from "node:assert/strict";
import { findViolations, readSources } from "./support/architecture/imports.ts";

Deno.test("the house: every file imports only what its room may", async () => {
  const files = await readSources(new URL("../src/", import.meta.url));
  assert.ok(files.length > 50, "the sources were found");
  assert.deepEqual(findViolations(files), []);
});

Deno.test("the house: planted violations are found", () => {
  const planted = [
    { path: "utils/x.ts", text: `import { a } from "../call/types.ts";` },
    { path: "call/x.ts", text: `import type { A } from "../services/openai.ts";` },
    { path: "call/y.ts", text: `export const now = () => Date.now();` },
    {
      path: "protocol/x.ts",
      text: `export function go() { return fetch("https://example.com"); }`,
    },
    { path: "handlers/x.ts", text: `import { a } from "../services/store.ts";` },
    { path: "routes/x.ts", text: `const a = await import("../sim/phone.ts");` },
    { path: "services/x.ts", text: `import { createApp } from "../app.ts";` },
    { path: "services/y.ts", text: `export const key = Deno.env.get("OPENAI_API_KEY");` },
    { path: "web/x.ts", text: `import { a } from "../protocol/openai.ts";` },
    { path: "routes/y.ts", text: `import { a } from "../protocol/twilio.ts";` },
    { path: "helpers/x.ts", text: `export {};` },
  ];
  const found = findViolations(planted).map((violation) => violation.path);
  assert.deepEqual(found, planted.map((file) => file.path));
});

Deno.test("the house: what is said in comments and imported as it should be is no violation", () => {
  const fine = [
    {
      path: "call/x.ts",
      text: `// Date.now() is not for us\nimport type { B } from "../utils/a.ts";`,
    },
    { path: "app.ts", text: `import { a } from "./sim/realtime.ts";` },
    { path: "web/x.ts", text: `import { a } from "../protocol/web.ts";` },
  ];
  assert.deepEqual(findViolations(fine), []);
});

Deno.test("the house: no file grows past 400 lines", async () => {
  const files = await readSources(new URL("../src/", import.meta.url));
  const long = files.filter((file) => file.text.split("\n").length > 400);
  assert.deepEqual(long.map((file) => file.path), []);
});

Deno.test("every regression case of the wire has a test that carries its number", async () => {
  const files = await readSources(new URL("./", import.meta.url));
  const numbers = new Set<number>();
  for (const { text } of files.filter(({ path }) => path.endsWith("_test.ts"))) {
    for (const [, list = ""] of text.matchAll(/["`(]case (\d+(?:, \d+)*)[:)]/g)) {
      for (const number of list.split(", ")) numbers.add(Number(number));
    }
  }
  const listed = await Deno.readTextFile(new URL("../docs/wire-cases.md", import.meta.url));
  const cases = new Set([...listed.matchAll(/^\| (\d+) /gm)].map(([, number]) => Number(number)));
  assert.deepEqual([...cases].filter((it) => !numbers.has(it)), [], "cases without a test");
  assert.deepEqual([...numbers].filter((it) => !cases.has(it)), [], "tests of unlisted cases");
});
