import { type AdmittedCall, recordAndEnqueue } from "./admittedCall.ts";
import { noteEvent } from "./batchEvents.ts";
import { type BatchHead, type BatchItem, batchOf, itemOf } from "./batchRow.ts";
import type { BudgetAccount } from "../budget/budgetTypes.ts";
import { isOnlyReserved, left, minutesOf, ROUNDING, usedBy } from "../budget/budgetUse.ts";
import type { Database, Query } from "../database.ts";
import { maybeNumber, numberOf, readable, textOf } from "../row.ts";

/** How many calls of batches may be due in the queue, of all batches and in all processes. */
export interface FeedRoom {
  readonly most: number;
  readonly now: number;
  /** The accounts for which the calls of a batch count: no more are fed than these have places for. */
  readonly accountsOf?: (batch: BatchHead) => readonly BudgetAccount[];
  /** The pace of a batch: how far apart its calls are, and how many of them there may be at once. */
  readonly paceOf?: (batch: BatchHead) => { readonly gapMs: number; readonly atOnce: number };
}

/** How pending items become queued calls, and how many. */
export interface BatchFeed extends FeedRoom {
  /** Undefined for a malformed item: it is refused. */
  readonly callOf: (item: BatchItem, batch: BatchHead) => AdmittedCall | undefined;
}

/** An item whose turn it is, and its batch. */
export interface ItemInTurn {
  readonly item: BatchItem;
  readonly batch: BatchHead;
}

/** A batch that is not done, and what is left of it. */
interface OpenBatch {
  readonly batch: BatchHead;
  readonly nextAt: number;
  /** The first of its pending items; undefined where there is none. */
  readonly dueAt: number | undefined;
  /** Items that are queued or have been dialled. */
  readonly underWay: number;
}

/** A call that found no place is tried again within that. */
const SOON_MS = 5000;
/** Open batches that are looked at in one round. */
const MAX_OPEN = 1000;

/** How batches go on: which item is next, what has expired, and when all is done. */
export function createBatchFeed(database: Database) {
  return {
    /** The items whose turn it is, in order, of which as many may be fed as there is room for. */
    async inTurn(room: FeedRoom): Promise<readonly ItemInTurn[]> {
      return await turnsIn(database.query, room);
    },
    /**
     * When something may be fed or ends at the earliest, after `now`; undefined where nothing waits for a
     * time. What might be fed now waits for room.
     */
    async nextAt(now: number): Promise<number | undefined> {
      const times = (await openBatches(database.query)).flatMap(
        ({ batch: { state, startsAt = 0, endsAt }, nextAt, dueAt }) => {
          if (dueAt === undefined) return [];
          const due = state === "running" ? [Math.max(startsAt, nextAt, dueAt)] : [];
          return endsAt === undefined ? due : [...due, endsAt];
        },
      );
      const later = times.filter((time) => time > now);
      return later.length === 0 ? undefined : Math.min(...later);
    },
    /** Lets items wait that may not be dialled before a time. */
    async postpone(items: readonly (ItemInTurn & { readonly until: number })[]): Promise<void> {
      await database.batch(items.map(({ item: { batchId, item }, until }) => ({
        sql: `UPDATE batch_items SET due_at = $3
          WHERE batch_id = $1 AND item = $2 AND state = 'pending'`,
        values: [batchId, item, Math.round(until)],
      })));
    },
    /**
     * Queues the calls of pending items until `most` calls of batches are due there, of each batch in turn;
     * resolves with the number of items. An item is either pending, or its call is recorded and queued: a
     * process that dies leaves nothing in between, and any process goes on.
     */
    feed: (feed: BatchFeed): Promise<number> =>
      database.transaction("batches", (query) => feedFrom(query, feed)),
    /** Notes which batches have begun, lets items expire, and ends batches that have nothing left. */
    async sweep(now: number): Promise<void> {
      const isBegun = ({ batch: { state, startsAt = 0, startedAt } }: OpenBatch) =>
        state === "running" && startedAt === undefined && startsAt <= now;
      const isOver = ({ batch: { endsAt = Infinity }, dueAt, underWay }: OpenBatch) =>
        dueAt === undefined ? underWay === 0 : endsAt <= now;
      const changes = (open: OpenBatch) => isBegun(open) || isOver(open);
      if (!(await openBatches(database.query)).some(changes)) return;
      await database.transaction("batches", async (query) => {
        for (const open of (await openBatches(query)).filter(changes)) {
          const { batch: { id }, underWay } = open;
          if (isBegun(open)) {
            await query("UPDATE batches SET started_at = $2 WHERE id = $1", [id, Math.round(now)]);
            await noteEvent(query, { batchId: id, type: "started", at: now });
          }
          if (!isOver(open)) continue;
          await query(
            `UPDATE batch_items SET state = 'expired', detail = 'expired'
              WHERE batch_id = $1 AND state = 'pending'`,
            [id],
          );
          if (underWay > 0) continue;
          await query("UPDATE batches SET done_at = $2 WHERE id = $1", [id, Math.round(now)]);
          await noteEvent(query, { batchId: id, type: "done", at: now });
        }
      });
    },
  };
}

