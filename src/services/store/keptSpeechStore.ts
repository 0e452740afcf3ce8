import type { Database } from "./database.ts";
import { placeholders, storableText } from "./columns.ts";
import { textOf } from "./row.ts";

/** A sentence as it was spoken once. */
export interface KeptRow {
  /** Stands for the words, the voice, the model and the format. */
  readonly key: string;
  /** What replaces each other: the same sentence of an agent, in whatever words. */
  readonly subject: string;
  readonly text: string;
  /** Base64. */
  readonly audio: string;
}

export type KeptSpeechStore = ReturnType<typeof createKeptSpeechStore>;

/** A sentence that no process has loaded for so long is removed. */
export const KEPT_SPEECH_DAYS = 60;
/** Of a sentence whose words or voice were changed, those before may come back, or be in use elsewhere. */
const MAX_PER_SUBJECT = 3;
const MAX_ROWS = 2000;

/** Fixed sentences as audio, shared by all processes. Table `kept_speech`. */
export function createKeptSpeechStore({ query, batch }: Database) {
  return {
    /** Those of these keys that are kept; they count as used. */
    async load(keys: readonly string[], now: number): Promise<readonly KeptRow[]> {
      if (keys.length === 0) return [];
      const rows = await query(
        `UPDATE kept_speech SET used_at = $1 WHERE key IN (${placeholders(keys, 2)})
          RETURNING key, subject, words, audio`,
        [Math.round(now), ...keys],
      );
      return rows.map((row) => ({
        key: textOf(row, "key"),
        subject: textOf(row, "subject"),
        text: textOf(row, "words"),
        audio: textOf(row, "audio"),
      }));
    },
    /** Keeps a sentence, and removes the oldest where there are too many. The first of a key stays. */
    async keep({ key, subject, text, audio }: KeptRow, now: number): Promise<void> {
      await batch([
        {
          sql: `INSERT INTO kept_speech (key, subject, words, audio, used_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at`,
          values: [key, subject, storableText(text), audio, Math.round(now)],
        },
        {
          sql: `DELETE FROM kept_speech WHERE subject = $1 AND key NOT IN (
            SELECT key FROM kept_speech WHERE subject = $1 ORDER BY used_at DESC LIMIT $2)`,
          values: [subject, MAX_PER_SUBJECT],
        },
        {
          sql: `DELETE FROM kept_speech WHERE key NOT IN (
            SELECT key FROM kept_speech ORDER BY used_at DESC LIMIT $1)`,
          values: [MAX_ROWS],
        },
      ]);
    },
  };
}
