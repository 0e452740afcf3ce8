import type { Clock } from "../../../utils/clock.ts";
import { UnreadableFile } from "./block.ts";
import type { Passage } from "./passages.ts";
import type { ParsedDocument, ReaderAnswer, ReaderRequest } from "./readerMessages.ts";

export interface DocumentReaderOptions {
  readonly setTimer: Clock["setTimer"];
  /** How long one file may take before its thread is ended. */
  readonly fileLimitMs: number;
  readonly maxBytes: number;
  /** By so many bytes the process may grow while one file is read: a small file can unfold to any size. */
  readonly maxMemoryBytes: number;
  /** Longer documents are not handed over whole. */
  readonly maxWholeChars: number;
}

const LOOK_MS = 50;

/** A file that is being read; to be used to its end before another is opened. */
export interface OpenedDocument {
  /** SHA-256 of what the file holds, in hexadecimal. */
  readonly hash: string;
  parse(): Promise<ParsedDocument>;
  /** The next passages; none at the end. */
  next(most: number): Promise<readonly Passage[]>;
}

/**
 * Reads files in a thread of its own, which is ended where a file takes too long: parsers of PDF take
 * hundreds of milliseconds, and a file that is made to do so takes forever. To start a thread stalls the
 * one that starts it for some 10 ms, so that it is kept. What cannot be read rejects with `UnreadableFile`.
 */
export class DocumentReader {
  readonly #options: DocumentReaderOptions;
  #worker: Worker | undefined;
  #waiting: PromiseWithResolvers<ReaderAnswer> | undefined;
  #closed = false;

  constructor(options: DocumentReaderOptions) {
    this.#options = options;
  }

  async open(path: string, name: string): Promise<OpenedDocument> {
    const { maxBytes, maxWholeChars } = this.#options;
    const opened = await this.#ask({ type: "open", path, maxBytes });
    if (opened.type !== "opened") throw refusalOf(opened);
    return {
      hash: opened.hash,
      parse: async () => {
        const parsed = await this.#ask({ type: "parse", name, maxWholeChars });
        if (parsed.type !== "parsed") throw refusalOf(parsed);
        return parsed.document;
      },
      next: async (most) => {
        const next = await this.#ask({ type: "next", most });
        if (next.type !== "passages") throw refusalOf(next);
        return next.passages;
      },
    };
  }

  /** Starts the thread, where it is not running, before a file needs it. */
  start(): void {
    if (!this.#closed) this.#worker ??= this.#newWorker();
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }

  /** A later file starts another thread. */
  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#waiting?.reject(new UnreadableFile("was not read to its end"));
    this.#waiting = undefined;
  }

  async #ask(request: ReaderRequest): Promise<ReaderAnswer> {
    if (this.#closed) throw new UnreadableFile("was not read to its end");
    const { setTimer, fileLimitMs, maxMemoryBytes } = this.#options;
    const waiting = Promise.withResolvers<ReaderAnswer>();
    this.#waiting = waiting;
    const refuse = (problem: string) => {
      waiting.reject(new UnreadableFile(problem));
      this.#end();
    };
    const cancel = setTimer(
      () => refuse(`took longer than ${Math.round(fileLimitMs / 1000)} s`),
      fileLimitMs,
    );
    const mostBytes = Deno.memoryUsage().rss + maxMemoryBytes;
    let cancelLook = setTimer(look, LOOK_MS);
    function look() {
      if (Deno.memoryUsage().rss > mostBytes) refuse("takes too much memory");
      else cancelLook = setTimer(look, LOOK_MS);
    }
    (this.#worker ??= this.#newWorker()).postMessage(request);
    try {
      return await waiting.promise;
    } finally {
      cancel();
      cancelLook();
      if (this.#waiting === waiting) this.#waiting = undefined;
    }
  }

  #newWorker(): Worker {
    const worker = new Worker(new URL("./readerWorker.ts", import.meta.url), {
      type: "module",
      name: "knowledge",
    });
    worker.onmessage = ({ data }: MessageEvent<ReaderAnswer>) => this.#waiting?.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker !== worker) return;
      this.#waiting?.reject(new UnreadableFile("broke the reader of its kind"));
      this.#end();
    };
    return worker;
  }
}

function refusalOf(answer: ReaderAnswer): Error {
  return new UnreadableFile(answer.type === "unreadable" ? answer.problem : "cannot be read");
}