async function openBatches(query: Query): Promise<readonly OpenBatch[]> {
  const rows = await query(
    `SELECT batches.*,
      (SELECT MIN(due_at) FROM batch_items
        WHERE batch_id = batches.id AND state = 'pending') AS due_at,
      (SELECT COUNT(*) FROM batch_items
        WHERE batch_id = batches.id AND state IN ('placing', 'placed')) AS under_way
      FROM batches WHERE done_at IS NULL
      ORDER BY CASE state WHEN 'running' THEN 0 ELSE 1 END, next_at, created_at, id
      LIMIT ${MAX_OPEN}`,
  );
  return readable(rows, (row) => ({
    batch: batchOf(row),
    nextAt: numberOf(row, "next_at"),
    dueAt: maybeNumber(row, "due_at"),
    underWay: numberOf(row, "under_way"),
  }));
}

async function turnsIn(
  query: Query,
  { most, now, accountsOf, paceOf = unpaced }: FeedRoom,
): Promise<readonly ItemInTurn[]> {
  const queued = await queuedByKey(query, now);
  const limit = [...queued.values()].reduce((left, { waiting }) => left - waiting, most);
  if (limit <= 0) return [];
  const places = new Map<string, number>();
  const turns: ItemInTurn[][] = [];
  for (const { batch, nextAt, dueAt = Infinity, underWay } of await openBatches(query)) {
    const { state, startsAt = 0, endsAt = Infinity } = batch;
    if (state !== "running" || startsAt > now || endsAt <= now) continue;
    if (dueAt > now || nextAt > now) continue;
    const { gapMs, atOnce } = paceOf(batch);
    const { keyName = "" } = batch;
    let free = places.get(keyName);
    if (free === undefined) {
      const { calls = 0 } = queued.get(keyName) ?? {};
      free = await freePlaces(query, accountsOf?.(batch) ?? [], now) - calls;
    }
    places.set(keyName, free);
    const room = Math.min(limit, gapMs > 0 ? 1 : limit, atOnce - underWay, free);
    if (room <= 0) continue;
    places.set(keyName, free - room);
    const rows = await query(
      `SELECT * FROM batch_items WHERE batch_id = $1 AND state = 'pending' AND due_at <= $2
        ORDER BY item LIMIT $3`,
      [batch.id, Math.round(now), room],
    );
    turns.push(rows.map((row) => ({ item: itemOf(row), batch })));
    if (turns.length >= limit) break;
  }
  return roundRobin(turns).slice(0, limit);
}

interface QueuedCalls {
  /** Those that are due, or about to be, or are being dialled, and have no place reserved. */
  readonly calls: number;
  /** Those that are due and wait. */
  readonly waiting: number;
}

