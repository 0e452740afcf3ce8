import { closedError, ConnectionLost, type Row, StatementRefused } from "../database.ts";
import type { SqliteAnswer, SqliteRequest } from "./sqliteWorker.ts";

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, "id"> : never;

/** Sends requests to the SQLite thread and pairs its answers with them. */
export class SqliteConnection {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PromiseWithResolvers<readonly Row[]>>();
  #lastId = 0;
  #failure: Error | undefined;

  /** Starts a thread that opens a file. */
  static async open(
    path: string,
    { readOnly }: { readonly readOnly: boolean },
  ): Promise<SqliteConnection> {
    const connection = new SqliteConnection(readOnly ? "sqlite-reader" : "sqlite");
    try {
      await connection.request({ type: "open", path, readOnly });
      return connection;
    } catch (error) {
      connection.end();
      throw error;
    }
  }

  private constructor(name: string) {
    this.#worker = new Worker(new URL("./sqliteWorker.ts", import.meta.url), {
      type: "module",
      name,
    });
    this.#worker.onmessage = ({ data }: MessageEvent<SqliteAnswer>) => this.#onAnswer(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#worker.terminate();
      this.#fail(
        new ConnectionLost(`Cannot query the database: its thread died: ${event.message}`),
      );
    };
  }

  request(request: Unnumbered<SqliteRequest>): Promise<readonly Row[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<readonly Row[]>();
    this.#pending.set(id, pending);
    this.#worker.postMessage({ ...request, id });
    return pending.promise;
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(closedError());
  }

  #onAnswer(answer: SqliteAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.ok) pending?.resolve(answer.rows);
    else pending?.reject(new (answer.refused ? StatementRefused : Error)(answer.message));
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    this.#pending.clear();
  }
}
