import type { Query, SqlValue } from "./database.ts";

/** Rows per transaction, so that other writers wait a few milliseconds at most. */
const CHUNK = 200;

/** Rows of a table with a column `id`. */
export interface Deletion {
  readonly table: string;
  readonly condition: string;
  readonly values?: readonly SqlValue[];
}

/** What is to be done while much is deleted. */
export interface DeletionProgress<T> {
  /** True where the rest may wait for the next time, as while the process ends. */
  readonly isStopped: () => boolean;
  /** Called as each part is done, also with what was deleted before an error or the stop; never for nothing. */
  readonly onDeleted: (deleted: T) => void;
}

/** Deletes the rows in small transactions until none is left, or it is stopped. */
export async function deleteInChunks(
  query: Query,
  { table, condition, values = [] }: Deletion,
  { isStopped, onDeleted }: DeletionProgress<number>,
): Promise<void> {
  let deleted = 0;
  try {
    while (!isStopped()) {
      const chunk = await query(
        `DELETE FROM ${table} WHERE id IN (
          SELECT id FROM ${table} WHERE ${condition} LIMIT ${CHUNK}
        ) RETURNING id`,
        values,
      );
      deleted += chunk.length;
      if (chunk.length < CHUNK) return;
    }
  } finally {
    if (deleted > 0) onDeleted(deleted);
  }
}
