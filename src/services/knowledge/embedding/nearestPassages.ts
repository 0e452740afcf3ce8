import { DIMENSIONS } from "./embeddingClient.ts";

/** Vectors of some passages of one document, one behind the other. */
export interface VectorPage {
  readonly ids: readonly number[];
  readonly vectors: Float32Array;
}

/**
 * Texts about different things are less alike than this by the models of OpenAI, whose questions and
 * answers are mostly above 0.3; without a bound every question would find something.
 */
const MIN_LIKENESS = 0.2;

/** What is most like a question; `likeness` is that of the first, from -1 to 1, and 0 where there is none. */
export interface NearPassages {
  readonly ids: readonly number[];
  readonly likeness: number;
}

export const nothingNear: NearPassages = { ids: [], likeness: 0 };

/** The passages that are most like a question, the best first. All vectors have the length 1. */
export function nearestPassages(
  question: Float32Array,
  pages: Iterable<VectorPage>,
  most: number,
): NearPassages {
  const best: { readonly id: number; readonly likeness: number }[] = [];
  for (const { ids, vectors } of pages) {
    for (const [at, id] of ids.entries()) {
      let likeness = 0;
      const start = at * DIMENSIONS;
      for (let i = 0; i < DIMENSIONS; i++) {
        likeness += (question[i] ?? 0) * (vectors[start + i] ?? 0);
      }
      const least = best.length < most ? MIN_LIKENESS : best.at(-1)?.likeness ?? MIN_LIKENESS;
      if (likeness <= least) continue;
      const place = best.findIndex((other) => other.likeness < likeness);
      best.splice(place < 0 ? best.length : place, 0, { id, likeness });
      if (best.length > most) best.pop();
    }
  }
  return { ids: best.map(({ id }) => id), likeness: best[0]?.likeness ?? 0 };
}
