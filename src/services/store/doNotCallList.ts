import type { Database, Row } from "./database.ts";
import { maybeText, numberOf, onlyRow, textOf } from "./row.ts";
import { placeholders, storableText } from "./columns.ts";
import { present } from "../../utils/present.ts";

/** A number that must not be called, with the first reason given. */
export interface DoNotCallEntry {
  readonly number: string;
  readonly addedAt: number;
  /** The API key's name, or the agent's during a call. */
  readonly addedBy?: string;
  readonly reason?: string;
  /** What the person said, or the key; gone when the call is erased. */
  readonly words?: string | undefined;
  readonly callId?: string | undefined;
}

export type DoNotCallList = ReturnType<typeof createDoNotCallList>;

/** Numbers of people who have asked not to be called. */
export function createDoNotCallList({ query }: Database) {
  return {
    /** An existing entry stays as it is. */
    async add(
      { number, addedAt, addedBy, reason, words, callId }: DoNotCallEntry,
    ): Promise<void> {
      await query(
        `INSERT INTO do_not_call (number, added_at, added_by, reason, words, call_id)
          VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number) DO NOTHING`,
        [
          number,
          Math.round(addedAt),
          addedBy ?? null,
          reason === undefined ? null : storableText(reason),
          words === undefined ? null : storableText(words),
          callId ?? null,
        ],
      );
    },
    /** False if it was not there. */
    async remove(number: string): Promise<boolean> {
      const removed = await query(
        "DELETE FROM do_not_call WHERE number = $1 RETURNING number",
        [number],
      );
      return removed.length > 0;
    },
    async has(number: string): Promise<boolean> {
      return (await query("SELECT 1 AS there FROM do_not_call WHERE number = $1", [number]))
        .length > 0;
    },
    /** Those of some hundred numbers that are on the list. */
    async among(numbers: readonly string[]): Promise<ReadonlySet<string>> {
      if (numbers.length === 0) return new Set();
      const rows = await query(
        `SELECT number FROM do_not_call WHERE number IN (${placeholders(numbers)})`,
        numbers,
      );
      return new Set(rows.map((row) => textOf(row, "number")));
    },
    async get(number: string): Promise<DoNotCallEntry | undefined> {
      const [row] = await query("SELECT * FROM do_not_call WHERE number = $1", [number]);
      return row && entryOf(row);
    },
    /** How many entries have this reason and were made at that time or later. */
    async count(reason: string, since: number): Promise<number> {
      const counted = await query(
        "SELECT COUNT(*) AS entries FROM do_not_call WHERE reason = $1 AND added_at >= $2",
        [reason, Math.round(since)],
      );
      return numberOf(onlyRow(counted), "entries");
    },
    /** In the order of the numbers, those after `after`. */
    async list(
      { limit, after = "" }: { readonly limit: number; readonly after?: string },
    ): Promise<readonly DoNotCallEntry[]> {
      const rows = await query(
        "SELECT * FROM do_not_call WHERE number > $1 ORDER BY number LIMIT $2",
        [after, limit],
      );
      return rows.map(entryOf);
    },
  };
}

function entryOf(row: Row): DoNotCallEntry {
  return {
    number: textOf(row, "number"),
    addedAt: numberOf(row, "added_at"),
    ...present({ addedBy: maybeText(row, "added_by"), reason: maybeText(row, "reason") }),
    ...present({ words: maybeText(row, "words"), callId: maybeText(row, "call_id") }),
  };
}
