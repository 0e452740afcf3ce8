import { ConnectionLost, type Database, type Query, type Statement } from "./database.ts";

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5000;

/**
 * A database that outlives its connection: queries of a lost one reject, and a later query opens it again,
 * after a pause that grows with each failure. Rejects where the first connection cannot be opened.
 */
export async function openReconnecting(open: () => Promise<Database>): Promise<Database> {
  return new ReconnectingDatabase(await open(), open);
}

class ReconnectingDatabase implements Database {
  readonly kind: Database["kind"];
  readonly #open: () => Promise<Database>;
  #current: Promise<Database> | undefined;
  #failures = 0;
  #openAgainAt = 0;
  #closed = false;

  constructor(first: Database, open: () => Promise<Database>) {
    this.kind = first.kind;
    this.#current = Promise.resolve(first);
    this.#open = open;
  }

  readonly query: Query = (sql, values) => this.#use((database) => database.query(sql, values));

  readonly longQuery: Query = (sql, values) =>
    this.#use((database) => database.longQuery(sql, values));

  leaveNoTrace(): Promise<void> {
    return this.#use((database) => database.leaveNoTrace());
  }

  batch(statements: readonly Statement[]): Promise<void> {
    return this.#use((database) => database.batch(statements));
  }

  transaction<T>(lock: string, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#use((database) => database.transaction(lock, work));
  }

  tryTransaction<T>(
    lock: string,
    work: (query: Query, isAlone: boolean) => Promise<T>,
  ): Promise<T> {
    return this.#use((database) => database.tryTransaction(lock, work));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const database = await this.#current?.catch(() => undefined);
    await database?.close();
  }

  async #use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const current = this.#current ?? this.#openAgain();
    try {
      const result = await work(await current);
      this.#failures = 0;
      return result;
    } catch (error) {
      if (error instanceof ConnectionLost) this.#lost(current);
      throw error;
    }
  }

  #openAgain(): Promise<Database> {
    if (this.#closed) return Promise.reject(new Error("Cannot query the database: it is closed"));
    if (performance.now() < this.#openAgainAt) {
      return Promise.reject(new Error("Cannot query the database: it is about to be opened again"));
    }
    const opening = this.#open();
    this.#current = opening;
    opening.catch(() => this.#lost(opening));
    return opening;
  }

  #lost(database: Promise<Database>): void {
    if (this.#current !== database) return;
    this.#current = undefined;
    this.#openAgainAt = performance.now() +
      Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
  }
}
