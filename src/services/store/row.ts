import type { Row } from "./database.ts";

/** The one row of an answer, such as an aggregate. */
export function onlyRow([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error("Cannot read the answer of the database: it has no row");
  return row;
}

/** A column's text; throws where there is none. */
export function textOf(row: Row, column: string): string {
  return maybeText(row, column) ?? fail(row, column);
}

/** A column's text; undefined where it is NULL. */
export function maybeText(row: Row, column: string): string | undefined {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? value : fail(row, column);
}

/** A column's number; throws where there is none. */
export function numberOf(row: Row, column: string): number {
  return maybeNumber(row, column) ?? fail(row, column);
}

/** A column's number; undefined where it is NULL. */
export function maybeNumber(row: Row, column: string): number | undefined {
  const value = row[column];
  if (value === null || value === undefined) return undefined;
  return typeof value === "number" ? value : fail(row, column);
}

/** A boolean, stored as 0 or 1. */
export function flagOf(row: Row, column: string): boolean {
  return numberOf(row, column) !== 0;
}

/** A boolean; undefined where the column is NULL. */
export function maybeFlag(row: Row, column: string): boolean | undefined {
  const value = maybeNumber(row, column);
  return value === undefined ? undefined : value !== 0;
}

/** One of the words that a column may hold; throws for another. */
export function choiceOf<const T extends string>(
  row: Row,
  column: string,
  choices: readonly T[],
): T {
  return maybeChoice(row, column, choices) ?? fail(row, column);
}

/** Undefined where it is NULL. */
export function maybeChoice<const T extends string>(
  row: Row,
  column: string,
  choices: readonly T[],
): T | undefined {
  const text = maybeText(row, column);
  if (text === undefined) return undefined;
  return choices.find((choice) => choice === text) ?? fail(row, column);
}

/** A column of JSON; undefined where it is NULL. */
export function maybeJson(row: Row, column: string): unknown {
  const text = maybeText(row, column);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Undefined also where it cannot be parsed: another version may have written it. */
export function readableJson(row: Row, column: string): unknown {
  try {
    return maybeJson(row, column);
  } catch {
    return undefined;
  }
}

/** Reads the rows that can be read: one that another version has written does not hide the others. */
export function readable<T>(rows: readonly Row[], read: (row: Row) => T): readonly T[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch {
      return [];
    }
  });
}

function fail(row: Row, column: string): never {
  throw new Error(`Cannot read column ${column}: it holds ${typeof row[column]}`);
}
