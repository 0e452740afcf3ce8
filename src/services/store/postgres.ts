import type { Sql, TransactionSql } from "postgres";
import {
  type Database,
  type Query,
  type Row,
  type SqlValue,
  type Statement,
  StatementRefused,
} from "./database.ts";

/** A connection that has said nothing for so long is taken for dead, and all are made anew. */
const ANSWER_LIMIT_MS = 15_000;
const MAX_CONNECTIONS = 8;

/** Connects to Postgres; the driver is loaded only here, so that others need not have it. */
export async function openPostgres(
  url: string,
  { answerLimitMs = ANSWER_LIMIT_MS }: { readonly answerLimitMs?: number } = {},
): Promise<Database> {
  const { default: postgres } = await import("postgres");
  const connect = () =>
    postgres(url, {
      max: MAX_CONNECTIONS,
      connect_timeout: 10,
      keep_alive: 15,
      onnotice: () => {},
      connection: { application_name: "parley", statement_timeout: answerLimitMs },
      types: { wide: wideNumber },
    });
  const database = new PostgresDatabase(connect, answerLimitMs);
  try {
    await database.query("SELECT 1 AS one");
  } catch (error) {
    await database.close();
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new Error(`Cannot connect to the Postgres database: ${reason}`, { cause: error });
  }
  return database;
}

/** `bigint` and `numeric` as numbers: times and sums here stay far below 2^53. */
const wideNumber = {
  to: 20,
  from: [20, 1700],
  serialize: (value: number) => String(value),
  parse: (text: string) => Number(text),
};

type Connections = Sql<{ wide: number }>;

class PostgresDatabase implements Database {
  readonly kind = "postgres";
  readonly #connect: () => Connections;
  readonly #answerLimitMs: number;
  #connections: Connections;

  constructor(connect: () => Connections, answerLimitMs: number) {
    this.#connect = connect;
    this.#answerLimitMs = answerLimitMs;
    this.#connections = connect();
  }

  readonly query: Query = (sql, values = []) =>
    this.#answered((connections) => run(connections, sql, values));

  async batch(statements: readonly Statement[]): Promise<void> {
    await this.#answered((connections) =>
      connections.begin(async (transaction) => {
        // All are sent without waiting; the first one to fail ends the transaction.
        await Promise.all(statements.map(({ sql, values }) => run(transaction, sql, values)));
      })
    );
  }

  async transaction<T>(lock: string, work: (query: Query) => Promise<T>): Promise<T> {
    const { value } = await this.#answered((connections) =>
      connections.begin(async (transaction): Promise<{ readonly value: T }> => {
        const query: Query = (sql, values = []) => run(transaction, sql, values);
        await query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [lock]);
        return { value: await work(query) };
      })
    );
    return value;
  }

  async close(): Promise<void> {
    await this.#connections.end({ timeout: 5 });
  }

  async #answered<T>(work: (connections: Connections) => Promise<T>): Promise<T> {
    const connections = this.#connections;
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      if (this.#connections === connections) {
        this.#connections = this.#connect();
        connections.end({ timeout: 0 }).catch(() => {});
      }
      silence.reject(new Error("Cannot query the database: it does not answer"));
    }, this.#answerLimitMs * 2);
    try {
      return await Promise.race([work(connections), silence.promise]);
    } catch (error) {
      throw isRefusal(error) ? new StatementRefused(error.message, { cause: error }) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function run(
  connection: Connections | TransactionSql<{ wide: number }>,
  sql: string,
  values: readonly SqlValue[],
): Promise<readonly Row[]> {
  const rows = await connection.unsafe<Row[]>(sql, [...values], { prepare: true });
  return [...rows];
}

/** Classes of SQLSTATE for what no repetition mends: data exceptions and broken constraints. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^2[23]/.test(error.code);
}
