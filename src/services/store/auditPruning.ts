import { deleteInChunks, type DeletionProgress } from "./chunkedDeletion.ts";
import { toInteger } from "./columns.ts";
import type { Database, SqlValue } from "./database.ts";
import { maybeText, numberOf, textOf } from "./row.ts";
import { present } from "../../utils/present.ts";

/** Entries that were deleted: of one key or person and one action, or the oldest of all. */
export interface PrunedEntries {
  readonly keyName?: string;
  readonly action?: string;
  readonly entries: number;
}

/** Deletes the entries from before that time, in milliseconds since 1970. */
export async function pruneByAge(
  { query }: Database,
  before: number,
  isStopped: () => boolean,
): Promise<void> {
  await deleteInChunks(query, {
    table: "audit",
    condition: "at < $1",
    values: [toInteger(before)],
  }, { isStopped, onDeleted() {} });
}

/**
 * Leaves `most` entries at most: of what one key or person did more often than any other thing was done, the oldest
 * go first. Of each pair of key and action the newest entry stays, unless there are more pairs than `most`: then the
 * oldest of all go. Refused sign-ins are of one kind together, since anybody with an account at the provider gives
 * them a name: they would take the place of all others.
 */
export async function pruneByNumber(
  { query, longQuery }: Database,
  most: number,
  progress: DeletionProgress<PrunedEntries>,
): Promise<void> {
  const kinds = (await longQuery(KINDS)).map((row): Kind => ({
    ...present({ keyName: maybeText(row, "key_name") }),
    action: textOf(row, "action"),
    isRefusedSignIn: numberOf(row, "is_refused") === 1,
    entries: numberOf(row, "entries"),
  }));
  const share = fairShare(kinds.map(({ entries }) => entries), most);
  for (const kind of kinds) {
    const { entries, action, keyName } = kind;
    if (entries > share) {
      await pruneBeyond(share, conditionOf(kind), { action, ...present({ keyName }) });
    }
  }
  if (kinds.length > most) await pruneBeyond(most, { condition: "1 = 1", values: [] }, {});

  async function pruneBeyond(
    kept: number,
    { condition, values }: Condition,
    names: Omit<PrunedEntries, "entries">,
  ): Promise<void> {
    if (progress.isStopped()) return;
    // By their place, so that processes that do this at the same time delete the same ones.
    const [oldestKept] = await query(
      `SELECT at, id FROM audit WHERE ${condition} ORDER BY at DESC, id DESC
        LIMIT 1 OFFSET $${values.length + 1}`,
      [...values, kept - 1],
    );
    // Another process has deleted more of them since they were counted.
    if (oldestKept === undefined) return;
    const place = [numberOf(oldestKept, "at"), textOf(oldestKept, "id")];
    const [at, id] = place.map((_, position) => `$${values.length + 1 + position}`);
    await deleteInChunks(query, {
      table: "audit",
      condition: `${condition} AND (at, id) < (${at}, ${id})`,
      values: [...values, ...place],
    }, {
      isStopped: progress.isStopped,
      onDeleted: (entries) => progress.onDeleted({ ...names, entries }),
    });
  }
}

interface Kind extends Required<Pick<PrunedEntries, "action" | "entries">> {
  readonly keyName?: string;
  readonly isRefusedSignIn: boolean;
}

interface Condition {
  readonly condition: string;
  readonly values: readonly SqlValue[];
}

/** In two parts, so that of all entries but sign-ins only the index is read. */
const KINDS = `
  SELECT key_name, action, 0 AS is_refused, COUNT(*) AS entries FROM audit
    WHERE action <> 'session.begin' GROUP BY key_name, action
  UNION ALL
  SELECT NULL, action, 1, COUNT(*) FROM audit
    WHERE action = 'session.begin' AND refused IS NOT NULL GROUP BY action
  UNION ALL
  SELECT key_name, action, 0, COUNT(*) FROM audit
    WHERE action = 'session.begin' AND refused IS NULL GROUP BY key_name, action`;

function conditionOf({ keyName, action, isRefusedSignIn }: Kind): Condition {
  if (isRefusedSignIn) {
    return { condition: "action = $1 AND refused IS NOT NULL", values: [action] };
  }
  const done = action === "session.begin" ? " AND refused IS NULL" : "";
  return keyName === undefined
    ? { condition: `action = $1 AND key_name IS NULL${done}`, values: [action] }
    : { condition: `action = $1 AND key_name = $2${done}`, values: [action, keyName] };
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
