/** A piece of a document, in reading order; the lower a heading's level, the higher it stands. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  /** A paragraph, a list or a table, with its line breaks. */
  | { readonly kind: "text"; readonly text: string }
  /** What follows stands on this page, counted from 1. */
  | { readonly kind: "page"; readonly page: number }
  /** A row of a table, counted as its program does: the line of names is row 1. */
  | { readonly kind: "row"; readonly row: number; readonly text: string };

/** Reads one kind of document. Throws `UnreadableFile` for one that it cannot read. */
export type ReadBlocks = (bytes: Uint8Array) => Promise<readonly Block[]>;

/** Why a file is left out, as the end of a sentence that begins with its name. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/** What one document may hold; more is refused rather than cut, so that nobody misses the rest. */
export const DOCUMENT_LIMITS = {
  pages: 3000,
  unzippedBytes: 50 * 1024 * 1024,
  chars: 5_000_000,
  passages: 20_000,
  rowChars: 4000,
} as const;
