import { strict as assert } from "node:assert";
import { stripTypeScriptTypes } from "node:module";
import { createPageFiles } from "../../src/routes/pageFiles.ts";
import { readTokens } from "../../src/routes/javaScriptTokens.ts";
import { syntaxOf } from "../support/syntaxOf.ts";

const web = new URL("../../src/web/", import.meta.url);
const modules = (await filesIn(web)).filter((path) => /(?<!\.d)\.ts$/.test(path));

Deno.test("every module of the page is sent slim, and a parser reads the same in it", async () => {
  const read = createPageFiles();
  for (const path of modules) {
    const whole = stripTypeScriptTypes(await Deno.readTextFile(new URL(path, web)));
    const { text = "" } = await read(path) ?? {};
    assert.ok(text.length < whole.length, path);
    assert.deepEqual(syntaxOf(text), syntaxOf(whole), path);
  }
});

Deno.test("German modules are the English ones but for their texts", async () => {
  const read = createPageFiles();
  const changed: string[] = [];
  for (const path of modules) {
    const english = readTokens((await read(path))?.text ?? "") ?? [];
    const german = readTokens((await read(path, "de"))?.text ?? "") ?? [];
    const differing = english.filter(({ text }, index) => text !== german[index]?.text);
    assert.equal(german.length, english.length, path);
    assert.deepEqual(differing.filter(({ kind }) => kind !== "string"), [], path);
    if (differing.length > 0) changed.push(path);
  }
  assert.ok(changed.includes("page.ts") && changed.includes("records/turnCharts.ts"));
  assert.deepEqual(changed.filter((path) => /^(?:docs|sdk)\//.test(path)), []);
});

async function filesIn(folder: URL, within = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) found.push(`${within}${name}`);
    else found.push(...await filesIn(new URL(`${name}/`, folder), `${name}/`));
  }
  return found;
}
