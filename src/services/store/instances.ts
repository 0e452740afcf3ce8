import type { CallRecord } from "./callRecord.ts";
import { callOf } from "./callRows.ts";
import type { Database } from "./database.ts";

/** Which processes are alive, so that none gives up the calls of another. */
export interface Instances {
  /** To be told again well within `staleMs`. */
  beat(instanceId: string, now: number): Promise<void>;
  leave(instanceId: string): Promise<void>;
  /** Calls without an end whose process is gone, oldest first, `limit` at most. */
  abandonedCalls(
    now: number,
    options?: { readonly staleMs?: number; readonly limit?: number },
  ): Promise<readonly CallRecord[]>;
}

export function createInstances({ query }: Database): Instances {
  return {
    async beat(instanceId, now) {
      await query(
        `INSERT INTO instances (id, beat_at) VALUES ($1, $2)
          ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at`,
        [instanceId, Math.round(now)],
      );
    },
    async leave(instanceId) {
      await query("DELETE FROM instances WHERE id = $1", [instanceId]);
    },
    async abandonedCalls(now, { staleMs = 60_000, limit = 1000 } = {}) {
      const rows = await query(
        `SELECT * FROM calls WHERE status IN ('queued', 'ringing', 'live')
          AND instance_id NOT IN (SELECT id FROM instances WHERE beat_at > $1)
          ORDER BY started_at LIMIT $2`,
        [Math.round(now - staleMs), limit],
      );
      return rows.map(callOf);
    },
  };
}
