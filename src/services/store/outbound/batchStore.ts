import type { Database, Query, SqlValue } from "../database.ts";
import { choiceOf, numberOf, onlyRow, textOf } from "../row.ts";
import { placeholders } from "../columns.ts";
import { createBatchControl } from "./batchControl.ts";
import { createBatchEnds } from "./batchEnds.ts";
import { createBatchEvents } from "./batchEvents.ts";
import { createBatchFeed } from "./batchFeed.ts";
import { createBatchResults } from "./batchResults.ts";
import {
  type BatchHead,
  type BatchItem,
  type BatchItemState,
  batchItemStates,
  batchOf,
  itemOf,
} from "./batchRow.ts";

/** What became of the attempt to store a batch. */
export type StoredBatch =
  | "stored"
  /** There is one of that id. */
  | "exists"
  /** Too many items of the key would wait. */
  | "full"
  /** An item of another batch has a digest of these. */
  | "taken";

/** A batch to be stored; its items are placed in their order, and known by it. */
export interface NewBatch {
  readonly id: string;
  readonly keyName?: string;
  readonly name?: string | undefined;
  /** What all its calls have in common, as JSON can hold it. */
  readonly request: unknown;
  readonly plan?: unknown;
  readonly startsAt?: number | undefined;
  readonly endsAt?: number | undefined;
  /** Begins paused, until it is resumed. */
  readonly isPaused?: boolean;
  readonly items: readonly NewBatchItem[];
}

export interface NewBatchItem {
  readonly number: string;
  readonly variables?: unknown;
  readonly reference?: string | undefined;
  /** A digest: of all items with the same one, only the first is taken. */
  readonly requestKey?: string | undefined;
  readonly details?: unknown;
  /** Not before then, in milliseconds since 1970. */
  readonly dueAt?: number | undefined;
  /** Why no call is made of it; absent for one that waits. */
  readonly refusal?: string | undefined;
}

/** A batch and how far it is. */
export interface Batch extends BatchHead {
  /** How many of its items are in each state. */
  readonly progress: Readonly<Record<BatchItemState, number>>;
}

export type BatchStore = ReturnType<typeof createBatchStore>;

