import { type Block, DOCUMENT_LIMITS, UnreadableFile } from "./block.ts";

/** A piece of a document that is found and quoted as one. */
export interface Passage {
  /** The file and where in it, such as `prices.pdf, page 3` or `faq.md > Opening hours`. */
  readonly source: string;
  /** The headings above it, the highest first; empty where there are none. */
  readonly heading: string;
  readonly text: string;
}

/** About half a minute of speech; longer ones hide what was asked for. */
const MAX_WORDS = 120;
/** Bounds languages that are written without spaces, and what five of them cost. */
const MAX_CHARS = 780;
/** Rows of a table stand together up to this length, so that an answer holds more than five. */
const MAX_ROW_WORDS = 60;
const MAX_SOURCE_CHARS = 200;

/** Cuts a document into passages. None goes across a heading or a page. Throws `UnreadableFile`. */
export function toPassages(name: string, blocks: readonly Block[]): readonly Passage[] {
  const passages: Passage[] = [];
  const headings: { readonly level: number; readonly text: string }[] = [];
  let page: number | undefined;
  let parts: string[] = [];
  let words = 0;
  let chars = 0;
  let rows: readonly [first: number, last: number] | undefined;
  let bare: string | undefined;

  for (const block of blocks) {
    switch (block.kind) {
      case "heading":
        flush();
        if (bare !== undefined && (headings.at(-1)?.level ?? -1) >= block.level) emit(bare);
        while ((headings.at(-1)?.level ?? -1) >= block.level) headings.pop();
        headings.push(block);
        bare = block.text;
        break;
      case "page":
        flush();
        page = block.page;
        break;
      case "row":
        if (words >= MAX_ROW_WORDS || chars + block.text.length > MAX_CHARS) flush();
        rows = [rows?.[0] ?? block.row, block.row];
        for (const piece of pieces(block.text)) add(piece, MAX_WORDS);
        break;
      case "text":
        for (const piece of pieces(block.text)) add(piece, MAX_WORDS);
        break;
    }
  }
  flush();
  if (bare !== undefined) emit(bare);
  return passages;

  function add(piece: string, maxWords: number): void {
    const count = wordsIn(piece);
    if (parts.length > 0 && (words + count > maxWords || chars + piece.length > MAX_CHARS)) {
      const last = rows?.[1];
      flush();
      if (last !== undefined) rows = [last, last];
    }
    parts.push(piece);
    words += count;
    chars += piece.length + 1;
  }

  function flush(): void {
    if (parts.length > 0) emit(parts.join("\n"));
    parts = [];
    words = 0;
    chars = 0;
    rows = undefined;
  }

  function emit(text: string): void {
    bare = undefined;
    if (passages.length >= DOCUMENT_LIMITS.passages) {
      throw new UnreadableFile(
        `is too long: ${DOCUMENT_LIMITS.passages} passages are read at most`,
      );
    }
    const heading = headings.map(({ text }) => text).join(" > ").slice(0, MAX_SOURCE_CHARS);
    passages.push({ source: sourceOf(heading), heading, text });
  }

  function sourceOf(heading: string): string {
    const place = page !== undefined
      ? `, page ${page}`
      : rows === undefined
      ? ""
      : rows[0] === rows[1]
      ? `, row ${rows[0]}`
      : `, rows ${rows[0]}-${rows[1]}`;
    return (heading === "" ? name : `${name} > ${heading}`) + place;
  }
}

/** A paragraph in pieces that fit: whole where it does, else by sentences, else by words. */
function pieces(text: string): readonly string[] {
  if (fits(text)) return [text];
  const sentences = text.split(/(?<=[.!?:;…。！？])\s+|\n+/u).filter((part) => part.trim() !== "");
  return packed(
    sentences.flatMap((sentence) => fits(sentence) ? [sentence] : packed(cut(sentence))),
  );
}

/** Joins neighbours as long as they fit together. */
function packed(parts: readonly string[]): string[] {
  const result: string[] = [];
  let group: string[] = [];
  let words = 0;
  let chars = 0;
  for (const part of parts) {
    const count = wordsIn(part);
    if (group.length > 0 && (words + count > MAX_WORDS || chars + part.length > MAX_CHARS)) {
      result.push(group.join(" "));
      group = [];
      words = 0;
      chars = 0;
    }
    group.push(part);
    words += count;
    chars += part.length + 1;
  }
  return group.length === 0 ? result : [...result, group.join(" ")];
}

function cut(sentence: string): string[] {
  return sentence.split(/\s+/).flatMap((word) => word.match(/[\s\S]{1,400}/g) ?? []);
}

function fits(text: string): boolean {
  return text.length <= MAX_CHARS && wordsIn(text) <= MAX_WORDS;
}

function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
