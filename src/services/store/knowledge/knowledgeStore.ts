import { placeholders } from "../columns.ts";
import type { Query, Row } from "../database.ts";
import { maybeText, numberOf, readableJson, textOf } from "../row.ts";
import type { VectorStore } from "./vectorStore.ts";

/** A document that was read and cut into passages. */
export interface KnowledgeDocument {
  readonly id: number;
  /** Stands for the file's name, what it holds, and how it was read. */
  readonly key: string;
  readonly passages: number;
  readonly chars: number;
  readonly pages: number | undefined;
  readonly topics: readonly string[];
  /** All of it, where it is short. */
  readonly whole: string | undefined;
}

export type NewKnowledgeDocument = Omit<KnowledgeDocument, "id">;

export interface KnowledgePassage {
  readonly source: string;
  readonly heading: string;
  readonly text: string;
}

/** A passage that was added; its id rises with its place in its document. */
export interface KeptPassage extends KnowledgePassage {
  readonly id: number;
}

/** What is looked for, and where. */
export interface KnowledgeQuestion {
  readonly text: string;
  /** Ids of documents. */
  readonly documents: readonly number[];
  /** A code such as `de-AT`. */
  readonly language: string;
  readonly limit: number;
}

/**
 * Passages of documents and the index of their words. All of it can be made anew from the files. Several
 * processes may add the same document; one of them is then found.
 */
export interface KnowledgeStore {
  /** How documents of a language are indexed, for their keys: other indexes need other documents. */
  indexOf(language: string): string;
  /** Those of these keys that are complete; they count as used. */
  find(keys: readonly string[], now: number): Promise<readonly KnowledgeDocument[]>;
  /** Begins a document, which is not found before it is finished. Returns its id. */
  begin(document: NewKnowledgeDocument, now: number): Promise<number>;
  /** Adds passages, of which the first is the document's `position`-th. */
  add(
    document: number,
    passages: readonly KnowledgePassage[],
    options: { readonly position: number; readonly language: string },
  ): Promise<void>;
  finish(document: number): Promise<void>;
  /** Removes documents that no process has used since. */
  prune(before: number): Promise<void>;
  /** The passages that fit best, the best first; none where no word occurs. */
  search(question: KnowledgeQuestion): Promise<readonly KeptPassage[]>;
  /** Those of these ids that are kept, in any order. */
  passages(ids: readonly number[]): Promise<readonly KeptPassage[]>;
  /** Passages of a document in their order, behind the one with the id `after`. */
  passagesOf(
    document: number,
    page: { readonly after: number | undefined; readonly limit: number },
  ): Promise<readonly KeptPassage[]>;
  readonly vectors: VectorStore;
  close(): Promise<void>;
}

/** An id of a passage is its document's times this, plus its position. */
export const PASSAGES_PER_DOCUMENT = 100_000;

/** What SQLite and Postgres do alike. */
export function documentStatements(query: Query) {
  return {
    async find(keys: readonly string[], now: number): Promise<readonly KnowledgeDocument[]> {
      if (keys.length === 0) return [];
      const marks = keys.map((_, at) => `$${at + 2}`).join(", ");
      const rows = await query(
        // Of several of a key, the oldest: all processes take the same.
        `UPDATE knowledge_documents SET used_at = $1 WHERE id IN (
            SELECT MIN(id) FROM knowledge_documents WHERE complete = 1 AND key IN (${marks})
            GROUP BY key)
          RETURNING id, key, passages, chars, pages, topics, whole`,
        [Math.round(now), ...keys],
      );
      return rows.map(documentOf);
    },
    async begin(document: NewKnowledgeDocument, now: number): Promise<number> {
      const { key, passages, chars, pages, topics, whole } = document;
      const [row = {}] = await query(
        `INSERT INTO knowledge_documents
          (key, complete, used_at, passages, chars, pages, topics, whole)
          VALUES ($1, 0, $2, $3, $4, $5, $6, $7) RETURNING id`,
        [
          ...[key, Math.round(now), passages, chars],
          ...[pages ?? null, JSON.stringify(topics), whole ?? null],
        ],
      );
      return numberOf(row, "id");
    },
    async finish(document: number): Promise<void> {
      await query("UPDATE knowledge_documents SET complete = 1 WHERE id = $1", [document]);
    },
  };
}

/** Reads by `query`. */
export function passageStatements(query: Query) {
  const columns = "SELECT id, source, heading, words FROM knowledge_passages";
  return {
    async passages(ids: readonly number[]): Promise<readonly KeptPassage[]> {
      if (ids.length === 0) return [];
      const rows = await query(`${columns} WHERE id IN (${placeholders(ids)})`, ids);
      return rows.map(passageOf);
    },
    async passagesOf(
      document: number,
      { after, limit }: { readonly after: number | undefined; readonly limit: number },
    ): Promise<readonly KeptPassage[]> {
      const first = document * PASSAGES_PER_DOCUMENT;
      const rows = await query(
        `${columns} WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3`,
        [after ?? first - 1, first + PASSAGES_PER_DOCUMENT, limit],
      );
      return rows.map(passageOf);
    },
  };
}

export function passageOf(row: Row): KeptPassage {
  return {
    id: numberOf(row, "id"),
    source: textOf(row, "source"),
    heading: textOf(row, "heading"),
    text: textOf(row, "words"),
  };
}

function documentOf(row: Row): KnowledgeDocument {
  const topics = readableJson(row, "topics");
  const pages = row["pages"];
  return {
    id: numberOf(row, "id"),
    key: textOf(row, "key"),
    passages: numberOf(row, "passages"),
    chars: numberOf(row, "chars"),
    pages: typeof pages === "number" ? pages : undefined,
    topics: Array.isArray(topics) ? topics.filter((topic) => typeof topic === "string") : [],
    whole: maybeText(row, "whole"),
  };
}
