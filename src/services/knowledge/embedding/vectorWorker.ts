/// <reference lib="deno.worker" />
import { embed, type EmbeddingEndpoint } from "./embeddingClient.ts";
import { nearestPassages, type VectorPage } from "./nearestPassages.ts";
import type {
  NumberedAnswer,
  NumberedRequest,
  VectorAnswer,
  VectorRequest,
} from "./vectorMessages.ts";

let endpoint: EmbeddingEndpoint | undefined;
/** By document, then by the id of the first passage. */
const documents = new Map<number, Map<number, VectorPage>>();

self.addEventListener("message", async ({ data }: MessageEvent<NumberedRequest>) => {
  const { id, request } = data;
  const answer = await perform(request);
  self.postMessage({ id, answer } satisfies NumberedAnswer);
});

async function perform(request: VectorRequest): Promise<VectorAnswer> {
  switch (request.type) {
    case "open":
      endpoint = request.endpoint;
      return { type: "done" };
    case "make": {
      const made = await ask(request.texts, request.timeoutMs);
      if (made.type === "failed") return made;
      const vectors = made.vectors.map(({ buffer }) => new Uint8Array(buffer));
      return { type: "made", vectors, tokens: made.tokens };
    }
    case "load": {
      const pages = documents.get(request.document) ?? new Map<number, VectorPage>();
      const { ids, vectors } = request;
      pages.set(ids[0] ?? 0, { ids, vectors: new Float32Array(vectors.buffer) });
      documents.set(request.document, pages);
      return { type: "done" };
    }
    case "forget":
      for (const document of request.documents) documents.delete(document);
      return { type: "done" };
    case "nearest": {
      const made = await ask([request.question], request.timeoutMs);
      if (made.type === "failed") return made;
      const [vector = new Float32Array()] = made.vectors;
      const pages = request.documents.flatMap((id) => [...documents.get(id)?.values() ?? []]);
      const near = nearestPassages(vector, pages, request.most);
      return { type: "near", ...near, tokens: made.tokens };
    }
  }
}

async function ask(texts: readonly string[], timeoutMs: number) {
  if (endpoint === undefined) return { type: "failed", reason: "not_open" } as const;
  return await embed(endpoint, texts, { timeoutMs, now: Date.now });
}
