import type { Database } from "../database.ts";
import { numberOf, textOf } from "../row.ts";
import { isWrittenIn } from "../../../utils/isWrittenIn.ts";

/** Rows that are looked at without a pause: a few milliseconds. */
const CHUNK = 500;

/**
 * Erases, by `erase`, the lines of batches that were refused and have a number as somebody wrote it: no
 * database compares those.
 */
export async function eraseRefusedLines(
  database: Database,
  number: string,
  erase: string,
): Promise<void> {
  for (let after: readonly [string, number] = ["", -1];;) {
    const rows = await database.query(
      `SELECT batch_id, item, number FROM batch_items WHERE state = 'refused' AND number <> ''
        AND (batch_id > $1 OR batch_id = $1 AND item > $2) ORDER BY batch_id, item LIMIT ${CHUNK}`,
      after,
    );
    const lines = rows.map((row) => ({
      place: [textOf(row, "batch_id"), numberOf(row, "item")] as const,
      text: textOf(row, "number"),
    }));
    const found = lines.filter(({ text }) => isWrittenIn(text, number));
    if (found.length > 0) {
      await database.transaction("batches", async (query) => {
        for (const { place, text } of found) {
          await query(`${erase} WHERE batch_id = $1 AND item = $2 AND number = $3`, [
            ...place,
            text,
          ]);
        }
      });
    }
    const last = lines.at(-1);
    if (last === undefined || lines.length < CHUNK) return;
    after = last.place;
  }
}
