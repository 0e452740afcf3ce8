import { isRecord } from "../../utils/isRecord.ts";
import { type ChatFault, failWith } from "../chat/chatFaults.ts";
import { wordVector } from "./wordVector.ts";

/** What goes wrong at one request. */
export type EmbeddingFault =
  | ChatFault
  /** Vectors come, but not of the length that was asked for. */
  | { readonly type: "dimensions"; readonly dimensions: number };

export interface EmbeddingServerOptions {
  /** The only key that is let in; without it any is. */
  readonly apiKey?: string;
  /** What goes wrong at the next requests, one each. */
  readonly faults?: readonly EmbeddingFault[];
}

/** A running endpoint; closing it frees everything. */
export type EmbeddingServer = ReturnType<typeof startEmbeddingServer>;

const PATH = "/v1/embeddings";
/** As a tokenizer has it for English. */
const TOKEN_CHARS = 4;

/** Starts an embeddings endpoint, as OpenAI has it, on a free loopback port. */
export function startEmbeddingServer({ apiKey, faults = [] }: EmbeddingServerOptions = {}) {
  const next = [...faults];
  const stopped = new AbortController();
  const stats = { requests: 0 };
  /** All texts that vectors were made for, in their order. */
  const texts: string[] = [];

  async function serve(request: Request): Promise<Response> {
    if (request.method !== "POST" || new URL(request.url).pathname !== PATH) {
      return problem(404, "not_found", "There is no such path.");
    }
    stats.requests++;
    const key = request.headers.get("authorization")?.replace(/^Bearer /, "");
    if (apiKey !== undefined && key !== apiKey) {
      return problem(401, "invalid_api_key", "Incorrect API key provided.");
    }
    const body: unknown = await request.json().catch(() => undefined);
    const asked = isRecord(body) ? body["input"] : undefined;
    const input = Array.isArray(asked) ? asked.filter((text) => typeof text === "string") : [];
    if (!isRecord(body) || input.length === 0 || input.length > 2048) {
      return problem(400, "invalid_request", "The input cannot be read.");
    }
    const fault = next.shift();
    if (fault !== undefined && fault.type !== "dimensions") {
      return await failWith(fault, stopped.signal);
    }
    texts.push(...input);
    const wanted = body["dimensions"];
    const dimensions = fault?.dimensions ?? (typeof wanted === "number" ? wanted : 1536);
    const tokens = Math.ceil(input.join("").length / TOKEN_CHARS);
    return Response.json({
      object: "list",
      data: input.map((text, index) => ({
        object: "embedding",
        index,
        embedding: wordVector(text, dimensions),
      })),
      model: body["model"],
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  }

  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    signal: stopped.signal,
  }, serve);

  return {
    /** `http://127.0.0.1:PORT/v1/embeddings`. */
    url: `http://127.0.0.1:${server.addr.port}${PATH}`,
    stats: stats as Readonly<typeof stats>,
    texts: texts as readonly string[],
    /** Has one of the next requests fail each. */
    fail: (...more: readonly EmbeddingFault[]): void => void next.push(...more),
    async close(): Promise<void> {
      stopped.abort();
      await server.finished;
    },
  };
}

function problem(status: number, code: string, message: string): Response {
  return Response.json({ error: { message, type: "invalid_request_error", code } }, { status });
}
