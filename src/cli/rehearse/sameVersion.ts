import type { DatabaseSettings } from "../../config/settings.ts";
import { examineStore } from "../../services/store.ts";

/**
 * Opened for use, a database of an earlier version is changed, and its server may still run. Rejects with a `TypeError`
 * for one that this program would change; `by` is the option that opens it.
 */
export async function requireSameVersion(
  settings: DatabaseSettings,
  { by, mayBeAbsent }: { readonly by: string; readonly mayBeAbsent: boolean },
): Promise<void> {
  const found = await examineStore(settings);
  if (found.state === "absent") {
    if (mayBeAbsent) return;
    throw new TypeError(`The database of DATABASE_URL is not there: ${by} only reads it`);
  }
  if (found.state !== "ready") {
    throw new TypeError(`The database of DATABASE_URL cannot be used: ${found.reason}`);
  }
  const { version, newest } = found;
  if (version === newest) return;
  throw new TypeError(
    `The database of DATABASE_URL has version ${version}, and this program uses version ${newest}: ` +
      `${by} does not change that. Use the program of the server that has this database`,
  );
}
