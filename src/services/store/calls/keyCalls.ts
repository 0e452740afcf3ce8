import type { Database } from "../database.ts";
import type { CallRecord } from "./callRecord.ts";
import { callOf } from "./callRows.ts";
import { readable, readableJson, textOf } from "../row.ts";

export type KeyCalls = ReturnType<typeof createKeyCalls>;

/** The calls of one API key: queued ones and live ones. */
export function createKeyCalls(database: Database) {
  return {
    /** Claims the key's queued calls, so that no process dials them; resolves with their payloads. */
    claimQueued(keyName: string, now: number): Promise<readonly unknown[]> {
      return database.transaction("dial", async (query) => {
        const taken = await query(
          `UPDATE dial_queue SET claimed_at = $2 WHERE claimed_at IS NULL
            AND call_id IN (SELECT id FROM calls WHERE key_name = $1) RETURNING call_id, payload`,
          [keyName, Math.round(now)],
        );
        for (const row of taken) {
          await query("UPDATE calls SET outcome = 'failed' WHERE id = $1 AND outcome IS NULL", [
            textOf(row, "call_id"),
          ]);
        }
        return taken.map((row) => readableJson(row, "payload"));
      });
    },
    /** Refuses the key's batch items that are not queued yet; resolves with their number. */
    refusePending(keyName: string, detail: string): Promise<number> {
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
    /** The key's calls that are neither over nor queued, oldest first. */
    async activeCalls(keyName: string): Promise<readonly CallRecord[]> {
      // A queued call that has an outcome is about to end.
      const rows = await database.query(
        `SELECT * FROM calls WHERE key_name = $1 AND status IN ('queued', 'ringing', 'live')
          AND NOT (status = 'queued' AND (outcome IS NOT NULL OR EXISTS (
            SELECT 1 FROM dial_queue WHERE call_id = calls.id AND claimed_at IS NULL)))
          ORDER BY started_at, id`,
        [keyName],
      );
      return readable(rows, callOf);
    },
  };
}
