import type { CallRecord } from "./calls/callRecord.ts";
import { callOf } from "./calls/callRows.ts";
import { placeholders } from "./columns.ts";
import type { Database } from "./database.ts";
import { maybeNumber, maybeText, numberOf, readable, textOf } from "./row.ts";
import { databaseTime } from "./sharedClock.ts";

/** The last heartbeat of a process. */
export interface Beat {
  readonly instanceId: string;
  /** By the database's clock, in milliseconds since 1970. */
  readonly beatAt: number;
  /** By the same clock; negative where it has been set back since. */
  readonly ageMs: number;
  /** False for one of an earlier version, which records no slot and knows none of the later questions. */
  readonly answers: boolean;
}

/** A process as the others know it. */
export interface KnownInstance {
  readonly instanceId: string;
  /** Machine, address and port, where they are known. */
  readonly place: string | undefined;
  /** Since its last heartbeat, by the database's clock. */
  readonly ageMs: number;
}

/** A process that listens somewhere. */
export interface SlotHolder {
  readonly isLeaving: boolean;
}

/** Three beats missed. */
const HOLDER_SILENT_MS = 30_000;

export type Instances = ReturnType<typeof createInstances>;

/** Heartbeats of processes, by which the calls of dead ones are found. */
export function createInstances(database: Database) {
  const { query } = database;
  const now = databaseTime(database);
  return {
    /** Records the time by the database's clock: those of processes may differ. */
    async beat(instanceId: string): Promise<void> {
      await query(
        `INSERT INTO instances (id, beat_at) VALUES ($1, ${now})
          ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at`,
        [instanceId],
      );
    },
    /** Records where a process listens; returns the ids of others that have listened there. */
    async occupySlot(instanceId: string, slot: string): Promise<readonly string[]> {
      await query(
        `INSERT INTO instances (id, beat_at, slot) VALUES ($1, ${now}, $2)
          ON CONFLICT (id) DO UPDATE SET slot = excluded.slot`,
        [instanceId, slot],
      );
      const others = await query("SELECT id FROM instances WHERE slot = $1 AND id <> $2", [
        slot,
        instanceId,
      ]);
      return others.map((row) => textOf(row, "id"));
    },
    /** Gives a call without an end from one process to another; false where the first has it no more. */
    async claimCall(
      callId: string,
      { from, to }: { readonly from: string; readonly to: string },
    ): Promise<boolean> {
      const claimed = await query(
        `UPDATE calls SET instance_id = $3 WHERE id = $1 AND instance_id = $2 AND ended_at IS NULL
          RETURNING id`,
        [callId, from, to],
      );
      return claimed.length > 0;
    },
    /** A process takes no more calls and is about to stop listening. */
    async markLeaving(instanceId: string): Promise<void> {
      await query(`UPDATE instances SET leaving_at = ${now} WHERE id = $1`, [instanceId]);
    },
    /** The process whose slot fits this LIKE pattern, unless its heartbeat has stopped; not `instanceId`. */
    async holderOf(slots: string, instanceId: string): Promise<SlotHolder | undefined> {
      const rows = await query(
        `SELECT leaving_at, ${now} - beat_at AS age_ms FROM instances
          WHERE slot LIKE $1 AND id <> $2 ORDER BY beat_at DESC LIMIT 1`,
        [slots, instanceId],
      );
      const [row] = rows;
      if (row === undefined || numberOf(row, "age_ms") > HOLDER_SILENT_MS) return undefined;
      return { isLeaving: maybeNumber(row, "leaving_at") !== undefined };
    },
    async leave(instanceId: string): Promise<void> {
      await query("DELETE FROM instances WHERE id = $1", [instanceId]);
    },
    async beats(): Promise<readonly Beat[]> {
      const rows = await query(
        `SELECT id, beat_at, slot, ${now} - beat_at AS age_ms FROM instances`,
      );
      return rows.map((row) => ({
        instanceId: textOf(row, "id"),
        beatAt: numberOf(row, "beat_at"),
        ageMs: numberOf(row, "age_ms"),
        answers: maybeText(row, "slot") !== undefined,
      }));
    },
    /** Processes that are not about to stop, the longest silent last, 100 at most. */
    async known(): Promise<readonly KnownInstance[]> {
      const rows = await query(
        `SELECT id, slot, ${now} - beat_at AS age_ms FROM instances WHERE leaving_at IS NULL
          ORDER BY beat_at DESC, id LIMIT 100`,
      );
      return rows.map((row) => {
        const instanceId = textOf(row, "id");
        const slot = maybeText(row, "slot");
        return {
          instanceId,
          place: slot === instanceId ? undefined : slot,
          ageMs: numberOf(row, "age_ms"),
        };
      });
    },
    /** Browsers' calls without an end that a process holds, but for those it knows of, 1000 at most. */
    async browserCallsOf(
      instanceId: string,
      known: readonly string[],
    ): Promise<readonly CallRecord[]> {
      const rows = await query(
        `SELECT * FROM calls WHERE status IN ('queued', 'ringing', 'live')
          AND direction = 'web' AND instance_id = $1
          ${known.length === 0 ? "" : `AND id NOT IN (${placeholders(known, 2)})`} LIMIT 1000`,
        [instanceId, ...known],
      );
      return readable(rows, callOf);
    },
    /** Calls without an end whose process is not among those given, oldest first, 1000 at most. */
    async abandonedCalls(alive: readonly string[]): Promise<readonly CallRecord[]> {
      const rows = await query(
        `SELECT * FROM calls WHERE status IN ('queued', 'ringing', 'live')
          ${alive.length === 0 ? "" : `AND instance_id NOT IN (${placeholders(alive)})`}
          ORDER BY started_at LIMIT 1000`,
        alive,
      );
      return readable(rows, callOf);
    },
  };
}
