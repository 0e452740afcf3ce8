import { closedError, ConnectionLost, type Row, StatementRefused } from "../database.ts";
import type { SqliteAnswers, SqliteRequest } from "./sqliteWorker.ts";

interface Pending {
  readonly request: SqliteRequest;
  readonly answer: PromiseWithResolvers<readonly Row[]>;
}

/**
 * Sends requests to the SQLite thread and pairs its answers with them. A message costs both threads more
 * than what is in it: requests that are made together are sent together, and answered together.
 */
export class SqliteConnection {
  readonly #worker: Worker;
  /** Not sent yet. */
  #waiting: Pending[] = [];
  readonly #sent = new Map<number, readonly Pending[]>();
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
    this.#worker.onmessage = ({ data }: MessageEvent<SqliteAnswers>) => this.#onAnswers(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#worker.terminate();
      this.#fail(
        new ConnectionLost(`Cannot query the database: its thread died: ${event.message}`),
      );
    };
  }

  /** Performed after all earlier requests. */
  request(request: SqliteRequest): Promise<readonly Row[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<readonly Row[]>();
    if (this.#waiting.push({ request, answer }) === 1) queueMicrotask(() => this.#send());
    return answer.promise;
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(closedError());
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const id = ++this.#lastId;
    const requests = this.#waiting.map(({ request }) => request);
    this.#sent.set(id, this.#waiting);
    this.#waiting = [];
    this.#worker.postMessage({ id, requests });
  }

  #onAnswers({ id, answers }: SqliteAnswers): void {
    const sent = this.#sent.get(id) ?? [];
    this.#sent.delete(id);
    for (const [at, answer] of answers.entries()) {
      const asked = sent[at]?.answer;
      if (answer.ok) asked?.resolve(answer.rows);
      else asked?.reject(new (answer.refused ? StatementRefused : Error)(answer.message));
    }
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    const unanswered = [...this.#sent.values(), this.#waiting].flat();
    this.#sent.clear();
    this.#waiting = [];
    for (const { answer } of unanswered) answer.reject(this.#failure);
  }
}
