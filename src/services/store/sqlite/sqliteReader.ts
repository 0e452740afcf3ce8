import { ConnectionLost, type Row, type SqlValue } from "../database.ts";
import { SqliteConnection } from "./sqliteConnection.ts";

/**
 * Reads a SQLite file in a thread of its own, started when it is first needed, so that long reads delay no
 * other query. A thread that dies is replaced at the next query.
 */
export class SqliteReader {
  readonly #path: string;
  #connection: Promise<SqliteConnection> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  query(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.whileIdle(async () => {
      const connection = await (this.#connection ??= this.#open());
      try {
        return await connection.request({ type: "query", sql, values });
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        this.#connection = undefined;
        // Not `ConnectionLost`: the thread that writes still works.
        throw new Error(error.message, { cause: error });
      }
    });
  }

  /** Runs work while nothing is being read. */
  whileIdle<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Aborts running reads. */
  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.end();
  }

  #open(): Promise<SqliteConnection> {
    const opening = SqliteConnection.open(this.#path, { readOnly: true });
    opening.catch(() => this.#connection = undefined);
    return opening;
  }
}
