export type SqlValue = string | number | null | Uint8Array;

/** A row by column name; `row.ts` narrows its values. */
export type Row = Readonly<Record<string, unknown>>;

/** One statement of SQL, to be run with its parameters. */
export interface Statement {
  /** Parameters are written `$1`, `$2` and so on, each of them used at least once. */
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Runs one statement and resolves with its rows; of changes, those of `RETURNING`. */
export type Query = (sql: string, values?: readonly SqlValue[]) => Promise<readonly Row[]>;

/** What the store needs of a database: the SQL that SQLite and Postgres have in common. */
export interface Database {
  readonly kind: "sqlite" | "postgres";
  readonly query: Query;
  /**
   * For reads that may take long: writers do not wait for it, except with a database in memory. Sees all
   * earlier writes.
   */
  readonly longQuery: Query;
  /** Performs all statements or none; they are durable when the promise settles. */
  batch(statements: readonly Statement[]): Promise<void>;
  /** Runs `work` alone among all transactions of the same `lock`, those of other processes included. */
  transaction<T>(lock: string, work: (query: Query) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction at once; `isAlone` says whether it has the lock, or another has. */
  tryTransaction<T>(
    lock: string,
    work: (query: Query, isAlone: boolean) => Promise<T>,
  ): Promise<T>;
  /** Removes deleted data from the write-ahead log too, where the database keeps one in a file of its own. */
  leaveNoTrace(): Promise<void>;
  close(): Promise<void>;
}

/** The database refuses a statement for its content: a repetition fails too. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
}

/** The error of a query after `close`. */
export function closedError(): Error {
  return new Error("Cannot query the database: it is closed");
}

/** The connection is lost for good; the database itself may work. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}
