import type { SqlValue, Statement } from "../database.ts";
import { storableText } from "../storableText.ts";

/** Values of a row by column name. */
export type Columns = Readonly<Record<string, SqlValue>>;

/**
 * Inserts a row that belongs to a call, unless the call has been erased. `onConflict` is what follows
 * ON CONFLICT.
 */
export function insertOfCall(
  table: string,
  callId: string,
  columns: Columns,
  onConflict: string,
): Statement {
  const names = Object.keys(columns);
  return {
    sql: `INSERT INTO ${table} (call_id, ${names.join(", ")}) SELECT $1, ${
      names.map((_, at) => `$${at + 2}`).join(", ")
    } WHERE EXISTS (SELECT 1 FROM calls WHERE calls.id = $1) ON CONFLICT ${onConflict}`,
    values: [callId, ...Object.values(columns)].map(toStorable),
  };
}

/** Changes columns of a call; `condition` is empty, or begins with AND. */
export function updateCall(callId: string, columns: Columns, condition: string): Statement {
  const names = Object.keys(columns);
  return {
    sql: `UPDATE calls SET ${
      names.map((name, at) => `${name} = $${at + 2}`).join(", ")
    } WHERE id = $1 ${condition}`,
    values: [callId, ...Object.values(columns)].map(toStorable),
  };
}

/** One column, or none where the value is absent. */
export function columnIf(name: string, value: SqlValue | undefined): Columns {
  return value === undefined || value === null ? {} : { [name]: value };
}

/** A value that Postgres takes: without NUL characters. */
export function toStorable(value: SqlValue): SqlValue {
  return typeof value === "string" ? storableText(value) : value;
}

/** Rounded, for a column that may be NULL. */
export function integerOrNull(value: number | undefined): number | null {
  return value === undefined ? null : toInteger(value);
}

/** A whole number of milliseconds, never negative: analytics parse lists of them in SQL. */
export function toDurationMs(value: number): number {
  return Math.max(0, toInteger(value));
}

/** Rounded; 0 for NaN and infinities, which integer columns refuse. */
export function toInteger(value: number): number {
  return Math.round(finiteOrZero(value));
}

/** 0 for NaN and infinities. */
export function finiteOrZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
