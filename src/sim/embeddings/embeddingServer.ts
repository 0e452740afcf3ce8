import { isRecord } from "../../utils/isRecord.ts";
import { type ChatFault, failWith } from "../chat/chatFaults.ts";
import { startEndpoint, TOKEN_CHARS } from "../openaiEndpoint.ts";
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

/** Starts an embeddings endpoint, as OpenAI has it, on a free loopback port. */
export function startEmbeddingServer({ apiKey, faults = [] }: EmbeddingServerOptions = {}) {
  const next = [...faults];
  const stats = { requests: 0 };
  /** All texts that vectors were made for, in their order. */
  const texts: string[] = [];
  const endpoint = startEndpoint({
    path: "/v1/embeddings",
    apiKey,
    read: async (request) => readEmbeddingRequest(await request.json()),
    async answer({ model, input, dimensions: wanted = 1536 }, stopped) {
      stats.requests++;
      const fault = next.shift();
      if (fault !== undefined && fault.type !== "dimensions") return await failWith(fault, stopped);
      texts.push(...input);
      const dimensions = fault?.dimensions ?? wanted;
      const tokens = Math.ceil(input.join("").length / TOKEN_CHARS);
      return Response.json({
        object: "list",
        data: input.map((text, index) => ({
          object: "embedding",
          index,
          embedding: wordVector(text, dimensions),
        })),
        model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      });
    },
  });

  return {
    url: endpoint.url,
    stats: stats as Readonly<typeof stats>,
    texts: texts as readonly string[],
    /** Has one of the next requests fail each. */
    fail: (...more: readonly EmbeddingFault[]): void => void next.push(...more),
    close: endpoint.close,
  };
}

interface EmbeddingRequest {
  readonly model: unknown;
  readonly input: readonly string[];
  readonly dimensions?: number;
}

function readEmbeddingRequest(body: unknown): EmbeddingRequest | undefined {
  if (!isRecord(body) || !Array.isArray(body["input"])) return undefined;
  const input = body["input"].filter((text) => typeof text === "string");
  if (input.length === 0 || input.length > MAX_INPUT) return undefined;
  const { model, dimensions } = body;
  return { model, input, ...(typeof dimensions === "number" && { dimensions }) };
}

/** As OpenAI has it. */
const MAX_INPUT = 2048;
