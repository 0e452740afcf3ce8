/** What is shown in English in a page in German, and is not what people, agents, tools or files have said. */
export async function englishOf(
  page: { evaluate<Result>(script: string): Promise<Result> },
): Promise<readonly string[]> {
  const texts = await page.evaluate<readonly string[]>(`(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement;
      if (element === null || element.closest(${JSON.stringify(DATA)}) !== null) continue;
      if (element.closest("main[hidden], script, style") !== null) continue;
      if (node instanceof Text) found.push(node.data);
      else for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        found.push(element.getAttribute?.(name) ?? "");
      }
    }
    return found;
  })()`);
  const pieces = texts.flatMap((text) => [text, ...text.split(/ · |(?<=[.!?]) /)])
    .map((text) => text.replace(/\s+/g, " ").trim());
  return [...new Set(pieces)].filter((text) =>
    ENGLISH_WORD.test(text) || english.some((pattern) => pattern.test(text))
  );
}

/** The English texts of the interface, with the placeholders as wildcards, whose German is another. */
const english = await readEnglish();
/** Words that no German text has. */
const ENGLISH_WORD = /\b(?:the|and|of|with|is|are|not|from|for|this|that|calls|has|have|been|by)\b/;
/** What people, agents, tools and files have said. */
const DATA =
  "pre, code, textarea, .line .words, .found .words, .last, #tool-description, #session-tools, #session-facts dd, #language, b.file";

async function readEnglish(): Promise<readonly RegExp[]> {
  const files = [
    ...["texts.json", "embed/embedTexts.json"],
    ...["serverTexts.json", "setup/setupTexts.json"],
  ];
  const all = (await Promise.all(files.map(async (file) => {
    const url = new URL(`../../../src/web/${file}`, import.meta.url);
    const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
      await Deno.readTextFile(url),
    );
    return Object.values(sections).flatMap((texts) => Object.entries(texts));
  }))).flat();
  const german = new Set(all.map(([, text]) => text));
  return all.flatMap(([text, other]) => {
    const parts = text.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^${parts.join("\\S+(?: \\S+)*")}$`);
    const isGermanToo = german.has(text) || pattern.test(other);
    return isGermanToo || text.includes("<") ? [] : [pattern];
  });
}