/**
 * The calls of batches in the queue, by key. Those that wait for a later time, such as those of paused
 * batches, do not count.
 */
async function queuedByKey(query: Query, now: number): Promise<ReadonlyMap<string, QueuedCalls>> {
  const rows = await query(
    `SELECT COALESCE(key_name, '') AS key_name,
      SUM(CASE WHEN EXISTS (SELECT 1 FROM budget_entries
        WHERE budget_entries.call_id = batch_items.call_id AND settled = 0)
        THEN 0 ELSE 1 END) AS calls,
      SUM(CASE WHEN claimed_at IS NULL AND dial_queue.due_at <= $1 THEN 1 ELSE 0 END) AS waiting
      FROM batch_items JOIN dial_queue ON dial_queue.call_id = batch_items.call_id
      JOIN batches ON batches.id = batch_items.batch_id
      WHERE batch_items.state = 'placing' AND dial_queue.due_at <= $2
      GROUP BY COALESCE(key_name, '')`,
    [Math.round(now), Math.round(now + SOON_MS)],
  );
  return new Map(rows.map((row) => [
    textOf(row, "key_name"),
    { calls: numberOf(row, "calls"), waiting: numberOf(row, "waiting") },
  ]));
}

/**
 * How many more calls the accounts allow at a time, and none while calls under way have reserved the minutes that are
 * left. Where these are used up, a call is refused when it is dialled: that is reported, and the batch waits for the
 * next day. To be asked after `queuedByKey`: a call whose place is reserved in between counts twice rather than not
 * at all.
 */
async function freePlaces(
  query: Query,
  accounts: readonly BudgetAccount[],
  now: number,
): Promise<number> {
  let free = Infinity;
  for (const account of accounts) {
    const { concurrent: most = Infinity, dailyMinutes } = account.limits;
    if (most === Infinity && dailyMinutes === undefined) continue;
    const used = await usedBy(query, account, now);
    const hasMinutes = left(dailyMinutes, used.minutesToday) > 1 - ROUNDING;
    const waits = !hasMinutes && isOnlyReserved(minutesOf("dailyMinutes", used, account.limits));
    free = Math.min(free, waits ? 0 : most - used.concurrent);
  }
  return free;
}

/** The first of each batch, then the second of each, and so on. */
function roundRobin(turns: readonly (readonly ItemInTurn[])[]): readonly ItemInTurn[] {
  const rounds = Math.max(0, ...turns.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, at) => turns.flatMap((each) => each.slice(at, at + 1)))
    .flat();
}

async function feedFrom(query: Query, feed: BatchFeed): Promise<number> {
  const { now, callOf, paceOf = unpaced } = feed;
  const turns = await turnsIn(query, feed);
  for (const { item, batch } of turns) {
    const admitted = callOf(item, batch);
    const updated = await query(
      `UPDATE batch_items SET state = $3, call_id = COALESCE($4, call_id), detail = $5,
        attempts = attempts + 1
        WHERE batch_id = $1 AND item = $2 AND state = 'pending' RETURNING attempts`,
      [
        item.batchId,
        item.item,
        admitted === undefined ? "refused" : "placing",
        admitted?.call.id ?? null,
        admitted === undefined ? "not_understood" : null,
      ],
    );
    // It may have been erased in between.
    if (admitted === undefined || updated[0] === undefined) continue;
    await query("UPDATE batches SET next_at = $2 WHERE id = $1", [
      item.batchId,
      Math.round(now + paceOf(batch).gapMs),
    ]);
    await query(
      `INSERT INTO batch_calls (call_id, batch_id, item, attempt, queued_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (call_id) DO NOTHING`,
      [
        admitted.call.id,
        item.batchId,
        item.item,
        numberOf(updated[0], "attempts"),
        Math.round(now),
      ],
    );
    await recordAndEnqueue(query, admitted, now);
  }
  return turns.length;
}

function unpaced() {
  return { gapMs: 0, atOnce: Infinity };
}
