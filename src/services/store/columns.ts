import type { SqlValue } from "./database.ts";

/** Values of a row by column name. */
export type Columns = Readonly<Record<string, SqlValue>>;

/** Positional parameters for these values, such as `$1, $2`. */
export function placeholders(values: readonly unknown[], first = 1): string {
  return values.map((_, at) => `$${first + at}`).join(", ");
}

/** A text that the database takes: Postgres keeps no NUL in one. */
export function storableText(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}

/** A value that the database takes: see `storableText`. */
export function toStorable(value: SqlValue): SqlValue {
  return typeof value === "string" ? storableText(value) : value;
}

/** Rounded, for a column that may be NULL. */
export function integerOrNull(value: number | undefined): number | null {
  return value === undefined ? null : toInteger(value);
}

/** Rounded; 0 for NaN and infinities, which integer columns refuse. */
export function toInteger(value: number): number {
  return Math.round(finiteOrZero(value));
}

/** 0 for NaN and infinities. */
export function finiteOrZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
