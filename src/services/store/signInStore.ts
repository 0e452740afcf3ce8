import { toInteger } from "./columns.ts";
import type { Database, Row } from "./database.ts";
import { maybeText, numberOf, readable, readableJson, textOf } from "./row.ts";
import { present } from "../../utils/present.ts";

/** A person who is signed in, with one browser. Times are milliseconds since 1970. */
export interface SignIn {
  /** SHA-256 of the secret that the browser holds, as hex. */
  readonly digest: string;
  /** What it is called where the secret must not stand. */
  readonly id: string;
  /** The name of the person in calls, limits and the audit. */
  readonly person: string;
  /** In lower case; absent where the provider has verified none. */
  readonly email?: string;
  /** Those that the settings name. */
  readonly groups: readonly string[];
  readonly beganAt: number;
  readonly expiresAt: number;
}

export type SignInStore = ReturnType<typeof createSignInStore>;

/** Who is signed in, at all processes. Table `sign_ins`. */
export function createSignInStore({ query, batch }: Database) {
  return {
    /**
     * Keeps this one, and with it the newest `ofPerson` of the person and the `ofAll` of all persons that last
     * longest; earlier settings may have let others last longer than this one.
     */
    async add(
      entry: SignIn,
      { ofPerson, ofAll }: { readonly ofPerson: number; readonly ofAll: number },
    ): Promise<void> {
      const { digest, id, person, email = null, groups, beganAt, expiresAt } = entry;
      await batch([
        {
          sql: `INSERT INTO sign_ins (digest, id, person, email, group_names, began_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)`,
          values: [
            ...[digest, id, person, email, JSON.stringify(groups)],
            ...[toInteger(beganAt), toInteger(expiresAt)],
          ],
        },
        {
          sql: `DELETE FROM sign_ins WHERE person = $1 AND digest NOT IN (
            SELECT digest FROM sign_ins WHERE person = $1
              ORDER BY digest = $3 DESC, began_at DESC, id DESC LIMIT $2
          )`,
          values: [person, ofPerson, digest],
        },
        {
          sql: `DELETE FROM sign_ins WHERE digest IN (
            SELECT digest FROM sign_ins WHERE digest <> $1
              ORDER BY expires_at DESC, id DESC LIMIT $2 OFFSET $3
          )`,
          values: [digest, MAX_TRIMMED, ofAll - 1],
        },
      ]);
    },
    /** Undefined for one that is unknown, ended or expired. */
    async find(digest: string, now: number): Promise<SignIn | undefined> {
      const rows = await query(
        "SELECT * FROM sign_ins WHERE digest = $1 AND expires_at > $2",
        [digest, toInteger(now)],
      );
      return readable(rows, entryOf)[0];
    },
    /** Those that have not expired, first those that last longest. */
    async list(now: number, limit: number): Promise<readonly SignIn[]> {
      const rows = await query(
        "SELECT * FROM sign_ins WHERE expires_at > $1 ORDER BY expires_at DESC, id DESC LIMIT $2",
        [toInteger(now), limit],
      );
      return readable(rows, entryOf);
    },
    async remove(digest: string): Promise<void> {
      await query("DELETE FROM sign_ins WHERE digest = $1", [digest]);
    },
  };
}

/** Ended at a time, where a store has too many. */
const MAX_TRIMMED = 1000;

function entryOf(row: Row): SignIn {
  const groups = readableJson(row, "group_names");
  return {
    digest: textOf(row, "digest"),
    id: textOf(row, "id"),
    person: textOf(row, "person"),
    ...present({ email: maybeText(row, "email") }),
    groups: Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [],
    beganAt: numberOf(row, "began_at"),
    expiresAt: numberOf(row, "expires_at"),
  };
}
