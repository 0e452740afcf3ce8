import type { Database, Row } from "./database.ts";
import { choiceOf, maybeJson, maybeText, numberOf, present, textOf } from "./row.ts";

export type BatchItemState = "pending" | "placing" | "placed" | "ended" | "refused" | "cancelled";

export interface NewBatch {
  readonly id: string;
  readonly keyName?: string;
  /** What all its calls have in common, as JSON can hold it. */
  readonly request: unknown;
  readonly items: readonly { readonly number: string; readonly variables?: unknown }[];
}

export interface Batch {
  readonly id: string;
  readonly keyName?: string;
  readonly createdAt: number;
  readonly request: unknown;
  /** How many of its items are in each state. */
  readonly progress: Readonly<Record<BatchItemState, number>>;
}

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

/** Lists of calls to be placed one after another. */
export interface Batches {
  create(batch: NewBatch, now: number): Promise<void>;
  get(id: string): Promise<Batch | undefined>;
  items(
    id: string,
    page: { readonly limit: number; readonly after?: number },
  ): Promise<readonly BatchItem[]>;
  /** Takes pending items, oldest batch first: they are `placing` afterwards. */
  take(limit: number): Promise<readonly BatchItem[]>;
  /** What is not given stays as it is. */
  change(
    item: Pick<BatchItem, "batchId" | "item">,
    change: { readonly state: BatchItemState; readonly callId?: string; readonly detail?: string },
  ): Promise<void>;
  /** Gives back what a process took and could not begin with before it died. */
  recover(): Promise<void>;
  byCall(callId: string): Promise<BatchItem | undefined>;
  /** Cancels what is pending; gives how many items that were. */
  cancel(id: string): Promise<number>;
}

export function createBatches(database: Database): Batches {
  const { query } = database;
  return {
    create: ({ id, keyName, request, items }, now) =>
      database.batch([
        {
          sql: "INSERT INTO batches (id, key_name, created_at, request) VALUES ($1, $2, $3, $4)",
          values: [id, keyName ?? null, Math.round(now), JSON.stringify(request)],
        },
        ...items.map(({ number, variables }, at) => ({
          sql: `INSERT INTO batch_items (batch_id, item, number, variables, state)
            VALUES ($1, $2, $3, $4, 'pending')`,
          values: [id, at, number, variables === undefined ? null : JSON.stringify(variables)],
        })),
      ]),
    async get(id) {
      const [row] = await query("SELECT * FROM batches WHERE id = $1", [id]);
      if (row === undefined) return undefined;
      const counts = await query(
        "SELECT state, COUNT(*) AS items FROM batch_items WHERE batch_id = $1 GROUP BY state",
        [id],
      );
      const progress = { ...nothing };
      for (const count of counts) {
        progress[choiceOf(count, "state", nothing)] = numberOf(count, "items");
      }
      return {
        id,
        createdAt: numberOf(row, "created_at"),
        request: maybeJson(row, "request"),
        progress,
        ...present({ keyName: maybeText(row, "key_name") }),
      };
    },
    async items(id, { limit, after = -1 }) {
      const rows = await query(
        "SELECT * FROM batch_items WHERE batch_id = $1 AND item > $2 ORDER BY item LIMIT $3",
        [id, after, limit],
      );
      return rows.map(itemOf);
    },
    take(limit) {
      return database.transaction("batches", async (query) => {
        const pending = await query(
          `SELECT batch_items.batch_id, batch_items.item FROM batch_items
            JOIN batches ON batches.id = batch_items.batch_id WHERE state = 'pending'
            ORDER BY created_at, batch_id, item LIMIT $1`,
          [limit],
        );
        const taken: BatchItem[] = [];
        for (const row of pending) {
          const changed = await query(
            `UPDATE batch_items SET state = 'placing' WHERE batch_id = $1 AND item = $2
              RETURNING *`,
            [textOf(row, "batch_id"), numberOf(row, "item")],
          );
          taken.push(...changed.map(itemOf));
        }
        return taken;
      });
    },
    async change({ batchId, item }, { state, callId, detail }) {
      await query(
        `UPDATE batch_items SET state = $3, call_id = COALESCE($4, call_id),
          detail = COALESCE($5, detail) WHERE batch_id = $1 AND item = $2`,
        [batchId, item, state, callId ?? null, detail ?? null],
      );
    },
    async recover() {
      await query(
        "UPDATE batch_items SET state = 'pending' WHERE state = 'placing' AND call_id IS NULL",
      );
    },
    async byCall(callId) {
      const [row] = await query("SELECT * FROM batch_items WHERE call_id = $1", [callId]);
      return row && itemOf(row);
    },
    async cancel(id) {
      const cancelled = await query(
        `UPDATE batch_items SET state = 'cancelled' WHERE batch_id = $1 AND state = 'pending'
          RETURNING item`,
        [id],
      );
      return cancelled.length;
    },
  };
}

const nothing: Readonly<Record<BatchItemState, number>> = {
  pending: 0,
  placing: 0,
  placed: 0,
  ended: 0,
  refused: 0,
  cancelled: 0,
};

function itemOf(row: Row): BatchItem {
  return {
    batchId: textOf(row, "batch_id"),
    item: numberOf(row, "item"),
    number: textOf(row, "number"),
    state: choiceOf(row, "state", nothing),
    ...present({
      variables: maybeJson(row, "variables"),
      callId: maybeText(row, "call_id"),
      detail: maybeText(row, "detail"),
    }),
  };
}
