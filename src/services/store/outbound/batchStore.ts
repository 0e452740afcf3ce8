import { type AdmittedCall, recordAndEnqueue } from "./admittedCall.ts";
import type { Database, Query, Row, SqlValue } from "../database.ts";
import { choiceOf, maybeJson, maybeText, numberOf, onlyRow, readableJson, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";

/** Every item is in one of these; nothing follows the last three. */
export const batchItemStates = [
  "pending",
  "placing",
  "placed",
  "ended",
  "refused",
  "cancelled",
] as const;
export type BatchItemState = (typeof batchItemStates)[number];

/** A batch to be stored; its items are placed in their order. */
export interface NewBatch {
  readonly id: string;
  readonly keyName?: string;
  /** What all its calls have in common, as JSON can hold it. */
  readonly request: unknown;
  readonly items: readonly { readonly number: string; readonly variables?: unknown }[];
}

/** A batch and how far it is. */
export interface Batch {
  readonly id: string;
  readonly keyName?: string;
  readonly createdAt: number;
  readonly request: unknown;
  /** How many of its items are in each state. */
  readonly progress: Readonly<Record<BatchItemState, number>>;
}

/** One number of a batch. */
export interface BatchItem {
  readonly batchId: string;
  /** From 0, in the order they were given. */
  readonly item: number;
  readonly number: string;
  readonly variables?: unknown;
  readonly state: BatchItemState;
  readonly callId?: string;
  /** An outcome, or the code of a refusal. */
  readonly detail?: string;
}

/** How pending items become queued calls, and how many. */
export interface BatchFeed {
  /** Of all batches, in all processes. */
  readonly most: number;
  readonly now: number;
  /** Undefined for a malformed item: it is refused. */
  readonly callOf: (
    item: BatchItem,
    batch: Pick<Batch, "id" | "keyName" | "request">,
  ) => AdmittedCall | undefined;
}

/** How an item ended; none of these states changes any more. */
export interface BatchItemEnd {
  readonly state: "ended" | "refused" | "cancelled";
  readonly detail: string;
}

export type BatchStore = ReturnType<typeof createBatchStore>;

/** Lists of calls to be placed one after another. */
export function createBatchStore(database: Database) {
  const { query } = database;
  return {
    /** Stores a batch; false where more than `most` of its key's items would then wait. */
    create: (
      { id, keyName, request, items }: NewBatch,
      now: number,
      most = Infinity,
    ): Promise<boolean> =>
      database.transaction("batches", async (query) => {
        const waiting = await query(
          `SELECT COUNT(*) AS items FROM batch_items JOIN batches
            ON batches.id = batch_items.batch_id
            WHERE state = 'pending' AND COALESCE(key_name, '') = $1`,
          [keyName ?? ""],
        );
        if (numberOf(onlyRow(waiting), "items") + items.length > most) return false;
        await query(
          "INSERT INTO batches (id, key_name, created_at, request) VALUES ($1, $2, $3, $4)",
          [id, keyName ?? null, Math.round(now), JSON.stringify(request)],
        );
        for (let at = 0; at < items.length; at += ITEMS_AT_ONCE) {
          await query(...insertItems(id, at, items.slice(at, at + ITEMS_AT_ONCE)));
        }
        return true;
      }),
    async get(id: string): Promise<Batch | undefined> {
      const [row] = await query("SELECT * FROM batches WHERE id = $1", [id]);
      if (row === undefined) return undefined;
      const counts = await query(
        "SELECT state, COUNT(*) AS items FROM batch_items WHERE batch_id = $1 GROUP BY state",
        [id],
      );
      const progress = { pending: 0, placing: 0, placed: 0, ended: 0, refused: 0, cancelled: 0 };
      for (const count of counts) {
        progress[choiceOf(count, "state", batchItemStates)] = numberOf(count, "items");
      }
      return {
        id,
        createdAt: numberOf(row, "created_at"),
        request: maybeJson(row, "request"),
        progress,
        ...present({ keyName: maybeText(row, "key_name") }),
      };
    },
    async items(
      id: string,
      { limit, after = -1 }: { readonly limit: number; readonly after?: number },
    ): Promise<readonly BatchItem[]> {
      const rows = await query(
        "SELECT * FROM batch_items WHERE batch_id = $1 AND item > $2 ORDER BY item LIMIT $3",
        [id, after, limit],
      );
      return rows.map(itemOf);
    },
    /**
     * Queues the calls of pending items, oldest batch first, until `most` calls of batches are due there;
     * resolves with the number of items. An item is either pending, or its call is recorded and queued: a
     * process that dies leaves nothing in between, and any process goes on.
     */
    feed: (feed: BatchFeed): Promise<number> =>
      database.transaction("batches", (query) => feedFrom(query, feed)),
    /** Twilio has the call of an item. */
    async markPlaced(callId: string): Promise<void> {
      // It may have ended already.
      await query(
        "UPDATE batch_items SET state = 'placed' WHERE call_id = $1 AND state = 'placing'",
        [callId],
      );
    },
    /** The call of an item is over, and is not tried again. */
    async markEnded(callId: string, { state, detail }: BatchItemEnd): Promise<void> {
      await query(
        `UPDATE batch_items SET state = $2, detail = $3
          WHERE call_id = $1 AND state IN ('placing', 'placed')`,
        [callId, state, detail],
      );
    },
    /** Cancels the pending items; resolves with their number. */
    cancel(id: string, now: number): Promise<number> {
      return database.transaction("batches", async (query) => {
        await query("UPDATE batches SET cancelled_at = COALESCE(cancelled_at, $2) WHERE id = $1", [
          id,
          Math.round(now),
        ]);
        const cancelled = await query(
          `UPDATE batch_items SET state = 'cancelled', detail = 'cancelled'
            WHERE batch_id = $1 AND state = 'pending' RETURNING item`,
          [id],
        );
        return cancelled.length;
      });
    },
    async isCancelled(id: string): Promise<boolean> {
      const cancelled = await query(
        "SELECT id FROM batches WHERE id = $1 AND cancelled_at IS NOT NULL",
        [id],
      );
      return cancelled.length > 0;
    },
  };
}

const ITEMS_AT_ONCE = 100;

function insertItems(
  batchId: string,
  first: number,
  items: NewBatch["items"],
): readonly [sql: string, values: readonly SqlValue[]] {
  const values: SqlValue[] = [batchId];
  const rows = items.map(({ number, variables }, at) => {
    const position = values.push(
      ...[first + at, number, variables === undefined ? null : JSON.stringify(variables)],
    );
    return `($1, $${position - 2}, $${position - 1}, $${position}, 'pending')`;
  });
  return [
    `INSERT INTO batch_items (batch_id, item, number, variables, state) VALUES ${rows.join(", ")}`,
    values,
  ];
}

async function feedFrom(query: Query, { most, now, callOf }: BatchFeed): Promise<number> {
  // Calls that wait for a later time, such as further attempts, do not count.
  const waiting = await query(
    `SELECT COUNT(*) AS calls FROM batch_items JOIN dial_queue
      ON dial_queue.call_id = batch_items.call_id
      WHERE state = 'placing' AND claimed_at IS NULL AND due_at <= $1`,
    [Math.round(now)],
  );
  const limit = most - numberOf(onlyRow(waiting), "calls");
  if (limit <= 0) return 0;
  const pending = await query(
    `SELECT batch_items.*, key_name, request FROM batch_items
      JOIN batches ON batches.id = batch_items.batch_id WHERE state = 'pending'
      ORDER BY created_at, batch_id, item LIMIT $1`,
    [limit],
  );
  for (const row of pending) {
    const item = itemOf(row);
    const admitted = callOf(item, {
      id: item.batchId,
      request: readableJson(row, "request"),
      ...present({ keyName: maybeText(row, "key_name") }),
    });
    const updated = await query(
      `UPDATE batch_items SET state = $3, call_id = $4, detail = $5
        WHERE batch_id = $1 AND item = $2 AND state = 'pending' RETURNING item`,
      [
        item.batchId,
        item.item,
        admitted === undefined ? "refused" : "placing",
        admitted?.call.id ?? null,
        admitted === undefined ? "not_understood" : null,
      ],
    );
    // It may have been erased in between.
    if (admitted === undefined || updated.length === 0) continue;
    await recordAndEnqueue(query, admitted, now);
  }
  return pending.length;
}

function itemOf(row: Row): BatchItem {
  return {
    batchId: textOf(row, "batch_id"),
    item: numberOf(row, "item"),
    number: textOf(row, "number"),
    state: choiceOf(row, "state", batchItemStates),
    ...present({
      // Null where they cannot be read: no call is made of such an item.
      variables: maybeText(row, "variables") === undefined
        ? undefined
        : readableJson(row, "variables") ?? null,
      callId: maybeText(row, "call_id"),
      detail: maybeText(row, "detail"),
    }),
  };
}
