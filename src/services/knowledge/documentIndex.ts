import type { Clock } from "../../utils/clock.ts";
import type { KnowledgeDocument, KnowledgeStore } from "../store.ts";
import type { KnowledgeFile } from "./findFiles.ts";
import { UnreadableFile } from "./reading/block.ts";
import { DocumentReader } from "./reading/documentReader.ts";

/** What is known of a file as it is now. */
export type IndexedFile =
  | { readonly state: "waiting" }
  | { readonly state: "read"; readonly document: KnowledgeDocument }
  | { readonly state: "unreadable"; readonly problem: string };

/** A file in the language of its agent. */
export interface WantedFile extends KnowledgeFile {
  readonly language: string;
}

export interface DocumentIndexOptions {
  readonly setTimer: Clock["setTimer"];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly maxWholeChars: number;
  readonly fileLimitMs?: number;
}

/** Raise it where a reader or the cut of passages changes: all documents are then read anew. */
const READER_VERSION = 1;
const MAX_FILE_BYTES = 20 * 1024 * 1024;
const FILE_LIMIT_MS = 120_000;
/** Beyond what long PDF files take. */
const MAX_MEMORY_BYTES = 512 * 1024 * 1024;
/** Small enough that none of the steps keeps the thread of the calls for milliseconds. */
const PASSAGES_PER_STEP = 25;
/** Documents count as used again after so long, and are removed when nobody has used them for three times that. */
const TOUCH_MS = 20 * 60_000;

interface Entry {
  readonly stamp: string;
  readonly indexed: IndexedFile;
}

/**
 * Brings files into the store: what has been read before, by whatever process, is found by what it holds
 * and not read again.
 */
export class DocumentIndex {
  readonly #store: KnowledgeStore;
  readonly #options: DocumentIndexOptions;
  readonly #reader: DocumentReader;
  /** Of the last update: what had to be read, and what the store had already. */
  #figures = { files: 0, known: 0, passages: 0 };
  #entries = new Map<string, Entry>();
  #touchedAt = -Infinity;
  #closed = false;

  constructor(store: KnowledgeStore, options: DocumentIndexOptions) {
    this.#store = store;
    this.#options = options;
    const { setTimer, maxWholeChars, fileLimitMs = FILE_LIMIT_MS } = options;
    const maxBytes = MAX_FILE_BYTES;
    const maxMemoryBytes = MAX_MEMORY_BYTES;
    const limits = { fileLimitMs, maxBytes, maxMemoryBytes, maxWholeChars };
    this.#reader = new DocumentReader({ setTimer, ...limits });
    this.#reader.start();
  }

  of(file: WantedFile): IndexedFile {
    return this.#entries.get(this.#nameOf(file))?.indexed ?? { state: "waiting" };
  }

  /**
   * Reads what is new or has changed; what is not among `files` is forgotten. Calls `onFile` after each that
   * was new or has changed. Rejects where the store does not answer: the rest is read the next time. Returns
   * how many files were read, and how many were known from before.
   */
  async update(
    files: readonly WantedFile[],
    onFile: () => void,
  ): Promise<{ readonly files: number; readonly known: number; readonly passages: number }> {
    this.#figures = { files: 0, known: 0, passages: 0 };
    const wanted = new Map(files.map((file) => [this.#nameOf(file), file]));
    for (const name of this.#entries.keys()) {
      if (!wanted.has(name)) this.#entries.delete(name);
    }
    await this.#touch();
    for (const [name, file] of wanted) {
      if (this.#closed) break;
      if (this.#entries.get(name)?.stamp === file.stamp) continue;
      const indexed = await this.#bringIn(file);
      if (this.#closed) break;
      this.#entries.set(name, { stamp: file.stamp, indexed });
      onFile();
    }
    return this.#figures;
  }

  close(): void {
    this.#closed = true;
    this.#reader.close();
  }

  async #bringIn(file: WantedFile): Promise<IndexedFile> {
    try {
      return { state: "read", document: await this.#documentOf(file) };
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      return { state: "unreadable", problem: error.message };
    }
  }

  async #documentOf({ path, name, language }: WantedFile): Promise<KnowledgeDocument> {
    const { now } = this.#options;
    const opened = await this.#reader.open(path, name);
    const key = `${this.#store.indexOf(language)}:${READER_VERSION}:${opened.hash}:${name}`;
    const [known] = await this.#store.find([key], now());
    if (known !== undefined) {
      this.#figures.known++;
      return known;
    }
    this.#figures.files++;
    const parsed = await opened.parse();
    const { pages, whole, ...figures } = parsed;
    const document = { ...figures, key, pages, whole };
    const id = await this.#store.begin(document, now());
    let position = 0;
    for (;;) {
      const passages = await opened.next(PASSAGES_PER_STEP);
      if (passages.length === 0) break;
      await this.#store.add(id, passages, { position, language });
      position += passages.length;
      this.#figures.passages += passages.length;
    }
    await this.#store.finish(id);
    // Another process may have been first.
    return (await this.#store.find([key], now()))[0] ?? { ...document, id };
  }

  /** Says which documents are in use, removes those that are not, and notices those that are gone. */
  async #touch(): Promise<void> {
    const at = this.#options.now();
    if (at - this.#touchedAt < TOUCH_MS) return;
    const used = [...this.#entries].flatMap(([name, { indexed }]) =>
      indexed.state === "read" ? [{ name, document: indexed.document }] : []
    );
    const found = await this.#store.find(used.map(({ document }) => document.key), at);
    const ids = new Set(found.map(({ id }) => id));
    for (const { name, document } of used) {
      if (!ids.has(document.id)) this.#entries.delete(name);
    }
    // At the start nothing is in use yet: what the files hold is found first.
    if (this.#touchedAt > -Infinity) await this.#store.prune(at - 3 * TOUCH_MS);
    this.#touchedAt = at;
  }

  #nameOf({ path, name, language }: WantedFile): string {
    return `${this.#store.indexOf(language)}\n${path}\n${name}`;
  }
}
