import { type Block, DOCUMENT_LIMITS, UnreadableFile } from "./block.ts";
import { cleanText } from "./plainText.ts";

/** Reads a PDF page by page. One of pictures only, or with a password, is refused. */
export async function readPdf(bytes: Uint8Array): Promise<readonly Block[]> {
  const { getDocumentProxy } = await import("unpdf");
  const pdf = await getDocumentProxy(bytes, { verbosity: 0 }).catch((error: unknown) => {
    throw new UnreadableFile(
      error instanceof Error && error.name === "PasswordException"
        ? "is protected by a password"
        : "is not a PDF that can be read",
    );
  });
  try {
    if (pdf.numPages > DOCUMENT_LIMITS.pages) {
      throw new UnreadableFile(`has more than ${DOCUMENT_LIMITS.pages} pages`);
    }
    const blocks: Block[] = [];
    let chars = 0;
    for (let number = 1; number <= pdf.numPages && chars <= DOCUMENT_LIMITS.chars; number++) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      const text = cleanText(joined(items.map((item) => "str" in item ? item : undefined)));
      page.cleanup();
      chars += text.length;
      if (text === "") continue;
      blocks.push({ kind: "page", page: number }, { kind: "text", text });
    }
    if (blocks.length === 0) {
      throw new UnreadableFile("holds no text: pages that were scanned are pictures");
    }
    return blocks;
  } finally {
    await pdf.cleanup();
  }
}

type Item = { readonly str: string; readonly hasEOL: boolean } | undefined;

/** The pieces of a page, with words joined that were divided at the end of a line. */
function joined(items: readonly Item[]): string {
  const text = items.map((item) => item === undefined ? "" : item.str + (item.hasEOL ? "\n" : ""));
  return text.join("").replace(/(\p{L})[-\u2010]\n(?=\p{Ll})/gu, "$1");
}
