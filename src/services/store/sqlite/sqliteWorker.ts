/// <reference lib="deno.worker" />
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { BoundedMap } from "../../../utils/boundedMap.ts";
import { closedError, type Row, type SqlValue, type Statement } from "../database.ts";

/** A request to the SQLite thread. */
export type SqliteRequest =
  | { readonly type: "open"; readonly path: string; readonly readOnly: boolean }
  | { readonly type: "query"; readonly sql: string; readonly values: readonly SqlValue[] }
  | { readonly type: "batch"; readonly statements: readonly Statement[] }
  | { readonly type: "rollBack" }
  | { readonly type: "close" };

/** Requests that are performed one after another. */
export interface SqliteRequests {
  readonly id: number;
  readonly requests: readonly SqliteRequest[];
}

export type SqliteAnswer =
  | { readonly ok: true; readonly rows: readonly Row[] }
  | { readonly ok: false; readonly message: string; readonly refused: boolean };

/** The answers to requests, in their order. */
export interface SqliteAnswers {
  readonly id: number;
  readonly answers: readonly SqliteAnswer[];
}

/** How long to wait for the lock of another process. */
const BUSY_TIMEOUT_MS = 5000;
/** Compiled statements that are kept. */
const MAX_PREPARED = 200;
/** Result codes of SQLite that a repetition cannot mend: TOOBIG, CONSTRAINT, MISMATCH, RANGE. */
const refusals: ReadonlySet<number> = new Set([18, 19, 20, 25]);

let database: DatabaseSync | undefined;
const prepared = new BoundedMap<string, StatementSync>(MAX_PREPARED);

self.addEventListener("message", ({ data }: MessageEvent<SqliteRequests>) => {
  const { id, requests } = data;
  self.postMessage({ id, answers: requests.map(answer) } satisfies SqliteAnswers);
});

function answer(request: SqliteRequest): SqliteAnswer {
  try {
    return { ok: true, rows: perform(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, message, refused: isRefusal(error) };
  }
}

function perform(request: SqliteRequest): readonly Row[] {
  switch (request.type) {
    case "open":
      database = request.readOnly
        ? new DatabaseSync(request.path, { timeout: BUSY_TIMEOUT_MS, readOnly: true })
        : open(request.path);
      return [];
    case "query":
      return run(request);
    case "batch":
      return runAll(request.statements);
    case "rollBack":
      rollBack();
      return [];
    case "close":
      prepared.clear();
      database?.close();
      database = undefined;
      return [];
  }
}

function open(path: string): DatabaseSync {
  const opened = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  opened.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  // Two processes that switch to WAL at once get "locked" despite the busy time-out.
  for (let tries = 1;; tries++) {
    try {
      opened.exec("PRAGMA journal_mode = WAL");
      break;
    } catch (error) {
      if (tries === 50) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
  // Overwrites deleted data with zeros.
  opened.exec("PRAGMA secure_delete = ON");
  // FULL: committed writes survive a power cut, so that no call is dialled twice.
  opened.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000");
  return opened;
}

function runAll(statements: readonly Statement[]): readonly Row[] {
  run({ sql: "BEGIN IMMEDIATE", values: [] });
  try {
    for (const statement of statements) run(statement);
    run({ sql: "COMMIT", values: [] });
  } catch (error) {
    rollBack();
    throw error;
  }
  return [];
}

/** Does nothing where the transaction is over, as after a full disk. */
function rollBack(): void {
  if (database?.isTransaction) database.exec("ROLLBACK");
}

function run({ sql, values }: Statement): Row[] {
  if (database === undefined) throw closedError();
  let statement = prepared.get(sql);
  if (statement === undefined) {
    statement = database.prepare(sql.replace(/\$(\d+)/g, "?$1"));
    prepared.set(sql, statement);
  }
  return statement.all(...values);
}

function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  // The low byte is the primary code.
  return typeof code === "number" && refusals.has(code & 0xff);
}
