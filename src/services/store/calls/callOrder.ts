import type { SqlValue } from "../database.ts";

/** In which orders calls are listed; what is not known comes last, except in `oldest`, by which all have a time. */
export const callSorts = ["newest", "oldest", "longest", "costliest", "slowest"] as const;
export type CallSort = (typeof callSorts)[number];

/** The last call of a page: the next page begins after it, whichever calls have begun since. */
export interface SortPosition {
  readonly sort: CallSort;
  readonly value: number;
  readonly id: string;
}

/** Dollars with those of the analysis; NULL where a price is not known. */
export const COST = `CASE WHEN analysis_unpriced IS NULL OR analysis_unpriced = 0
  THEN cost_usd + COALESCE(analysis_usd, 0) END`;

/** What a call is ordered by; indexes have the same expressions: see `searchOrders.ts`. */
const keys: Readonly<Record<CallSort, string>> = {
  newest: "started_at",
  oldest: "started_at",
  longest: "COALESCE(duration_ms, -1)",
  costliest: `COALESCE(${COST}, -1)`,
  slowest: "COALESCE(latency_p95_ms, -1)",
};

/** The key as a column, and the order. */
export function orderOf(sort: CallSort): { readonly key: string; readonly orderBy: string } {
  const direction = sort === "oldest" ? "ASC" : "DESC";
  return { key: keys[sort], orderBy: `${keys[sort]} ${direction}, id ${direction}` };
}

/** The condition for calls behind a position; `bind` gives a value its parameter. */
export function behind(
  { sort, value, id }: SortPosition,
  bind: (value: SqlValue) => string,
): string {
  const sign = sort === "oldest" ? ">" : "<";
  return `(${keys[sort]}, id) ${sign} (${bind(value)}, ${bind(id)})`;
}

/** Encodes a position as an opaque text. */
export function writeSortCursor({ sort, value, id }: SortPosition): string {
  const bytes = new TextEncoder().encode(`${sort}/${value}/${id}`);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Undefined for a text that is no cursor of this order. */
export function readSortCursor(cursor: string, sort: CallSort): SortPosition | undefined {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const [, written, value, id] =
      /^([a-z]{1,12})\/(-?\d{1,15}(?:\.\d{1,17})?(?:e-\d{1,2})?)\/(\S{1,100})$/.exec(text) ?? [];
    if (written !== sort || value === undefined || id === undefined) return undefined;
    // Postgres compares a column of whole numbers with nothing else.
    if (sort !== "costliest" && !Number.isInteger(Number(value))) return undefined;
    return { sort, value: Number(value), id };
  } catch {
    return undefined;
  }
}
