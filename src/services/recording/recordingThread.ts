import { type FaultCode, RecordingFault } from "./recordingFault.ts";
import type {
  RecordingMessage,
  RecordingNews,
  RecordingOptions,
  RecordingQuestion,
} from "./recordingMessages.ts";
import { TapBatch } from "./tapBatch.ts";

export interface RecordingListener {
  onFailed(tap: number, code: FaultCode): void;
  onClosed(tap: number, end: { readonly bytes: number; readonly durationMs: number }): void;
}

/** As much audio may wait for the disk; then nothing more is taken until it has caught up. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** An erasure, for instance, holds the store while it waits for a disk. */
const ASK_MS = 15_000;

/** The thread that writes recordings, from outside: it is started when it is first needed. */
export class RecordingThread {
  readonly batch: TapBatch;
  readonly #options: RecordingOptions;
  readonly #listener: RecordingListener;
  readonly #setTimer: (callback: () => void, ms: number) => () => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #taps = new Set<number>();
  #worker: Worker | undefined;
  #asked = 0;
  #unwritten = 0;
  #closed = false;

  constructor(
    options: RecordingOptions,
    listener: RecordingListener,
    setTimer: (callback: () => void, ms: number) => () => void,
  ) {
    this.#options = options;
    this.#listener = listener;
    this.#setTimer = setTimer;
    this.batch = new TapBatch(setTimer, (audio) => {
      if (this.#unwritten + audio.bytes.length > MAX_WAITING_BYTES) return this.#fail("too_slow");
      this.#unwritten += audio.bytes.length;
      this.#post(audio, [audio.bytes.buffer, audio.pieces.buffer]);
    });
  }

  /** To start it stalls the process for some milliseconds. */
  start(): void {
    if (!this.#closed) this.#worker ??= this.#newWorker();
  }

  /** Behind all audio that was taken before. */
  send(message: Extract<RecordingMessage, { readonly tap: number }>): void {
    if (message.type === "open") this.#taps.add(message.tap);
    if (!this.#taps.has(message.tap)) return;
    this.batch.flush();
    this.#post(message);
  }

  /** Rejects with a `RecordingFault`, `too_slow` where the disk takes too long. What the answer is, the question's kind says. */
  async ask(question: RecordingQuestion): Promise<unknown> {
    if (this.#closed) throw new RecordingFault("stopped");
    this.batch.flush();
    const id = ++this.#asked;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    const cancel = this.#setTimer(
      () => this.#take(id)?.reject(new RecordingFault("too_slow")),
      ASK_MS,
    );
    try {
      this.#post({ type: "ask", id, question });
      return await waiting.promise;
    } finally {
      cancel();
    }
  }

  /** Whether the recording of a session goes on here. */
  isOpen(tap: number): boolean {
    return this.#taps.has(tap);
  }

  get openCount(): number {
    return this.#taps.size;
  }

  close(): void {
    this.#closed = true;
    this.batch.close();
    this.#end();
  }

  #post(message: RecordingMessage, transfer: Transferable[] = []): void {
    this.start();
    this.#worker?.postMessage(message, transfer);
  }

  #newWorker(): Worker {
    const worker = new Worker(new URL("./recordingWorker.ts", import.meta.url), {
      type: "module",
      name: "recording",
    });
    worker.onmessage = ({ data }: MessageEvent<RecordingNews>) => this.#handle(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker !== worker) return;
      this.#end();
      this.#fail("stopped");
    };
    worker.postMessage({ type: "options", options: this.#options });
    return worker;
  }

  #handle(news: RecordingNews): void {
    switch (news.type) {
      case "taken":
        this.#unwritten -= news.bytes;
        return;
      case "failed":
        if (this.#taps.delete(news.tap)) this.#listener.onFailed(news.tap, news.code);
        return;
      case "closed":
        if (this.#taps.delete(news.tap)) this.#listener.onClosed(news.tap, news);
        return;
      case "answer":
        return this.#take(news.id)?.resolve(news.answer);
      case "refused":
        return this.#take(news.id)?.reject(new RecordingFault(news.code));
    }
  }

  #take(id: number): PromiseWithResolvers<unknown> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** All recordings end as they are; a thread that still runs closes their files. */
  #fail(code: FaultCode): void {
    for (const tap of [...this.#taps]) {
      this.#taps.delete(tap);
      this.#worker?.postMessage({ type: "close", tap, atMs: 0 });
      this.#listener.onFailed(tap, code);
    }
  }

  /** A later recording starts another thread. */
  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#unwritten = 0;
    for (const waiting of this.#waiting.values()) waiting.reject(new RecordingFault("stopped"));
    this.#waiting.clear();
  }
}
