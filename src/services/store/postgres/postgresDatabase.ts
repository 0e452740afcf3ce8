import { createClientClass } from "./client.ts";
import { Connections } from "./connections.ts";
import { type Database, type Query, type Statement, StatementRefused } from "../database.ts";

/** A statement that takes longer is cancelled; after twice as long, its connection is taken for dead. */
const ANSWER_LIMIT_MS = 15_000;
const MAX_CONNECTIONS = 8;
/** How long closing waits for pending work. */
const CLOSE_GRACE_MS = 5000;

/** Connects to Postgres. */
export async function openPostgres(
  url: string,
  { closeGraceMs = CLOSE_GRACE_MS }: { readonly closeGraceMs?: number } = {},
): Promise<Database> {
  let database: PostgresDatabase | undefined;
  try {
    const Client = createClientClass(url, { name: "parley", statementLimitMs: ANSWER_LIMIT_MS });
    const connections = new Connections(Client, {
      most: MAX_CONNECTIONS,
      timeoutMs: 2 * ANSWER_LIMIT_MS,
    });
    database = new PostgresDatabase(connections, closeGraceMs);
    await database.query("SELECT 1 AS one");
    return database;
  } catch (error) {
    await database?.close();
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new Error(`Cannot connect to the Postgres database: ${reason}`, { cause: error });
  }
}

class PostgresDatabase implements Database {
  readonly kind = "postgres";
  readonly #connections: Connections;
  readonly #closeGraceMs: number;

  constructor(connections: Connections, closeGraceMs: number) {
    this.#connections = connections;
    this.#closeGraceMs = closeGraceMs;
  }

  readonly query: Query = (sql, values) => this.#use((query) => query(sql, values));

  /** Takes one of several connections: callers run one long query at a time. */
  readonly longQuery: Query = this.query;

  leaveNoTrace(): Promise<void> {
    return Promise.resolve();
  }

  async batch(statements: readonly Statement[]): Promise<void> {
    // All are sent without waiting; the first one to fail ends the transaction.
    await this.#transact((query) =>
      Promise.all(statements.map(({ sql, values }) => query(sql, values)))
    );
  }

  transaction<T>(lock: string, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#transact(async (query) => {
      await query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [lock]);
      return await work(query);
    });
  }

  tryTransaction<T>(
    lock: string,
    work: (query: Query, isAlone: boolean) => Promise<T>,
  ): Promise<T> {
    return this.#transact(async (query) => {
      const sql = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked";
      const [row] = await query(sql, [lock]);
      return await work(query, row?.["locked"] === true);
    });
  }

  close(): Promise<void> {
    return this.#connections.close(this.#closeGraceMs);
  }

  #transact<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.#use(async (query) => {
      await query("BEGIN");
      try {
        const result = await work(query);
        await query("COMMIT");
        return result;
      } catch (error) {
        // Where that fails too, the connection is lost, and the transaction with it.
        await query("ROLLBACK").catch(() => {});
        throw error;
      }
    });
  }

  async #use<T>(work: (query: Query) => Promise<T>): Promise<T> {
    try {
      return await this.#connections.use((client) =>
        work(async (sql, values = []) => (await client.query(sql, values)).rows)
      );
    } catch (error) {
      throw isRefusal(error) ? new StatementRefused(error.message, { cause: error }) : error;
    }
  }
}

/** Classes of SQLSTATE that a repetition cannot mend: data exceptions and violated constraints. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^2[23]/.test(error.code);
}
