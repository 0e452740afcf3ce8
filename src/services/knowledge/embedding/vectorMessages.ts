import type { NearPassages } from "./nearestPassages.ts";
import type { EmbeddingEndpoint, EmbeddingFailure } from "./embeddingClient.ts";

/** What the thread of vectors is asked; vectors are the bytes of their numbers, one behind the other. */
export type VectorRequest =
  | { readonly type: "open"; readonly endpoint: EmbeddingEndpoint }
  /** Has vectors made. */
  | { readonly type: "make"; readonly texts: readonly string[]; readonly timeoutMs: number }
  /** Takes vectors of passages in, in the place of those that began with the same passage. */
  | {
    readonly type: "load";
    readonly document: number;
    readonly ids: readonly number[];
    readonly vectors: Uint8Array<ArrayBuffer>;
  }
  | { readonly type: "forget"; readonly documents: readonly number[] }
  /** Which passages of these documents are nearest to a question. */
  | {
    readonly type: "nearest";
    readonly question: string;
    readonly documents: readonly number[];
    readonly most: number;
    readonly timeoutMs: number;
  };

/** `tokens`: by the endpoint's own count, where it tells. */
export type VectorAnswer =
  | { readonly type: "done" }
  | {
    readonly type: "made";
    readonly vectors: readonly Uint8Array[];
    readonly tokens: number | undefined;
  }
  /** The nearest first. */
  | NearPassages & { readonly type: "near"; readonly tokens: number | undefined }
  | EmbeddingFailure;

export interface NumberedRequest {
  readonly id: number;
  readonly request: VectorRequest;
}

export interface NumberedAnswer {
  readonly id: number;
  readonly answer: VectorAnswer;
}
