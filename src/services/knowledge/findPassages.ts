import { fuseRanks, type KnowledgePassage, type KnowledgeStore } from "../store.ts";
import type { PassageVectors } from "./embedding/openVectors.ts";
import { MAX_PASSAGES } from "./knowledgeAnswer.ts";

/** Of each way of searching, before their orders are made one. */
const CANDIDATES = 20;

/** The best first; `likeness` is that of the nearest by meaning, 0 where that is not known. */
interface FoundPassages {
  readonly passages: readonly KnowledgePassage[];
  readonly likeness: number;
}

/** The passages that fit best by their words and, where there are vectors, by what they mean. */
export async function findPassages(
  { store, vectors }: {
    readonly store: Pick<KnowledgeStore, "search" | "passages">;
    readonly vectors: Pick<PassageVectors, "nearest"> | undefined;
  },
  question: {
    readonly text: string;
    readonly documents: readonly number[];
    readonly language: string;
  },
): Promise<FoundPassages> {
  const { text, documents } = question;
  if (documents.length === 0) return { passages: [], likeness: 0 };
  if (vectors === undefined) {
    const passages = await store.search({ ...question, limit: MAX_PASSAGES });
    return { passages, likeness: 0 };
  }
  const [byWords, near] = await Promise.all([
    store.search({ ...question, limit: CANDIDATES }),
    vectors.nearest(text, documents, CANDIDATES),
  ]);
  const best = fuseRanks([byWords.map(({ id }) => id), near.ids]).slice(0, MAX_PASSAGES);
  const known = new Map(byWords.map((passage) => [passage.id, passage]));
  for (const passage of await store.passages(best.filter((id) => !known.has(id)))) {
    known.set(passage.id, passage);
  }
  return { passages: best.flatMap((id) => known.get(id) ?? []), likeness: near.likeness };
}
