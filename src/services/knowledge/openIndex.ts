import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import type { EmbeddingSpending } from "../spending.ts";
import type { KnowledgeStore, Store } from "../store.ts";
import { DocumentIndex } from "./documentIndex.ts";
import { openVectors, type PassageVectors } from "./embedding/openVectors.ts";
import { MAX_WHOLE_CHARS } from "./knowledgeState.ts";

export interface IndexDeps {
  readonly settings: Pick<Settings, "embeddings">;
  readonly store: Pick<Store, "openKnowledge" | "clock">;
  readonly embeddingSpending: Pick<EmbeddingSpending, "reserve">;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "info" | "warn">;
}

export interface OpenedIndex {
  readonly store: KnowledgeStore;
  readonly index: DocumentIndex;
  /** Absent where documents are searched by their words alone. */
  readonly vectors: PassageVectors | undefined;
}

/** Opens what documents are kept in and found by, with all threads that this takes. */
export async function openIndex(
  { store, settings: { embeddings }, embeddingSpending: spending, ...deps }: IndexDeps,
): Promise<OpenedIndex> {
  const { now } = store.clock;
  const opened = await store.openKnowledge();
  const index = new DocumentIndex(opened, { ...deps, now, maxWholeChars: MAX_WHOLE_CHARS });
  try {
    // Starts the thread that searches.
    await opened.search({ text: "first", documents: [0], language: "en", limit: 1 });
  } catch (error) {
    index.close();
    await opened.close();
    throw error;
  }
  const vectors = embeddings === undefined
    ? undefined
    : openVectors({ ...deps, settings: embeddings, store: opened, spending, now });
  return { store: opened, index, vectors };
}
