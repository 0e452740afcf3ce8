import type { Database, Query, Row } from "../database.ts";
import { numberOf, textOf } from "../row.ts";

/** What was erased. */
export interface Erased {
  readonly calls: number;
  readonly turns: number;
  readonly toolCalls: number;
}

export interface ErasedNumber extends Erased {
  /** Calls that are still under way: each is erased when it ends. */
  readonly pending: number;
}

/** Forgets what is kept of calls elsewhere; where it rejects, their records stay too. */
export type AlsoForget = (callIds: readonly string[]) => Promise<void>;

/** Forgets calls, with everything that was said in them. */
export interface ErasureStore {
  /** Forgets calls that began before a time, in milliseconds since 1970. */
  eraseBefore(time: number): Promise<Erased>;
  /**
   * Forgets every call with one person's number, and what batches and webhooks hold of it. What waits to
   * be dialled is not dialled any more; what is under way is to be erased when it ends: see `isDue`.
   */
  eraseNumber(number: string, now: number, alsoForget?: AlsoForget): Promise<ErasedNumber>;
  /**
   * The same for one call. One that is under way is to be erased when it ends, or else is left as it is:
   * `under_way`.
   */
  eraseCall(
    callId: string,
    now: number,
    options: { readonly underWay: boolean },
    alsoForget?: AlsoForget,
  ): Promise<ErasedNumber | "unknown" | "under_way">;
  /** Whether a call is to be erased once it is over. */
  isDue(callId: string): Promise<boolean>;
  /** Forgets a call that is over. */
  erase(callId: string, alsoForget?: AlsoForget): Promise<void>;
  /** Those of the calls that are erased, or are due to be. */
  erasedAmong(callIds: readonly string[]): Promise<readonly string[]>;
}

/** Calls per transaction: others who write wait a few milliseconds at most. */
const CHUNK = 200;

/** An item keeps its place in its batch; one that is not over has nobody left to be told of its end. */
const FORGET_ITEMS = `UPDATE batch_items SET number = '', variables = NULL,
  state = CASE WHEN state IN ('pending', 'placing') THEN 'cancelled' WHEN state = 'placed'
    THEN 'ended' ELSE state END,
  detail = CASE WHEN state IN ('pending', 'placing', 'placed') THEN 'erased' ELSE detail END`;

/** Nobody has taken them to be dialled. */
const WAITING = "EXISTS (SELECT 1 FROM dial_queue WHERE call_id = calls.id AND claimed_at IS NULL)";

const STATE = `CASE WHEN ended_at IS NOT NULL THEN 'over' WHEN ${WAITING} THEN 'waiting'
  ELSE 'under_way' END AS state`;

export function createErasureStore(database: Database): ErasureStore {
  return {
    async eraseBefore(time) {
      const before = Math.ceil(time);
      const erased = await inChunks("erasure", async (query) => {
        const old = await query(
          `SELECT id FROM calls WHERE started_at < $1 ORDER BY id LIMIT ${CHUNK}`,
          [before],
        );
        const callIds = old.map((call) => textOf(call, "id"));
        return { ...await forget(query, callIds), found: callIds.length };
      });
      await database.batch([
        { sql: "DELETE FROM deliveries WHERE created_at < $1", values: [before] },
        {
          sql: `DELETE FROM batches WHERE created_at < $1 AND NOT EXISTS (
            SELECT 1 FROM batch_items WHERE batch_items.batch_id = batches.id
            AND state IN ('pending', 'placing', 'placed'))`,
          values: [before],
        },
      ]);
      return erased;
    },
    async eraseNumber(number, now, alsoForget) {
      // First, so that none of them becomes a call behind the back of what follows.
      await database.transaction(
        "batches",
        (query) => query(`${FORGET_ITEMS} WHERE number = $1`, [number]),
      );
      // By the same lock, none is taken to be dialled meanwhile, and none is tried again.
      const erased = await inChunks(
        "dial",
        (query) => eraseSome(query, number, now, alsoForget),
      );
      // What a batch of nobody any more would have said to them.
      await database.query(
        `UPDATE batches SET request = $1 WHERE NOT EXISTS (SELECT 1 FROM batch_items
          WHERE batch_items.batch_id = batches.id AND number <> '')`,
        ["{}"],
      );
      const pending = await countOf(database.query, `calls WHERE ${WITH_NUMBER}`, [number]);
      await database.leaveNoTrace();
      return { ...erased, pending };
    },
    async eraseCall(callId, now, { underWay }, alsoForget) {
      // By this lock, it is not taken to be dialled meanwhile, and not tried again.
      const erased = await database.transaction("dial", async (query) => {
        const rows = await query(`SELECT id, ${STATE} FROM calls WHERE id = $1`, [callId]);
        const state = rows[0] && textOf(rows[0], "state");
        if (state === undefined) return "unknown";
        if (state === "under_way" && !underWay) return state;
        const { found: _, ...counts } = await eraseRows(query, rows, now, alsoForget);
        return { ...counts, pending: state === "under_way" ? 1 : 0 };
      });
      await database.leaveNoTrace();
      return erased;
    },
    async isDue(callId) {
      return await countOf(database.query, "erased_calls WHERE call_id = $1", [callId]) > 0;
    },
    async erase(callId, alsoForget) {
      await database.transaction("dial", (query) => forget(query, [callId], alsoForget));
      await database.leaveNoTrace();
    },
    async erasedAmong(callIds) {
      const erased: string[] = [];
      for (let at = 0; at < callIds.length; at += CHUNK) {
        const some = callIds.slice(at, at + CHUNK);
        const rows = await database.query(
          `SELECT call_id FROM erased_calls WHERE call_id IN ${placesOf(some)}`,
          some,
        );
        erased.push(...rows.map((row) => textOf(row, "call_id")));
      }
      return erased;
    },
  };

  async function inChunks(
    lock: string,
    eraseChunk: (query: Query) => Promise<Erased & { readonly found: number }>,
  ): Promise<Erased> {
    let erased: Erased = { calls: 0, turns: 0, toolCalls: 0 };
    for (;;) {
      const { found, ...chunk } = await database.transaction(lock, eraseChunk);
      erased = {
        calls: erased.calls + chunk.calls,
        turns: erased.turns + chunk.turns,
        toolCalls: erased.toolCalls + chunk.toolCalls,
      };
      if (found < CHUNK) return erased;
    }
  }
}

