import { pauseIn } from "./batchEnds.ts";
import { noteEvent } from "./batchEvents.ts";
import { type BatchHead, type BatchItem, batchOf } from "./batchRow.ts";
import type { Database, Query } from "../database.ts";
import { placeholders } from "../columns.ts";
import { numberOf, onlyRow, textOf } from "../row.ts";

/** What an operator changes of a batch; what is absent stays. */
export interface BatchChanges {
  readonly name?: string | undefined;
  readonly plan?: unknown;
  readonly startsAt?: number | null | undefined;
  readonly endsAt?: number | null | undefined;
}

/** What operators do with batches that are under way. */
export function createBatchControl(database: Database) {
  const { query } = database;
  return {
    /** Dials nothing more of it until it is resumed; false where it does not run. */
    pause: (id: string, now: number): Promise<boolean> =>
      database.transaction("batches", (query) => pauseIn(query, id, "operator", now)),
    /** False where it is not paused. Its queued calls are due at once. */
    resume: (id: string, now: number): Promise<boolean> =>
      database.transaction("batches", async (query) => {
        const resumed = await query(
          `UPDATE batches SET state = 'running', pause_reason = NULL, counted_from = $2
            WHERE id = $1 AND state = 'paused' AND done_at IS NULL RETURNING started_at`,
          [id, Math.round(now)],
        );
        if (resumed.length === 0) return false;
        if (resumed[0]?.["started_at"] !== null) {
          await noteEvent(query, { batchId: id, type: "resumed", at: now });
        }
        await query(
          `UPDATE dial_queue SET due_at = $2 WHERE claimed_at IS NULL AND due_at > $2
            AND call_id IN (SELECT call_id FROM batch_items
              WHERE batch_id = $1 AND state = 'placing')`,
          [id, Math.round(now)],
        );
        return true;
      }),
    /** Queues nothing more of it before a time; what changes its plan ends that. */
    async hold(id: string, until: number): Promise<void> {
      await query("UPDATE batches SET next_at = $2 WHERE id = $1 AND next_at < $2", [
        id,
        Math.round(until),
      ]);
    },
    /** Changes a batch that is paused; false where it is not. */
    change: (id: string, changes: BatchChanges): Promise<boolean> =>
      database.transaction("batches", async (query) => {
        if (!await isPaused(query, id)) return false;
        const { name, plan, startsAt, endsAt } = changes;
        if (name !== undefined) {
          await query("UPDATE batches SET name = $2 WHERE id = $1", [id, name]);
        }
        if (plan !== undefined) {
          // Hours may have changed: what waits for them is looked at again.
          await query("UPDATE batches SET plan = $2, next_at = 0 WHERE id = $1", [
            id,
            JSON.stringify(plan),
          ]);
          await query(
            `UPDATE batch_items SET due_at = 0
              WHERE batch_id = $1 AND state = 'pending' AND attempts = 0`,
            [id],
          );
        }
        if (startsAt !== undefined) {
          await query("UPDATE batches SET starts_at = $2 WHERE id = $1", [id, startsAt]);
        }
        if (endsAt !== undefined) {
          await query("UPDATE batches SET ends_at = $2 WHERE id = $1", [id, endsAt]);
        }
        return true;
      }),
    /**
     * Changes an item that has not been dialled, of a paused batch. Two items of a batch never call the same number,
     * as where it is made.
     */
    changeItem: (
      id: string,
      item: number,
      { number, variables }: Pick<BatchItem, "number" | "variables">,
    ): Promise<"changed" | "item_not_editable" | "duplicate_number"> =>
      database.transaction("batches", async (query) => {
        if (!await isPaused(query, id)) return "item_not_editable";
        const others = await query(
          `SELECT item FROM batch_items WHERE batch_id = $1 AND item <> $2 AND number = $3
            AND state NOT IN ('refused', 'cancelled') AND NOT EXISTS (
              SELECT 1 FROM batch_items AS own
                WHERE own.batch_id = $1 AND own.item = $2 AND own.number = $3
            ) LIMIT 1`,
          [id, item, number],
        );
        if (others.length > 0) return "duplicate_number";
        const changed = await query(
          `UPDATE batch_items SET number = $3, variables = $4, due_at = 0
            WHERE batch_id = $1 AND item = $2 AND state = 'pending' AND attempts = 0
            RETURNING item`,
          [id, item, number, variables === undefined ? null : JSON.stringify(variables)],
        );
        return changed.length > 0 ? "changed" : "item_not_editable";
      }),
    /** Cancels one pending item; false where it is not pending. */
    cancelItem: (id: string, item: number): Promise<boolean> =>
      database.transaction("batches", async (query) => {
        const cancelled = await query(
          `UPDATE batch_items SET state = 'cancelled', detail = 'cancelled'
            WHERE batch_id = $1 AND item = $2 AND state = 'pending' RETURNING item`,
          [id, item],
        );
        return cancelled.length > 0;
      }),
    /** Cancels the pending items; resolves with their number. */
    cancel: (id: string, now: number): Promise<number> =>
      database.transaction("batches", async (query) => {
        const stopped = await query(
          `UPDATE batches SET cancelled_at = $2, state = 'cancelled', pause_reason = NULL
            WHERE id = $1 AND cancelled_at IS NULL AND done_at IS NULL RETURNING id`,
          [id, Math.round(now)],
        );
        if (stopped.length > 0) await noteEvent(query, { batchId: id, type: "cancelled", at: now });
        const cancelled = await query(
          `UPDATE batch_items SET state = 'cancelled', detail = 'cancelled'
            WHERE batch_id = $1 AND state = 'pending' RETURNING item`,
          [id],
        );
        return cancelled.length;
      }),
    /** How many of the items that have one of these calls are cancelled. */
    async cancelledAmong(callIds: readonly string[]): Promise<number> {
      if (callIds.length === 0) return 0;
      const rows = await query(
        `SELECT COUNT(*) AS items FROM batch_items
          WHERE state = 'cancelled' AND call_id IN (${placeholders(callIds)})`,
        callIds,
      );
      return numberOf(onlyRow(rows), "items");
    },
    async isCancelled(id: string): Promise<boolean> {
      const cancelled = await query(
        "SELECT id FROM batches WHERE id = $1 AND cancelled_at IS NOT NULL",
        [id],
      );
      return cancelled.length > 0;
    },
    /** Calls of it that are in the queue. */
    async queuedCalls(id: string): Promise<readonly string[]> {
      const rows = await query(
        `SELECT call_id FROM batch_items
          WHERE batch_id = $1 AND state = 'placing' AND call_id IS NOT NULL`,
        [id],
      );
      return rows.map((row) => textOf(row, "call_id"));
    },
    /** A batch without how far it is. */
    async head(id: string): Promise<BatchHead | undefined> {
      const [row] = await query("SELECT * FROM batches WHERE id = $1", [id]);
      return row && batchOf(row);
    },
  };
}

async function isPaused(query: Query, id: string): Promise<boolean> {
  const paused = await query(
    "SELECT id FROM batches WHERE id = $1 AND state = 'paused' AND done_at IS NULL",
    [id],
  );
  return paused.length > 0;
}
