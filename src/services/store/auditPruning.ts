import { toInteger } from "./columns.ts";
import type { Database, SqlValue } from "./database.ts";
import { maybeText, numberOf, onlyRow, textOf } from "./row.ts";
import { present } from "../../utils/present.ts";

/** Entries of one key or person and one action that were deleted. */
export interface PrunedEntries {
  readonly keyName?: string;
  readonly action: string;
  readonly entries: number;
}

/** Entries per transaction, so that other writers wait a few milliseconds at most. */
const CHUNK = 200;

/** Deletes the entries from before that time, in milliseconds since 1970. */
export async function pruneByAge({ query }: Database, before: number): Promise<void> {
  await pruneInChunks(query, "at < $1", [toInteger(before)]);
}

/**
 * Leaves `most` entries: what one key or person did more often than any other thing was done goes first, its oldest
 * entries. So what is done rarely is never pushed out by what is done often. Of each pair of key and action the
 * newest entry stays in any case.
 */
export async function pruneByNumber(
  { query, longQuery }: Database,
  most: number,
): Promise<readonly PrunedEntries[]> {
  const rows = await longQuery(
    "SELECT key_name, action, COUNT(*) AS entries FROM audit GROUP BY key_name, action",
  );
  const kinds = rows.map((row): PrunedEntries => ({
    ...present({ keyName: maybeText(row, "key_name") }),
    action: textOf(row, "action"),
    entries: numberOf(row, "entries"),
  }));
  const share = fairShare(kinds.map(({ entries }) => entries), most);
  const pruned: PrunedEntries[] = [];
  for (const kind of kinds) {
    if (kind.entries > share) pruned.push({ ...kind, entries: await pruneKind(kind) });
  }
  return pruned;

  async function pruneKind({ keyName, action }: PrunedEntries): Promise<number> {
    const values: SqlValue[] = [action, ...(keyName === undefined ? [] : [keyName])];
    const ofKind = `action = $1 AND key_name ${keyName === undefined ? "IS NULL" : "= $2"}`;
    // By their place, so that processes that do this at the same time delete the same ones.
    const oldestKept = onlyRow(
      await query(
        `SELECT at, id FROM audit WHERE ${ofKind} ORDER BY at DESC, id DESC
          LIMIT 1 OFFSET $${values.length + 1}`,
        [...values, share - 1],
      ),
    );
    const from = values.push(numberOf(oldestKept, "at"), textOf(oldestKept, "id"));
    return await pruneInChunks(query, `${ofKind} AND (at, id) < ($${from - 1}, $${from})`, values);
  }
}

/** The largest share of which all may take as much as they need, so that they take `most` together. */
function fairShare(needs: readonly number[], most: number): number {
  let left = most;
  for (const [at, need] of needs.toSorted((a, b) => a - b).entries()) {
    const share = Math.max(1, Math.floor(left / (needs.length - at)));
    if (need > share) return share;
    left -= need;
  }
  return Infinity;
}

/** Resolves with how many were deleted. */
async function pruneInChunks(
  query: Database["query"],
  condition: string,
  values: readonly SqlValue[],
): Promise<number> {
  for (let pruned = 0;;) {
    const chunk = await query(
      `DELETE FROM audit WHERE id IN (
        SELECT id FROM audit WHERE ${condition} LIMIT ${CHUNK}
      ) RETURNING id`,
      values,
    );
    pruned += chunk.length;
    if (chunk.length < CHUNK) return pruned;
  }
}
