import { placeholders } from "../columns.ts";
import type { Database } from "../database.ts";
import { textOf } from "../row.ts";

/** A vector of a text, as the bytes of its numbers. */
export interface KeptVector {
  /** Of the text. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Vectors of texts by the text's hash and the model, so that no text has one made twice. Times are in ms. */
export type VectorStore = ReturnType<typeof createVectorStore>;

/** A vector that nobody has made by then is left to another process. */
const CLAIM_MS = 2 * 60_000;

export function createVectorStore({ query, batch }: Database) {
  return {
    /** Those that are kept; they count as used. */
    async find(
      hashes: readonly string[],
      model: string,
      now: number,
    ): Promise<readonly KeptVector[]> {
      if (hashes.length === 0) return [];
      const rows = await query(
        `UPDATE knowledge_vectors SET used_at = $1 WHERE model = $2 AND vector IS NOT NULL
          AND hash IN (${placeholders(hashes, 3)}) RETURNING hash, vector`,
        [Math.round(now), model, ...hashes],
      );
      return rows.flatMap((row) => {
        const bytes = row["vector"];
        return bytes instanceof Uint8Array ? [{ hash: textOf(row, "hash"), bytes }] : [];
      });
    },
    /** Of different hashes without a vector, those that the caller is to make: no other process does. */
    async claim(
      hashes: readonly string[],
      model: string,
      now: number,
    ): Promise<readonly string[]> {
      if (hashes.length === 0) return [];
      const rows = await query(
        `INSERT INTO knowledge_vectors (model, used_at, hash) VALUES ${
          hashes.map((_, at) => `($1, $2, $${at + 4})`).join(", ")
        } ON CONFLICT (hash, model) DO UPDATE SET used_at = excluded.used_at
          WHERE knowledge_vectors.vector IS NULL AND knowledge_vectors.used_at < $3
          RETURNING hash`,
        [model, Math.round(now), Math.round(now - CLAIM_MS), ...hashes],
      );
      return rows.map((row) => textOf(row, "hash"));
    },
    /** Keeps what was claimed. */
    async keep(vectors: readonly KeptVector[], model: string, now: number): Promise<void> {
      await batch(vectors.map(({ hash, bytes }) => ({
        sql:
          "UPDATE knowledge_vectors SET vector = $1, used_at = $2 WHERE hash = $3 AND model = $4",
        values: [bytes, Math.round(now), hash, model],
      })));
    },
    /** Gives up what was claimed and could not be made. */
    async release(hashes: readonly string[], model: string): Promise<void> {
      if (hashes.length === 0) return;
      await query(
        `DELETE FROM knowledge_vectors WHERE model = $1 AND vector IS NULL
          AND hash IN (${placeholders(hashes, 2)})`,
        [model, ...hashes],
      );
    },
    /** Removes vectors that no process has used since. */
    async prune(before: number): Promise<void> {
      await query("DELETE FROM knowledge_vectors WHERE used_at < $1", [Math.round(before)]);
    },
  };
}
