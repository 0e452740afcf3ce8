import type { Database, Query, Row } from "../database.ts";
import { choiceOf, maybeText, numberOf, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";

const batchEventTypes = ["started", "paused", "resumed", "cancelled", "done"] as const;

/** Something that became of a batch. */
export interface BatchEvent {
  readonly batchId: string;
  readonly type: (typeof batchEventTypes)[number];
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly reason?: string;
}

/** From 1, in the order of its batch. */
export interface NumberedBatchEvent extends BatchEvent {
  readonly sequence: number;
}

/** What became of batches, until it is told and after that. */
export function createBatchEvents({ query }: Database) {
  return {
    /** What has not been told yet, of all batches. */
    async untold(limit: number): Promise<readonly NumberedBatchEvent[]> {
      const rows = await query(
        "SELECT * FROM batch_events WHERE told = 0 ORDER BY at, batch_id, sequence LIMIT $1",
        [limit],
      );
      return rows.map(eventOf);
    },
    async markTold({ batchId, sequence }: NumberedBatchEvent): Promise<void> {
      await query("UPDATE batch_events SET told = 1 WHERE batch_id = $1 AND sequence = $2", [
        batchId,
        sequence,
      ]);
    },
    /** The latest of a batch, oldest first. */
    async eventsOf(batchId: string, limit: number): Promise<readonly NumberedBatchEvent[]> {
      const rows = await query(
        "SELECT * FROM batch_events WHERE batch_id = $1 ORDER BY sequence DESC LIMIT $2",
        [batchId, limit],
      );
      return rows.map(eventOf).reverse();
    },
  };
}

/** Notes an event in the transaction of what it tells of; the lock `batches` must be held. */
export async function noteEvent(
  query: Query,
  { batchId, type, at, reason }: BatchEvent,
): Promise<void> {
  await query(
    `INSERT INTO batch_events (batch_id, sequence, type, at, reason)
      SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, CAST($3 AS BIGINT), $4
      FROM batch_events WHERE batch_id = $1`,
    [batchId, type, Math.round(at), reason ?? null],
  );
}

function eventOf(row: Row): NumberedBatchEvent {
  return {
    batchId: textOf(row, "batch_id"),
    sequence: numberOf(row, "sequence"),
    type: choiceOf(row, "type", batchEventTypes),
    at: numberOf(row, "at"),
    ...present({ reason: maybeText(row, "reason") }),
  };
}
