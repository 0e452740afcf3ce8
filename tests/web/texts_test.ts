import { strict as assert } from "node:assert";
import { translateHtml } from "../../src/routes/translateHtml.ts";
import { marksOf } from "../support/textMarks.ts";

const web = new URL("../../src/web/", import.meta.url);
const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  await Deno.readTextFile(new URL("texts.json", web)),
);
const german = new Map(Object.values(sections).flatMap((texts) => Object.entries(texts)));

Deno.test("every text of the page has German in texts.json, and every German text is used", async () => {
  const used = await textsOf(web);
  assert.deepEqual([...used].filter((text) => !german.has(text)), [], "lacks German");
  assert.deepEqual([...german.keys()].filter((text) => !used.has(text)), [], "is not used");
});

Deno.test("German texts have the placeholders and the tags of the English ones", () => {
  for (const [english, text] of german) {
    assert.deepEqual(marksOf(text), marksOf(english), english);
    assert.notEqual(text.trim(), "", english);
  }
});

Deno.test("no text of the page stands in two sections", () => {
  const all = Object.values(sections).flatMap((texts) => Object.keys(texts));
  assert.deepEqual(all.filter((text, index) => all.indexOf(text) !== index), []);
});

/** The texts of `t("...")` and of the HTML, of all files of a folder. */
async function textsOf(folder: URL): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) {
      if (name !== "docs") { for (const text of await textsOf(url)) found.add(text); }
    } else if (name.endsWith(".ts")) {
      const source = (await Deno.readTextFile(url)).replace(/^\s*\/?\*.*$/gm, "");
      for (const [, text] of source.matchAll(/\bt\(\s*("(?:[^"\\\n]|\\.)*")/g)) {
        found.add(JSON.parse(text ?? ""));
      }
    } else if (name.endsWith(".html")) {
      await translateHtml(await Deno.readTextFile(url), (text) => void found.add(text));
    }
  }
  return found;
}
