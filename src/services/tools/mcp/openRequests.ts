import { BoundedMap } from "../../../utils/boundedMap.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import type { McpFetch } from "./boundedFetch.ts";

/** More than wait for an answer at a time. */
const MAX_OPEN = 1000;
/** So long a server may take to accept that a request is given up. */
const CANCEL_MS = 5000;

/**
 * The HTTP requests that carry JSON-RPC requests. The SDK gives a request up at its time limit, and leaves
 * what the server may still send to the server: here it is closed, as is a stream that goes on behind its
 * answer.
 */
export class OpenRequests {
  readonly #fetch: McpFetch;
  /** What closes each, by the id of its JSON-RPC request. */
  readonly #open = new BoundedMap<string | number, () => void>(MAX_OPEN);

  constructor(fetchIt: McpFetch) {
    this.#fetch = fetchIt;
  }

  /** The `fetch` for the SDK. */
  readonly fetch: McpFetch = async (url, init) => {
    const { id, cancels } = readMessage(init?.body);
    if (cancels !== undefined) {
      const signals = [init?.signal ?? [], AbortSignal.timeout(CANCEL_MS)].flat();
      const told = this.#fetch(url, { ...init, signal: AbortSignal.any(signals) });
      this.settled(cancels);
      return await told;
    }
    return id === undefined ? await this.#fetch(url, init) : await this.#request(id, url, init);
  };

  /** A request has its answer, or is not waited for any more. */
  settled(id: string | number): void {
    const close = this.#open.get(id);
    this.#open.delete(id);
    close?.();
  }

  async #request(
    id: string | number,
    url: string | URL,
    init: RequestInit | undefined,
  ): Promise<Response> {
    const abort = new AbortController();
    const signal = AbortSignal.any([init?.signal ?? [], abort.signal].flat());
    this.#open.set(id, () => abort.abort(new TypeError("the request was given up")));
    try {
      const response = await this.#fetch(url, { ...init, signal });
      if (!response.ok) this.#open.delete(id);
      if (!response.ok || response.body === null || !isEventStream(response)) return response;
      const { status, statusText, headers } = response;
      const body = response.body.pipeThrough(this.#closable(id));
      return new Response(body, { status, statusText, headers });
    } catch (error) {
      this.#open.delete(id);
      throw error;
    }
  }

  #closable(id: string | number): TransformStream<Uint8Array, Uint8Array> {
    return new TransformStream({
      start: (controller) => {
        this.#open.set(id, () => {
          // Of a stream that ends without an answer the SDK would ask for the rest.
          const answer = JSON.stringify({ jsonrpc: "2.0", id, result: {} });
          try {
            controller.enqueue(new TextEncoder().encode(`\n\ndata: ${answer}\n\n`));
            controller.terminate();
          } catch {
            // It has failed: the answer came over the stream that took its place, or not at all.
          }
        });
      },
      flush: () => void this.#open.delete(id),
    });
  }
}

function isEventStream({ headers }: Response): boolean {
  return headers.get("content-type")?.includes("text/event-stream") === true;
}

interface Message {
  /** Of a request that is to be answered. */
  readonly id?: string | number;
  /** The request that is given up. */
  readonly cancels?: string | number;
}

/** Reads a message of the SDK's own making. */
function readMessage(body: unknown): Message {
  const message: unknown = typeof body === "string" ? JSON.parse(body) : undefined;
  if (!isRecord(message)) return {};
  const { id, method, params } = message;
  if (method === "notifications/cancelled" && isRecord(params) && isId(params.requestId)) {
    return { cancels: params.requestId };
  }
  return isId(id) && typeof method === "string" ? { id } : {};
}

function isId(id: unknown): id is string | number {
  return typeof id === "string" || typeof id === "number";
}
