import { strict as assert } from "node:assert";
import { translateHtml } from "../../src/routes/translateHtml.ts";
import { marksOf } from "../support/textMarks.ts";

const web = new URL("../../src/web/", import.meta.url);
const page = await readSections("texts.json");
const widget = await readSections("embed/embedTexts.json");

Deno.test("every text of the page and of the widget has German, and every German text is used", async () => {
  for (
    const [sections, used] of [
      [page, await textsOf(web, new Set(["docs", "embed"]))],
      [widget, await textsOf(new URL("embed/", web))],
    ] as const
  ) {
    const german = new Set(Object.values(sections).flatMap((texts) => Object.keys(texts)));
    assert.deepEqual([...used].filter((text) => !german.has(text)), [], "lacks German");
    assert.deepEqual([...german].filter((text) => !used.has(text)), [], "is not used");
  }
});

Deno.test("German texts have the placeholders and the tags of the English ones", () => {
  for (const texts of [page, widget].flatMap((sections) => Object.values(sections))) {
    for (const [english, text] of Object.entries(texts)) {
      assert.deepEqual(marksOf(text), marksOf(english), english);
      assert.notEqual(text.trim(), "", english);
    }
  }
});

Deno.test("no text of the page stands in two sections", () => {
  const all = Object.values(page).flatMap((texts) => Object.keys(texts));
  assert.deepEqual(all.filter((text, index) => all.indexOf(text) !== index), []);
});

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;

async function readSections(path: string): Promise<Sections> {
  const sections: Sections = JSON.parse(await Deno.readTextFile(new URL(path, web)));
  return sections;
}

/** The texts of `t("...")` and of the HTML, of all files of a folder. */
async function textsOf(
  folder: URL,
  leftOut: ReadonlySet<string> = new Set(),
): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) {
      if (!leftOut.has(name)) { for (const text of await textsOf(url)) found.add(text); }
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
