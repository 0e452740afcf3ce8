import {
  closedError,
  ConnectionLost,
  type Database,
  type Query,
  type Row,
  type SqlValue,
  type Statement,
} from "../database.ts";
import { whyNotWritten } from "../../../utils/writableFolder.ts";
import { SqliteConnection } from "./sqliteConnection.ts";
import { SqliteReader } from "./sqliteReader.ts";

/**
 * Opens a SQLite file, or `:memory:`, in a thread of its own: neither a slow disk nor another process that
 * holds the file's lock blocks the thread that carries the calls.
 */
export async function openSqlite(path: string): Promise<Database> {
  const isFile = path !== ":memory:";
  if (isFile) await prepareFile(path);
  try {
    const connection = await SqliteConnection.open(path, { readOnly: false });
    return new SqliteDatabase(connection, isFile ? new SqliteReader(path) : undefined);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot open the database ${path}: ${reason}`, { cause: error });
  }
}

class SqliteDatabase implements Database {
  readonly kind = "sqlite";
  readonly #connection: SqliteConnection;
  /** Absent for a database in memory, which no other connection can see. */
  readonly #reader: SqliteReader | undefined;
  /** Settles when all transactions are over: what comes during one waits for its end. */
  #transactions: Promise<unknown> | undefined;
  #closed = false;

  constructor(connection: SqliteConnection, reader: SqliteReader | undefined) {
    this.#connection = connection;
    this.#reader = reader;
  }

  readonly query: Query = (sql, values = []) => this.#outside(() => this.#query(sql, values));

  readonly longQuery: Query = (sql, values = []) => {
    if (this.#reader === undefined) return this.query(sql, values);
    return this.#closed ? Promise.reject(closedError()) : this.#reader.query(sql, values);
  };

  /** The write-ahead log holds deleted data until it is truncated, which readers prevent. */
  async leaveNoTrace(): Promise<void> {
    const truncate = async () => {
      await this.query("PRAGMA wal_checkpoint(TRUNCATE)");
    };
    await (this.#reader === undefined ? truncate() : this.#reader.whileIdle(truncate));
  }

  async batch(statements: readonly Statement[]): Promise<void> {
    await this.#outside(() => this.#connection.request({ type: "batch", statements }));
  }

  /** SQLite has one writer at a time: the name of the lock does not matter. */
  transaction<T>(_lock: string, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      await this.#query("BEGIN IMMEDIATE", []);
      try {
        const result = await work((sql, values = []) => this.#query(sql, values));
        await this.#query("COMMIT", []);
        return result;
      } catch (error) {
        await this.#connection.request({ type: "rollBack" });
        throw error;
      }
    });
  }

  /** A transaction excludes all others of the file, so that there is no lock to wait for. */
  tryTransaction<T>(
    lock: string,
    work: (query: Query, isAlone: boolean) => Promise<T>,
  ): Promise<T> {
    return this.transaction(lock, (query) => work(query, true));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#outside(() => this.#connection.request({ type: "close" }));
    this.#closed = true;
    await this.#reader?.close();
    try {
      await closing;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    } finally {
      this.#connection.end();
    }
  }

  #query(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#connection.request({ type: "query", sql, values });
  }

  /** The connection keeps the order of what is asked at once. */
  #outside<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError());
    return this.#transactions === undefined ? work() : this.#transactions.then(work);
  }

  /** There is one connection: a transaction on it excludes all other work. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#outside(work);
    const over = result.then(() => {}, () => {});
    // Before what waits for it goes on, and so before anything newer.
    over.then(() => {
      if (this.#transactions === over) this.#transactions = undefined;
    });
    this.#transactions = over;
    return result;
  }
}

/** Creates the folder and the file, which only its owner may read. */
async function prepareFile(path: string): Promise<void> {
  const folder = /^(.*)[/\\][^/\\]*$/.exec(path)?.[1];
  try {
    if (folder !== undefined && folder !== "") await Deno.mkdir(folder, { recursive: true });
    const file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
    file.close();
  } catch (error) {
    throw new Error(`Cannot open the database ${path}: ${whyNotWritten(error)}`, { cause: error });
  }
}
