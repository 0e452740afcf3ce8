import type { Database } from "./database.ts";
import { numberOf, textOf } from "./row.ts";

/** A revoked API key; a key of the same name with another secret is not affected. */
export interface RevokedKey {
  /** SHA-256 of the secret, as hex. */
  readonly digest: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly revokedAt: number;
}

export type RevokedKeys = ReturnType<typeof createRevokedKeys>;

/** API keys that were revoked while the settings still name them. */
export function createRevokedKeys({ query }: Database) {
  return {
    /** A key that is there keeps its first time. */
    async insert({ digest, name, revokedAt }: RevokedKey): Promise<void> {
      await query(
        `INSERT INTO revoked_keys (digest, name, revoked_at) VALUES ($1, $2, $3)
          ON CONFLICT (digest) DO NOTHING`,
        [digest, name, Math.round(revokedAt)],
      );
    },
    async list(): Promise<readonly RevokedKey[]> {
      const rows = await query("SELECT * FROM revoked_keys ORDER BY revoked_at, digest");
      return rows.map((row) => ({
        digest: textOf(row, "digest"),
        name: textOf(row, "name"),
        revokedAt: numberOf(row, "revoked_at"),
      }));
    },
  };
}
