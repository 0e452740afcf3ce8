import type { Database } from "./database.ts";
import { maybeJson } from "./row.ts";

/** What a key has asked for and what has not been dialled yet. */
export interface KeyCalls {
  /** Takes the key's calls out of their turn, so that nobody dials them; gives what was queued of each. */
  takeQueued(keyName: string, now: number): Promise<readonly unknown[]>;
  /** Refuses what has not come from its batch into the queue yet; gives how many calls that were. */
  refusePending(keyName: string, detail: string): Promise<number>;
}

export function createKeyCalls(database: Database): KeyCalls {
  return {
    takeQueued(keyName, now) {
      return database.transaction("dial", async (query) => {
        const taken = await query(
          `UPDATE dial_queue SET claimed_at = $2 WHERE claimed_at IS NULL
            AND call_id IN (SELECT id FROM calls WHERE key_name = $1) RETURNING payload`,
          [keyName, Math.round(now)],
        );
        return taken.map((row) => maybeJson(row, "payload"));
      });
    },
    refusePending(keyName, detail) {
      return database.transaction("batches", async (query) => {
        const refused = await query(
          `UPDATE batch_items SET state = 'refused', detail = $2
            WHERE state = 'pending' AND batch_id IN (SELECT id FROM batches WHERE key_name = $1)
            RETURNING item`,
          [keyName, detail],
        );
        return refused.length;
      });
    },
  };
}
