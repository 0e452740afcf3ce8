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

/** API keys that were revoked while the settings still name them. */
export interface RevokedKeys {
  /** A key that is there keeps its first time. */
  add(key: RevokedKey): Promise<void>;
  list(): Promise<readonly RevokedKey[]>;
}

export function createRevokedKeys({ query }: Database): RevokedKeys {
  return {
    async add({ digest, name, revokedAt }) {
      await query(
        `INSERT INTO revoked_keys (digest, name, revoked_at) VALUES ($1, $2, $3)
          ON CONFLICT (digest) DO NOTHING`,
        [digest, name, Math.round(revokedAt)],
      );
    },
    async list() {
      const rows = await query("SELECT * FROM revoked_keys ORDER BY revoked_at, digest");
      return rows.map((row) => ({
        digest: textOf(row, "digest"),
        name: textOf(row, "name"),
        revokedAt: numberOf(row, "revoked_at"),
      }));
    },
  };
}