/** Lists of calls to be placed one after another. */
export function createBatchStore(database: Database) {
  const { query } = database;
  return {
    /**
     * Stores a batch with all its items, or nothing: at most `most` of its key's items wait then, and no two
     * items of all batches have the same `requestKey`.
     */
    create: (batch: NewBatch, now: number, most = Infinity): Promise<StoredBatch> =>
      database.transaction("batches", async (query) => {
        const { id, keyName, name, request, plan, startsAt, endsAt, items } = batch;
        // The same request, sent twice at the same time.
        if ((await query("SELECT id FROM batches WHERE id = $1", [id])).length > 0) return "exists";
        if ((await takenKeys(query, keysOf(items))).size > 0) return "taken";
        const waiting = items.filter(({ refusal }) => refusal === undefined).length;
        if (waiting > 0 && await pendingOf(query, keyName) + waiting > most) return "full";
        await query(
          `INSERT INTO batches (id, key_name, created_at, request, name, plan, starts_at, ends_at,
            state, pause_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
          [
            id,
            keyName ?? null,
            Math.round(now),
            JSON.stringify(request),
            name ?? null,
            plan === undefined ? null : JSON.stringify(plan),
            startsAt ?? null,
            endsAt ?? null,
            ...(batch.isPaused === true ? ["paused", "operator"] : ["running", null]),
          ],
        );
        for (let at = 0; at < items.length; at += ITEMS_AT_ONCE) {
          await query(...insertItems(id, at, items.slice(at, at + ITEMS_AT_ONCE)));
        }
        return "stored";
      }),
    /** Those of the digests that an item has already. */
    taken: (keys: readonly string[]): Promise<ReadonlySet<string>> => takenKeys(query, keys),
    /** How many items of a key wait. */
    pending: (keyName: string | undefined): Promise<number> => pendingOf(query, keyName),
    async get(id: string): Promise<Batch | undefined> {
      const [row] = await query("SELECT * FROM batches WHERE id = $1", [id]);
      if (row === undefined) return undefined;
      const [batch] = await withProgress(query, [batchOf(row)]);
      return batch;
    },
    /** The latest first; those of one key, or of all. */
    async list(
      { keyName, limit, before }: {
        readonly keyName?: string | undefined;
        readonly limit: number;
        /** The id of a batch: those that are older. */
        readonly before?: string | undefined;
      },
    ): Promise<readonly Batch[]> {
      const rows = await query(
        `SELECT * FROM batches WHERE ($1 = '' OR key_name = $1)
          AND ($2 = '' OR (created_at, id) < (SELECT created_at, id FROM batches WHERE id = $2))
          ORDER BY created_at DESC, id DESC LIMIT $3`,
        [keyName ?? "", before ?? "", limit],
      );
      return await withProgress(query, rows.map(batchOf));
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
    /** Items that were refused, at the request or later, from after one on. */
    async refusedItems(
      id: string,
      { limit, after = -1 }: { readonly limit: number; readonly after?: number },
    ): Promise<readonly BatchItem[]> {
      const rows = await query(
        `SELECT * FROM batch_items WHERE batch_id = $1 AND state = 'refused' AND item > $2
          ORDER BY item LIMIT $3`,
        [id, after, limit],
      );
      return rows.map(itemOf);
    },
    ...createBatchFeed(database),
    ...createBatchEnds(database),
    ...createBatchControl(database),
    ...createBatchEvents(database),
    ...createBatchResults(database),
  };
}

const ITEMS_AT_ONCE = 100;
const KEYS_AT_ONCE = 500;

function keysOf(items: readonly NewBatchItem[]): readonly string[] {
  return items.flatMap(({ requestKey }) => requestKey ?? []);
}

async function takenKeys(query: Query, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const some = keys.slice(at, at + KEYS_AT_ONCE);
    const rows = await query(
      `SELECT request_key FROM batch_items WHERE request_key IN (${placeholders(some)})`,
      some,
    );
    for (const row of rows) taken.add(textOf(row, "request_key"));
  }
  return taken;
}

async function pendingOf(query: Query, keyName: string | undefined): Promise<number> {
  const waiting = await query(
    `SELECT COUNT(*) AS items FROM batch_items JOIN batches
      ON batches.id = batch_items.batch_id
      WHERE batch_items.state = 'pending' AND COALESCE(key_name, '') = $1`,
    [keyName ?? ""],
  );
  return numberOf(onlyRow(waiting), "items");
}

async function withProgress(
  query: Query,
  batches: readonly BatchHead[],
): Promise<readonly Batch[]> {
  if (batches.length === 0) return [];
  const ids = batches.map(({ id }) => id);
  const counts = await query(
    `SELECT batch_id, state, COUNT(*) AS items FROM batch_items
      WHERE batch_id IN (${placeholders(ids)}) GROUP BY batch_id, state`,
    ids,
  );
  return batches.map((batch) => {
    const progress = Object.fromEntries(batchItemStates.map((state) => [state, 0]));
    for (const count of counts) {
      if (textOf(count, "batch_id") !== batch.id) continue;
      progress[choiceOf(count, "state", batchItemStates)] = numberOf(count, "items");
    }
    return { ...batch, progress: progress as Record<BatchItemState, number> };
  });
}

function insertItems(
  batchId: string,
  first: number,
  items: readonly NewBatchItem[],
): readonly [sql: string, values: readonly SqlValue[]] {
  const values: SqlValue[] = [batchId];
  const rows = items.map(({ number, variables, reference, requestKey, ...rest }, at) => {
    const { details, dueAt = 0, refusal } = rest;
    const columns = [
      ...[refusal === undefined ? "pending" : "refused", refusal ?? null],
      ...[first + at, number, jsonOf(variables), reference ?? null, requestKey ?? null],
      ...[jsonOf(details), Math.round(dueAt)],
    ];
    const position = values.push(...columns) - columns.length + 1;
    return `($1, ${columns.map((_, column) => `$${position + column}`).join(", ")})`;
  });
  return [
    `INSERT INTO batch_items
      (batch_id, state, detail, item, number, variables, reference, request_key, details, due_at)
      VALUES ${rows.join(", ")}`,
    values,
  ];
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
