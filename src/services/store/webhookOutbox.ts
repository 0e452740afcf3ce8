import { deleteInChunks, type DeletionProgress } from "./chunkedDeletion.ts";
import type { Database, Row, Statement } from "./database.ts";
import { maybeText, numberOf, textOf } from "./row.ts";
import { storableText } from "./columns.ts";
import { present } from "../../utils/present.ts";

/** One event to be delivered to one endpoint. */
export interface NewDelivery {
  /** Also the event's id for its receiver, the same on every attempt. */
  readonly id: string;
  readonly endpoint: string;
  readonly eventType: string;
  readonly callId?: string;
  /** The body, exactly as it will be sent and signed. */
  readonly payload: string;
}

/** A delivery as it is claimed, or a dead letter. */
export interface Delivery extends NewDelivery {
  /** Attempts so far, the present one included. */
  readonly attempts: number;
  readonly createdAt: number;
  readonly lastError?: string;
}

/** The position of a dead letter in the list. */
export interface DeadLetterPosition {
  readonly deadAt: number;
  readonly id: string;
}

export type WebhookOutbox = ReturnType<typeof createWebhookOutbox>;

/** Deliveries still to be made; they outlive the process. */
export function createWebhookOutbox(database: Database) {
  const { query } = database;
  return {
    enqueue: (deliveries: readonly NewDelivery[], now: number): Promise<void> =>
      database.batch(deliveries.map((delivery) => deliveryInsert(delivery, Math.round(now)))),
    /** Leases due deliveries; one that is not marked within `leaseMs` is due again. */
    claim(
      now: number,
      { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
    ): Promise<readonly Delivery[]> {
      return database.transaction("outbox", async (query) => {
        const rows = await query(
          `UPDATE deliveries SET attempts = attempts + 1, due_at = $2 WHERE id IN (
            SELECT id FROM deliveries WHERE dead_at IS NULL AND due_at <= $1
            ORDER BY due_at, id LIMIT $3) RETURNING *`,
          [Math.round(now), Math.round(now + leaseMs), limit],
        );
        return rows.map(deliveryOf).sort((a, b) => a.createdAt - b.createdAt);
      });
    },
    async markDelivered(id: string): Promise<void> {
      await query("DELETE FROM deliveries WHERE id = $1", [id]);
    },
    /** Schedules the next attempt, or makes it a dead letter. */
    async markFailed(
      id: string,
      error: string,
      next: { readonly retryAt: number } | "dead",
      now: number,
    ): Promise<void> {
      const isDead = next === "dead";
      await query(
        "UPDATE deliveries SET due_at = $2, dead_at = $3, last_error = $4 WHERE id = $1",
        [
          id,
          Math.round(isDead ? now : next.retryAt),
          isDead ? Math.round(now) : null,
          storableText(error).slice(0, 500),
        ],
      );
    },
    /** When the next delivery is due; undefined where there is none. */
    async nextDue(): Promise<number | undefined> {
      const [row] = await query(
        "SELECT due_at FROM deliveries WHERE dead_at IS NULL ORDER BY due_at LIMIT 1",
      );
      return row && numberOf(row, "due_at");
    },
    /** Latest first, those after `after`. */
    async deadLetters(
      { limit, after = { deadAt: Number.MAX_SAFE_INTEGER, id: "" } }: {
        readonly limit: number;
        readonly after?: DeadLetterPosition;
      },
    ): Promise<readonly (Delivery & DeadLetterPosition)[]> {
      const rows = await query(
        `SELECT * FROM deliveries WHERE dead_at < $1 OR (dead_at = $1 AND id > $2)
          ORDER BY dead_at DESC, id LIMIT $3`,
        [after.deadAt, after.id, limit],
      );
      return rows.map((row) => ({ ...deliveryOf(row), deadAt: numberOf(row, "dead_at") }));
    },
    /** False where there is no dead letter of this id. */
    async resend(id: string, now: number): Promise<boolean> {
      const resent = await query(
        `UPDATE deliveries SET dead_at = NULL, attempts = 0, due_at = $2
          WHERE id = $1 AND dead_at IS NOT NULL RETURNING id`,
        [id, Math.round(now)],
      );
      return resent.length > 0;
    },
    /** Deletes the dead letters from before that time, or what has waited for an attempt since then. */
    prune: (
      kind: "dead" | "waiting",
      before: number,
      progress: DeletionProgress<number>,
    ): Promise<void> =>
      deleteInChunks(query, {
        table: "deliveries",
        condition: kind === "dead" ? "dead_at < $1" : "dead_at IS NULL AND due_at < $1",
        values: [Math.round(before)],
      }, progress),
  };
}

/** The statement that enqueues a delivery. Nothing is delivered of calls that are to be erased. */
export function deliveryInsert(
  { id, endpoint, eventType, callId, payload }: NewDelivery,
  now: number,
): Statement {
  return {
    sql: `INSERT INTO deliveries (id, endpoint, event_type, call_id, payload, created_at, due_at)
      SELECT $1, $2, $3, $4, $5, $6, $7
      WHERE NOT EXISTS (SELECT 1 FROM erased_calls WHERE erased_calls.call_id = $4)
      ON CONFLICT (id) DO NOTHING`,
    values: [id, endpoint, eventType, callId ?? null, storableText(payload), now, now],
  };
}

function deliveryOf(row: Row): Delivery {
  return {
    id: textOf(row, "id"),
    endpoint: textOf(row, "endpoint"),
    eventType: textOf(row, "event_type"),
    payload: textOf(row, "payload"),
    attempts: numberOf(row, "attempts"),
    createdAt: numberOf(row, "created_at"),
    ...present({ callId: maybeText(row, "call_id"), lastError: maybeText(row, "last_error") }),
  };
}
