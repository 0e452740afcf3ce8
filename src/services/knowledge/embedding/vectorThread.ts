import type { EmbeddingEndpoint } from "./embeddingClient.ts";
import type {
  NumberedAnswer,
  NumberedRequest,
  VectorAnswer,
  VectorRequest,
} from "./vectorMessages.ts";

/**
 * The thread in which vectors are asked for, read, kept in memory and compared: all of it would hold up the
 * thread of the calls. One that dies is replaced at the next request, without what it held.
 */
export class VectorThread {
  readonly #endpoint: EmbeddingEndpoint;
  readonly #onLost: () => void;
  readonly #waiting = new Map<number, (answer: VectorAnswer) => void>();
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(endpoint: EmbeddingEndpoint, onLost: () => void) {
    this.#endpoint = endpoint;
    this.#onLost = onLost;
    this.#start();
  }

  /** Never rejects. Answered in any order: a question does not wait for vectors that are being made. */
  ask(request: VectorRequest): Promise<VectorAnswer> {
    if (this.#closed) return Promise.resolve({ type: "failed", reason: "closed" });
    const id = ++this.#lastId;
    const worker = this.#worker ?? this.#start();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      worker.postMessage({ id, request } satisfies NumberedRequest);
    });
  }

  close(): void {
    this.#closed = true;
    this.#end("closed");
  }

  #start(): Worker {
    const worker = new Worker(new URL("./vectorWorker.ts", import.meta.url), {
      type: "module",
      name: "knowledge-vectors",
    });
    this.#worker = worker;
    worker.onmessage = ({ data: { id, answer } }: MessageEvent<NumberedAnswer>) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker !== worker) return;
      this.#end("thread_died");
      this.#onLost();
    };
    const open: VectorRequest = { type: "open", endpoint: this.#endpoint };
    worker.postMessage({ id: 0, request: open } satisfies NumberedRequest);
    return worker;
  }

  #end(reason: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of waiting) answer({ type: "failed", reason });
  }
}
