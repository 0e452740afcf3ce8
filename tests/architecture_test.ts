import assert from "node:assert/strict";
import { findCircles } from "./support/architecture/circles.ts";
import { layerViolations } from "./support/architecture/layers.ts";
import { MODULES, moduleViolations } from "./support/architecture/modules.ts";
import { readSources, type SourceFile } from "./support/architecture/sources.ts";

const sources = await readSources(new URL("../src/", import.meta.url));
const violationsOf = (files: readonly SourceFile[]) =>
  files.flatMap((file) => [...layerViolations(file), ...moduleViolations(file)]);

Deno.test("every file imports and uses only what its folder and its module may", () => {
  assert.ok(sources.length > 300, "the sources were found");
  assert.deepEqual(violationsOf(sources), []);
});

Deno.test("no files import each other in a circle", () => {
  assert.deepEqual(findCircles(sources), []);
});

Deno.test("services is one entry file and one folder for each module, and nothing else", async () => {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL("../src/services/", import.meta.url))) {
    names.push(name);
  }
  const expected = Object.keys(MODULES).flatMap((module) => [module, `${module}.ts`]);
  assert.deepEqual(names.sort(), expected.sort());
});

Deno.test("planted violations of the layers are found", () => {
  assertFound([
    ["utils/x.ts", `import { a } from "../call/types.ts";`],
    ["call/x.ts", `import type { A } from "../services/openai.ts";`],
    ["call/y.ts", `export const now = () => Date.now();`],
    ["call/z.ts", `/** As OpenAI has it. */`],
    ["call/turns/z.ts", `if (code === "conversation_already_has_active_response") again();`],
    ["protocol/x.ts", `export function go() { return fetch("https://example.com"); }`],
    ["handlers/x.ts", `import { a } from "../services/store.ts";`],
    ["routes/x.ts", `const a = await import("../sim/twilio/phoneNetwork.ts");`],
    ["services/store/x.ts", `import { createApp } from "../../app.ts";`],
    ["services/store/y.ts", `export const key = Deno.env.get("OPENAI_API_KEY");`],
    ["web/x.ts", `import { a } from "../protocol/twilio.ts";`],
    ["routes/y.ts", `import { a } from "../protocol/twilio.ts";`],
    ["helpers/x.ts", `export {};`],
  ]);
});

Deno.test("planted violations of the modules are found", () => {
  assertFound([
    ["routes/x.ts", `import { a } from "../services/store/sqlite/sqliteDatabase.ts";`],
    ["services/records/x.ts", `import type { A } from "../store/row.ts";`],
    ["services/records/y.ts", `import type { A } from "../phone.ts";`],
    ["services/store/x.ts", `import type { A } from "../records.ts";`],
    ["services/outbound.ts", `export { a } from "./phone.ts";`],
    ["services/calls/x.ts", `import type { A } from "../calls.ts";`],
    ["services/helpers.ts", `export {};`],
    ["services/helpers/x.ts", `export {};`],
    ["handlers/x.ts", `import type { A } from "../call/turns/turns.ts";`],
  ]);
});

Deno.test("planted circles are found, of types and through several files", () => {
  const file = (path: string, target: string): SourceFile => ({
    path,
    text: `import type { A } from "${target}";`,
  });
  const circles = findCircles([
    file("a.ts", "./b.ts"),
    file("b.ts", "./c.ts"),
    file("c.ts", "./a.ts"),
    file("d.ts", "./a.ts"),
    file("e.ts", "./e.ts"),
  ]);
  assert.deepEqual(circles, [["a.ts", "b.ts", "c.ts"], ["e.ts"]]);
});

Deno.test("comments and allowed imports are no violations", () => {
  const fine = [
    {
      path: "call/x.ts",
      text: `// Date.now() is not for us\nimport type { B } from "../utils/a.ts";`,
    },
    { path: "app.ts", text: `import { a } from "./sim/openai/realtimeServer.ts";` },
    { path: "web/x.ts", text: `import { a } from "../protocol/web.ts";` },
    { path: "services/records/x.ts", text: `import { a } from "../store.ts";` },
    { path: "call/callMachine.ts", text: `import { a } from "./turns/turns.ts";` },
  ];
  assert.deepEqual(violationsOf(fine), []);
});

Deno.test("no file grows past 300 lines", () => {
  const long = sources.filter((file) => file.text.split("\n").length > 300);
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

function assertFound(planted: readonly (readonly [path: string, text: string])[]): void {
  const found = violationsOf(planted.map(([path, text]) => ({ path, text })));
  assert.deepEqual(
    [...new Set(found.map(({ path }) => path))],
    planted.map(([path]) => path),
  );
}
