import { closedError, ConnectionLost, type Database } from "./database.ts";

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5000;

/**
 * A database that outlives its connection: queries of a lost one reject, and a later query opens it again,
 * after a pause that grows with each failure. Rejects where the first connection cannot be opened.
 */
export async function openReconnecting(open: () => Promise<Database>): Promise<Database> {
  const first = await open();
  let current: Promise<Database> | undefined = Promise.resolve(first);
  let failures = 0;
  let openAgainAt = 0;
  let closed = false;

  async function use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const used = current ?? openAgain();
    try {
      const result = await work(await used);
      failures = 0;
      return result;
    } catch (error) {
      if (error instanceof ConnectionLost) onLost(used);
      throw error;
    }
  }

  function openAgain(): Promise<Database> {
    if (closed) return Promise.reject(closedError());
    if (performance.now() < openAgainAt) {
      return Promise.reject(new Error("Cannot query the database: it is about to be opened again"));
    }
    const opening = open();
    current = opening;
    opening.catch(() => onLost(opening));
    return opening;
  }

  function onLost(database: Promise<Database>): void {
    if (current !== database) return;
    current = undefined;
    openAgainAt = performance.now() + Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
  }

  return {
    kind: first.kind,
    query: (sql, values) => use((database) => database.query(sql, values)),
    longQuery: (sql, values) => use((database) => database.longQuery(sql, values)),
    batch: (statements) => use((database) => database.batch(statements)),
    transaction: (lock, work) => use((database) => database.transaction(lock, work)),
    tryTransaction: (lock, work) => use((database) => database.tryTransaction(lock, work)),
    leaveNoTrace: () => use((database) => database.leaveNoTrace()),
    async close() {
      closed = true;
      const database = await current?.catch(() => undefined);
      await database?.close();
    },
  };
}
