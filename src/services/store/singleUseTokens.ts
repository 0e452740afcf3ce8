import type { Database } from "./database.ts";
import { textOf } from "./row.ts";
import { sha256 } from "../../utils/sha256.ts";

/** The purpose of tokens with which browsers come back to their calls; the subject is the call's id. */
export const RESUME_PURPOSE = "resume";

export type SingleUseTokens = ReturnType<typeof createSingleUseTokens>;

/** Tokens that are valid once, across all processes. Only their digests are stored. */
export function createSingleUseTokens(database: Database) {
  return {
    /**
     * Invalidates earlier tokens for the same purpose and subject. Does nothing where the subject is a call
     * that another process than `holder` has taken.
     */
    async issue(
      token: string,
      { purpose, subject, untilMs, holder }: {
        readonly purpose: string;
        readonly subject: string;
        readonly untilMs: number;
        readonly holder?: string;
      },
    ): Promise<void> {
      const mayIssue = "NOT EXISTS (SELECT 1 FROM calls WHERE id = $1 AND instance_id <> $2)";
      const values = [subject, holder ?? null, purpose];
      await database.batch([
        {
          sql: `DELETE FROM single_use_tokens WHERE subject = $1 AND purpose = $3 AND ${mayIssue}`,
          values,
        },
        {
          sql: `INSERT INTO single_use_tokens (subject, purpose, digest, expires_at)
            SELECT $1, $3, $4, $5 WHERE ${mayIssue}`,
          values: [...values, sha256(token).toHex(), Math.round(untilMs)],
        },
      ]);
    },
    /** Uses a token up and resolves with its subject; undefined where it is unknown, used or expired. */
    async claim(token: string, purpose: string, now: number): Promise<string | undefined> {
      const [row] = await database.query(
        `DELETE FROM single_use_tokens WHERE digest = $1 AND purpose = $2 AND expires_at > $3
          RETURNING subject`,
        [sha256(token).toHex(), purpose, Math.round(now)],
      );
      return row && textOf(row, "subject");
    },
    /** The subject of a token, which stays valid; undefined where it is unknown, used or expired. */
    async find(token: string, purpose: string, now: number): Promise<string | undefined> {
      const [row] = await database.query(
        `SELECT subject FROM single_use_tokens
          WHERE digest = $1 AND purpose = $2 AND expires_at > $3`,
        [sha256(token).toHex(), purpose, Math.round(now)],
      );
      return row && textOf(row, "subject");
    },
    /** Whether a token of this subject is valid. */
    async has(purpose: string, subject: string, now: number): Promise<boolean> {
      const rows = await database.query(
        `SELECT 1 FROM single_use_tokens
          WHERE purpose = $1 AND subject = $2 AND expires_at > $3`,
        [purpose, subject, Math.round(now)],
      );
      return rows.length > 0;
    },
    async revoke(purpose: string, subject: string): Promise<void> {
      await database.query("DELETE FROM single_use_tokens WHERE purpose = $1 AND subject = $2", [
        purpose,
        subject,
      ]);
    },
  };
}
