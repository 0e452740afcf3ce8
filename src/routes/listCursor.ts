import {
  type CallPosition,
  type CallSort,
  readCursor,
  readSortCursor,
  type SortPosition,
  writeCursor,
} from "../services/store.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";

/** After which entry of a list a page begins; undefined for its first page. Throws an `HttpProblem`. */
export function readListCursor(cursor: string | undefined): CallPosition | undefined {
  if (cursor === undefined) return undefined;
  const position = readCursor(cursor);
  if (position !== undefined) return position;
  throw invalidCursor("must be the nextCursor of a page");
}

/** The same for the list of calls. */
export function readSortedCursor(
  cursor: string | undefined,
  sort: CallSort,
): SortPosition | undefined {
  if (cursor === undefined) return undefined;
  const position = readSortCursor(cursor, sort);
  if (position !== undefined) return position;
  throw invalidCursor("must be the nextCursor of a page with the same sort");
}

function invalidCursor(message: string): HttpProblem {
  return new HttpProblem(422, "invalid_request", "The request is not valid: see details.", {
    details: [{ path: "cursor", message }],
  });
}

/** The cursor of the page after `found`; null where that is the last. */
export function nextListCursor<Entry>(
  found: readonly Entry[],
  limit: number,
  positionOf: (entry: Entry) => CallPosition,
): string | null {
  const last = found.length < limit ? undefined : found.at(-1);
  return last === undefined ? null : writeCursor(positionOf(last));
}
