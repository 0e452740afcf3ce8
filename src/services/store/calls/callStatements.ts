import type { SqlValue, Statement } from "../database.ts";
import { storableText } from "../storableText.ts";

/** The values of a row, or of some of it, by the names of its columns. */
export type Columns = Readonly<Record<string, SqlValue>>;

/**
 * Inserts a row that belongs to a call, unless the call has been erased meanwhile. `onConflict` is what
 * follows ON CONFLICT.
 */
export function insertPart(
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
    values: [callId, ...Object.values(columns)].map(storable),
  };
}

/** Changes columns of a call; `condition` is empty, or begins with AND. */
export function updateCall(callId: string, columns: Columns, condition: string): Statement {
  const names = Object.keys(columns);
  return {
    sql: `UPDATE calls SET ${
      names.map((name, at) => `${name} = $${at + 2}`).join(", ")
    } WHERE id = $1 ${condition}`,
    values: [callId, ...Object.values(columns)].map(storable),
  };
}

/** A column for what is given, and none for what is not. */
export function given(name: string, value: SqlValue | undefined): Columns {
  return value === undefined || value === null ? {} : { [name]: value };
}

export function storable(value: SqlValue): SqlValue {
  return typeof value === "string" ? storableText(value) : value;
}

export function maybeWhole(value: number | undefined): number | null {
  return value === undefined ? null : whole(value);
}

/** Analytics read these digit by digit. */
export function span(value: number): number {
  return Math.max(0, whole(value));
}

export function whole(value: number): number {
  return Math.round(finite(value));
}

export function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
