import {
  ConnectionLost,
  type Database,
  type Query,
  type Row,
  type SqlValue,
  type Statement,
  StatementRefused,
} from "./database.ts";
import { whyNotWritten } from "../writableFolder.ts";
import type { SqliteAnswer, SqliteRequest } from "./sqliteWorker.ts";

/**
 * Opens a SQLite file, or `:memory:`. It lives in a thread of its own: neither a slow disk nor
 * another process that holds the file's lock ever stops the thread that carries the calls.
 */
export async function openSqlite(
  path: string,
  { busyTimeoutMs = 5000 }: { readonly busyTimeoutMs?: number } = {},
): Promise<Database> {
  if (path !== ":memory:") await prepareFile(path);
  const connection = new SqliteConnection();
  try {
    await connection.ask({ type: "open", path, busyTimeoutMs });
  } catch (error) {
    connection.end();
    throw new Error(`Cannot open the database ${path}: ${messageOf(error)}`, { cause: error });
  }
  return new SqliteDatabase(connection);
}

class SqliteDatabase implements Database {
  readonly kind = "sqlite";
  readonly #connection: SqliteConnection;
  /** There is one connection, so whatever comes during a transaction waits for its end. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  readonly query: Query = (sql, values = []) => this.#inTurn(() => this.#query(sql, values));

  async batch(statements: readonly Statement[]): Promise<void> {
    await this.#inTurn(() => this.#connection.ask({ type: "batch", statements }));
  }

  /** SQLite has one writer at a time: the name of the lock does not matter. */
  transaction<T>(_lock: string, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#query("BEGIN IMMEDIATE", []);
      try {
        const result = await work((sql, values = []) => this.#query(sql, values));
        await this.#query("COMMIT", []);
        return result;
      } catch (error) {
        await this.#connection.ask({ type: "rollBack" });
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#inTurn(() => this.#connection.ask({ type: "close" }));
    this.#closed = true;
    try {
      await closing;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    } finally {
      this.#connection.end();
    }
  }

  #query(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#connection.ask({ type: "query", sql, values });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error("Cannot query the database: it is closed"));
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, "id"> : never;

/** Asks the thread and pairs its answers with the questions. */
class SqliteConnection {
  readonly #worker = new Worker(new URL("./sqliteWorker.ts", import.meta.url), {
    type: "module",
    name: "sqlite",
  });
  readonly #asked = new Map<number, PromiseWithResolvers<readonly Row[]>>();
  #lastId = 0;
  #failure: Error | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<SqliteAnswer>) => this.#answered(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#worker.terminate();
      this.#fail(
        new ConnectionLost(`Cannot query the database: its thread died: ${event.message}`),
      );
    };
  }

  ask(request: Unnumbered<SqliteRequest>): Promise<readonly Row[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = ++this.#lastId;
    const asked = Promise.withResolvers<readonly Row[]>();
    this.#asked.set(id, asked);
    this.#worker.postMessage({ ...request, id });
    return asked.promise;
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(new Error("Cannot query the database: it is closed"));
  }

  #answered(answer: SqliteAnswer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (answer.ok) asked?.resolve(answer.rows);
    else asked?.reject(new (answer.refused ? StatementRefused : Error)(answer.message));
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    for (const asked of this.#asked.values()) asked.reject(this.#failure);
    this.#asked.clear();
  }
}

/** Makes the folder and the file, so that nobody else on the machine may read what callers said. */
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
