export type SqlValue = string | number | null;

/** A row by column name; `row.ts` narrows its values. */
export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  /** Parameters are written `$1`, `$2` and so on, each of them used at least once. */
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Runs one statement and gives its rows; changes give theirs by `RETURNING`. */
export type Query = (sql: string, values?: readonly SqlValue[]) => Promise<readonly Row[]>;

/** What the store needs of a database: the SQL that SQLite and Postgres have in common. */
export interface Database {
  readonly kind: "sqlite" | "postgres";
  readonly query: Query;
  /**
   * Only reads, and may take long: nobody who writes waits for it, but for a database in memory. What was
   * written before is seen.
   */
  readonly longQuery: Query;
  /** Performs all statements or none; they are durable when the promise settles. */
  batch(statements: readonly Statement[]): Promise<void>;
  /** Runs `work` alone among all transactions of the same `lock`, those of other processes included. */
  transaction<T>(lock: string, work: (query: Query) => Promise<T>): Promise<T>;
  /** What was deleted is in no log of changes either, as far as the database keeps one itself. */
  leaveNoTrace(): Promise<void>;
  close(): Promise<void>;
}

/** The database understood a statement and will never take it: trying again is of no use. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";
}

/** What the database was reached by is gone for good; the database itself may be well. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}
