import { ConnectionLost, type Row, StatementRefused } from "../database.ts";
import type { SqliteAnswer, SqliteRequest } from "./sqliteWorker.ts";

type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, "id"> : never;

/** Asks the thread and pairs its answers with the questions. */
export class SqliteConnection {
  readonly #worker: Worker;
  readonly #asked = new Map<number, PromiseWithResolvers<readonly Row[]>>();
  #lastId = 0;
  #failure: Error | undefined;

  constructor(name: "sqlite" | "sqlite-reader" = "sqlite") {
    this.#worker = new Worker(new URL("./sqliteWorker.ts", import.meta.url), {
      type: "module",
      name,
    });
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
