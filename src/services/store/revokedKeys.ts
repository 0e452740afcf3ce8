import type { Database } from "./database.ts";
import { numberOf, textOf } from "./row.ts";

/** An API key that opens nothing any more; the same name with another secret does. */
export interface RevokedKey {
  /** SHA-256 of the secret, as hex. */
  readonly digest: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly revokedAt: number;
}

/** API keys that were revoked while the settings still name them. */
export interface RevokedKeys {
  /** The first time counts. */
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
