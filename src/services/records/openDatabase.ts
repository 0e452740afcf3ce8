import { unreachableDatabase } from "../../config/hostPermissions.ts";
import type { DatabaseSettings } from "../../config/settings.ts";
import { openStore, type Store } from "../store.ts";

/** A database that is being opened. */
export interface Database extends AsyncDisposable {
  /** Rejects where it cannot be opened, with a message that names the setting. */
  readonly store: Promise<Store>;
}

/** Begins to open the database. Disposed of, it closes it. */
export function openDatabase(settings: DatabaseSettings, clockAheadMs?: number): Database {
  const barred = unreachableDatabase(settings);
  const store = barred === undefined
    ? openStore(settings, { now: Date.now, clockAheadMs }).catch(blameSetting)
    : Promise.reject(new TypeError(barred));
  // Whoever needs it awaits it; whatever else fails before that has its own error.
  store.catch(() => {});
  return {
    store,
    async [Symbol.asyncDispose]() {
      await (await store.catch(() => undefined))?.close();
    },
  };
}

function blameSetting(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new Error(`DATABASE_URL: ${reason}`, { cause: error });
}
