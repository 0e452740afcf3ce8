import type { DatabaseSettings } from "../../../config/settings.ts";
import type { Database } from "../database.ts";
import { openReconnecting } from "../reconnectingDatabase.ts";
import { openSqlite } from "../sqlite/sqliteDatabase.ts";
import type { KnowledgeStore } from "./knowledgeStore.ts";
import { createSqliteKnowledge, prepareSqliteKnowledge } from "./sqliteKnowledge.ts";

/**
 * Opens what knowledge is kept in: tables of the store's Postgres, or a SQLite file beside the store's, so
 * that neither a long index nor a search delays the records of calls.
 */
export async function openKnowledgeStore(
  settings: DatabaseSettings,
  shared: Database,
): Promise<KnowledgeStore> {
  if (settings.kind === "postgres") {
    return (await import("./postgresKnowledge.ts")).createPostgresKnowledge(shared);
  }
  const path = knowledgePath(settings.path);
  return createSqliteKnowledge(await openReconnecting(() => openOrMakeAnew(path)));
}

/** `data/parley.db` has its knowledge in `data/parley.knowledge.db`. */
function knowledgePath(path: string): string {
  return path === ":memory:" ? path : path.replace(/(?:\.(?:db|sqlite3?))?$/, ".knowledge.db");
}

/** A file that is damaged is removed: all of it is made from the documents again. */
async function openOrMakeAnew(path: string): Promise<Database> {
  try {
    return await open(path);
  } catch (error) {
    if (!(error instanceof Error && /malformed|not a database/.test(error.message))) throw error;
    for (const ending of ["", "-wal", "-shm"]) await Deno.remove(path + ending).catch(() => {});
    return await open(path);
  }
}

async function open(path: string): Promise<Database> {
  const database = await openSqlite(path);
  try {
    await prepareSqliteKnowledge(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
