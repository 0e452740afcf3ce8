import type { Passage } from "./passages.ts";

/** What the thread that reads files is asked, one request after another. */
export type ReaderRequest =
  /** Takes a file into memory. */
  | { readonly type: "open"; readonly path: string; readonly maxBytes: number }
  /** Reads the file that was opened, known to people by this name. */
  | { readonly type: "parse"; readonly name: string; readonly maxWholeChars: number }
  /** The next passages of what was parsed; none at its end. */
  | { readonly type: "next"; readonly most: number };

/** What a document is like, beside its passages. */
export interface ParsedDocument {
  readonly passages: number;
  readonly chars: number;
  /** Absent where the document has no pages. */
  readonly pages?: number;
  /** The highest headings, in their order. */
  readonly topics: readonly string[];
  /** All of it, where it is short enough. */
  readonly whole?: string;
}

export type ReaderAnswer =
  | { readonly type: "opened"; readonly hash: string; readonly bytes: number }
  | { readonly type: "parsed"; readonly document: ParsedDocument }
  | { readonly type: "passages"; readonly passages: readonly Passage[] }
  /** `problem` ends a sentence that begins with the file's name. */
  | { readonly type: "unreadable"; readonly problem: string };
