import type { DatabaseSync } from "node:sqlite";
import { until } from "../until.ts";

/**
 * Executes a statement as soon as the database of a server in this process is free. To wait for it within SQLite
 * would hold up the server, whose transactions go on only while this thread is free.
 */
export async function executeWhenFree(database: DatabaseSync, statement: string): Promise<void> {
  await until(() => {
    try {
      database.exec(statement);
      return true;
    } catch (error) {
      if (error instanceof Error && /locked/.test(error.message)) return false;
      throw error;
    }
  }, (isDone) => isDone);
}