const WITH_NUMBER =
  "(direction <> 'outbound' AND from_number = $1 OR direction <> 'inbound' AND to_number = $1)";

async function eraseSome(
  query: Query,
  number: string,
  now: number,
  alsoForget?: AlsoForget,
): Promise<Erased & { readonly found: number }> {
  const rows = await query(
    `SELECT id, ${STATE} FROM calls
      WHERE ${WITH_NUMBER} AND (ended_at IS NOT NULL OR ${WAITING}
        OR NOT EXISTS (SELECT 1 FROM erased_calls WHERE call_id = calls.id))
      ORDER BY id LIMIT ${CHUNK}`,
    [number],
  );
  return await eraseRows(query, rows, now, alsoForget);
}

/** Rows tell id and state of calls. */
async function eraseRows(
  query: Query,
  rows: readonly Row[],
  now: number,
  alsoForget?: AlsoForget,
): Promise<Erased & { readonly found: number }> {
  const idsOf = (...states: readonly string[]) =>
    rows.filter((row) => states.includes(textOf(row, "state"))).map((row) => textOf(row, "id"));
  const found = idsOf("over", "waiting", "under_way");
  if (found.length === 0) return { calls: 0, turns: 0, toolCalls: 0, found: 0 };
  await query(
    `INSERT INTO erased_calls (call_id, asked_at)
      SELECT id, CAST($${found.length + 1} AS BIGINT) FROM calls WHERE id IN ${placesOf(found)}
      ON CONFLICT (call_id) DO NOTHING`,
    [...found, Math.round(now)],
  );
  const waiting = idsOf("waiting");
  if (waiting.length > 0) {
    await query(
      `DELETE FROM budget_entries WHERE settled = 0 AND call_id IN ${placesOf(waiting)}`,
      waiting,
    );
  }
  const erased = await forget(query, [...idsOf("over"), ...waiting], alsoForget);
  return { ...erased, found: found.length };
}

async function forget(
  query: Query,
  callIds: readonly string[],
  alsoForget?: AlsoForget,
): Promise<Erased> {
  if (callIds.length === 0) return { calls: 0, turns: 0, toolCalls: 0 };
  const chosen = `WHERE call_id IN ${placesOf(callIds)}`;
  const turns = await countOf(query, `turns ${chosen}`, callIds);
  const toolCalls = await countOf(query, `tool_calls ${chosen}`, callIds);
  for (const table of ["deliveries", "dial_queue"]) {
    await query(`DELETE FROM ${table} ${chosen}`, callIds);
  }
  await query(`${FORGET_ITEMS} ${chosen}`, callIds);
  // The key stays taken, so that the same request dials nobody again; what it was is forgotten.
  await query(
    `UPDATE idempotency_keys SET body_hash = '', state = 'unknown', response = NULL ${chosen}`,
    callIds,
  );
  const calls = await query(
    `DELETE FROM calls WHERE id IN ${placesOf(callIds)} RETURNING id`,
    callIds,
  );
  await alsoForget?.(callIds);
  return { calls: calls.length, turns, toolCalls };
}

async function countOf(
  query: Query,
  what: string,
  values: readonly string[],
): Promise<number> {
  const [row] = await query(`SELECT COUNT(*) AS rows FROM ${what}`, values);
  return row === undefined ? 0 : numberOf(row, "rows");
}

function placesOf(values: readonly string[]): string {
  return `(${values.map((_, at) => `$${at + 1}`).join(", ")})`;
}
