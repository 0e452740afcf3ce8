import { readYaml, type YamlText } from "./yamlText.ts";

/** The fields between the two lines of `---`, and the text below them. */
type FrontMatter =
  | (Extract<YamlText, { ok: true }> & { readonly body: string })
  | Extract<YamlText, { ok: false }>;

/** Splits a Markdown file and parses its front matter. The caller bounds the text's length. */
export function readFrontMatter(text: string): FrontMatter {
  const [, head, body = ""] =
    /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(text) ?? [];
  if (head === undefined) {
    const message = "must begin with front matter between two lines of ---";
    return { ok: false, problem: { message } };
  }
  // Line 1 of the file is ---.
  const read = readYaml(head, { name: "the front matter", firstLine: 2 });
  return read.ok ? { ...read, body } : read;
}
