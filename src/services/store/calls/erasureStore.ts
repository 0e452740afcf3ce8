import type { Database, Query, Row } from "../database.ts";
import { placeholders } from "../columns.ts";
import { eraseRefusedLines } from "./refusedLines.ts";
import { numberOf, onlyRow, textOf } from "../row.ts";
import {
  eraseAppointmentsBefore,
  eraseAppointmentsOf,
  eraseAppointmentsUnder,
} from "../calendar/calendarErasure.ts";

/** What was erased. */
export interface Erased {
  readonly calls: number;
  readonly turns: number;
  readonly toolCalls: number;
}

/** What was erased of a number, or of one call. */
export interface ErasedNumber extends Erased {
  /** Calls that are still under way: each is erased when it ends. */
  readonly pending: number;
}

/** Erases what is kept of calls elsewhere; where it rejects, their records stay too. */
export type AlsoErase = (callIds: readonly string[]) => Promise<void>;

const nothing: Erased = { calls: 0, turns: 0, toolCalls: 0 };

/** Calls per transaction, so that other writers wait a few milliseconds at most. */
const CHUNK = 200;

/** An item keeps its place in its batch, without number and what was said of the person. */
const ERASE_ITEMS = `UPDATE batch_items SET number = '', variables = NULL, reference = NULL,
  details = CASE WHEN details LIKE '{"refused":%' THEN details END,
  state = CASE WHEN state IN ('pending', 'placing') THEN 'cancelled' WHEN state = 'placed'
    THEN 'ended' ELSE state END,
  detail = CASE WHEN state IN ('pending', 'placing', 'placed') THEN 'erased' ELSE detail END`;

/** Calls that are queued and not claimed. */
const WAITING = "EXISTS (SELECT 1 FROM dial_queue WHERE call_id = calls.id AND claimed_at IS NULL)";

const STATE = `CASE WHEN ended_at IS NOT NULL THEN 'over' WHEN ${WAITING} THEN 'waiting'
  ELSE 'under_way' END AS state`;

export type ErasureStore = ReturnType<typeof createErasureStore>;

/** Erases calls with everything that belongs to them. */
export function createErasureStore(database: Database) {
  return {
    /** Erases calls that began before a time, in milliseconds since 1970. */
    async eraseBefore(time: number): Promise<Erased> {
      const before = Math.ceil(time);
      // An appointment of an old call that is still to come is kept.
      await eraseAppointmentsBefore(database.query, before);
      const erased = await inChunks("erasure", async (query) => {
        const old = await query(
          `SELECT id FROM calls WHERE started_at < $1 ORDER BY id LIMIT ${CHUNK}`,
          [before],
        );
        const callIds = old.map((call) => textOf(call, "id"));
        return { ...await eraseRecords(query, callIds), found: callIds.length };
      });
      await database.batch([
        { sql: "DELETE FROM deliveries WHERE created_at < $1", values: [before] },
        { sql: "DELETE FROM messages WHERE taken_at < $1", values: [before] },
        { sql: "DELETE FROM text_messages WHERE sent_at < $1", values: [before] },
        {
          sql: `DELETE FROM batches WHERE created_at < $1 AND NOT EXISTS (
            SELECT 1 FROM batch_items WHERE batch_items.batch_id = batches.id
            AND state IN ('pending', 'placing', 'placed'))`,
          values: [before],
        },
      ]);
      return erased;
    },
    /**
     * Erases every call with a number, and what batches and webhooks hold of it. Queued calls are not
     * dialled any more; live ones are marked to be erased when they end: see `isDue`.
     */
    async eraseNumber(number: string, now: number, alsoErase?: AlsoErase): Promise<ErasedNumber> {
      // First, so that no item becomes a call after the calls have been erased.
      await database.transaction(
        "batches",
        (query) => query(`${ERASE_ITEMS} WHERE number = $1`, [number]),
      );
      await eraseRefusedLines(database, number, ERASE_ITEMS);
      await database.transaction(
        "erasure",
        (query) => eraseAppointmentsUnder(query, number),
      );
      // Holds the lock of the dial queue, so that none is claimed or retried.
      const erased = await inChunks(
        "dial",
        (query) => eraseSomeOfNumber(query, number, now, alsoErase),
      );
      // Those whose calls are not in the store; those of live calls are erased with them, too.
      await database.query("DELETE FROM messages WHERE from_number = $1", [number]);
      await database.query("DELETE FROM text_messages WHERE to_number = $1", [number]);
      await database.query(
        "UPDATE do_not_call SET words = NULL, call_id = NULL WHERE number = $1",
        [number],
      );
      // The request of batches whose every item is erased.
      await database.query(
        `UPDATE batches SET request = $1, name = NULL WHERE NOT EXISTS (SELECT 1 FROM batch_items
          WHERE batch_items.batch_id = batches.id AND number <> '')`,
        ["{}"],
      );
      await database.query(
        `DELETE FROM deliveries WHERE id IN (SELECT 'evt_' || batch_id || '_' || sequence
          FROM batch_events WHERE NOT EXISTS (SELECT 1 FROM batch_items
            WHERE batch_items.batch_id = batch_events.batch_id AND number <> ''))`,
      );
      const pending = await countOf(database.query, `calls WHERE ${WITH_NUMBER}`, [number]);
      await database.leaveNoTrace();
      return { ...erased, pending };
    },
    /**
     * The same for one call. A live one is marked to be erased when it ends if `underWay`, and otherwise left
     * as it is: `under_way`.
     */
    async eraseCall(
      callId: string,
      now: number,
      { underWay }: { readonly underWay: boolean },
      alsoErase?: AlsoErase,
    ): Promise<ErasedNumber | "unknown" | "under_way"> {
      // Holds the lock of the dial queue, so that the call is neither claimed nor retried.
      const erased = await database.transaction("dial", async (query) => {
        const rows = await query(`SELECT id, ${STATE} FROM calls WHERE id = $1`, [callId]);
        const state = rows[0] && textOf(rows[0], "state");
        if (state === undefined) return "unknown";
        if (state === "under_way" && !underWay) return state;
        const { found: _, ...counts } = await eraseRows(query, rows, now, alsoErase);
        return { ...counts, pending: state === "under_way" ? 1 : 0 };
      });
      await database.leaveNoTrace();
      return erased;
    },
    /** Whether a call is marked to be erased when it ends. */
    async isDue(callId: string): Promise<boolean> {
      return await countOf(database.query, "erased_calls WHERE call_id = $1", [callId]) > 0;
    },
    /** Erases an ended call. */
    async erase(callId: string, alsoErase?: AlsoErase): Promise<void> {
      await database.transaction("dial", async (query) => {
        await eraseAppointmentsOf(query, [callId]);
        await eraseRecords(query, [callId], alsoErase);
      });
      await database.leaveNoTrace();
    },
    /** Those of the calls that are erased or marked to be. */
    async erasedAmong(callIds: readonly string[]): Promise<readonly string[]> {
      const erased: string[] = [];
      for (let at = 0; at < callIds.length; at += CHUNK) {
        const some = callIds.slice(at, at + CHUNK);
        const rows = await database.query(
          `SELECT call_id FROM erased_calls WHERE call_id IN (${placeholders(some)})`,
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
    let erased = nothing;
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

async function eraseSomeOfNumber(
  query: Query,
  number: string,
  now: number,
  alsoErase?: AlsoErase,
): Promise<Erased & { readonly found: number }> {
  const rows = await query(
    `SELECT id, ${STATE} FROM calls
      WHERE ${WITH_NUMBER} AND (ended_at IS NOT NULL OR ${WAITING}
        OR NOT EXISTS (SELECT 1 FROM erased_calls WHERE call_id = calls.id))
      ORDER BY id LIMIT ${CHUNK}`,
    [number],
  );
  return await eraseRows(query, rows, now, alsoErase);
}

/** Erases calls that are over or queued and marks the live ones, by rows of `id` and `state`. */
async function eraseRows(
  query: Query,
  rows: readonly Row[],
  now: number,
  alsoErase?: AlsoErase,
): Promise<Erased & { readonly found: number }> {
  const idsOf = (...states: readonly string[]) =>
    rows.filter((row) => states.includes(textOf(row, "state"))).map((row) => textOf(row, "id"));
  const found = idsOf("over", "waiting", "under_way");
  if (found.length === 0) return { ...nothing, found: 0 };
  await query(
    `INSERT INTO erased_calls (call_id, asked_at)
      SELECT id, CAST($${found.length + 1} AS BIGINT) FROM calls WHERE id IN (${
      placeholders(found)
    })
      ON CONFLICT (call_id) DO NOTHING`,
    [...found, Math.round(now)],
  );
  const waiting = idsOf("waiting");
  if (waiting.length > 0) {
    await query(
      `DELETE FROM budget_entries WHERE settled = 0 AND call_id IN (${placeholders(waiting)})`,
      waiting,
    );
  }
  await eraseAppointmentsOf(query, found);
  const erased = await eraseRecords(query, [...idsOf("over"), ...waiting], alsoErase);
  return { ...erased, found: found.length };
}

async function eraseRecords(
  query: Query,
  callIds: readonly string[],
  alsoErase?: AlsoErase,
): Promise<Erased> {
  if (callIds.length === 0) return nothing;
  const chosen = `WHERE call_id IN (${placeholders(callIds)})`;
  const turns = await countOf(query, `turns ${chosen}`, callIds);
  const toolCalls = await countOf(query, `tool_calls ${chosen}`, callIds);
  for (const table of ["deliveries", "dial_queue", "messages", "text_messages"]) {
    await query(`DELETE FROM ${table} ${chosen}`, callIds);
  }
  await query(`${ERASE_ITEMS} ${chosen}`, callIds);
  // Who asked not to be called is not called: only what they said goes.
  await query(`UPDATE do_not_call SET words = NULL, call_id = NULL ${chosen}`, callIds);
  // The idempotency key stays taken, so that the same request places no second call.
  await query(
    `UPDATE idempotency_keys SET body_hash = '', state = 'unknown', response = NULL ${chosen}`,
    callIds,
  );
  const calls = await query(
    `DELETE FROM calls WHERE id IN (${placeholders(callIds)}) RETURNING id`,
    callIds,
  );
  await alsoErase?.(callIds);
  return { calls: calls.length, turns, toolCalls };
}

async function countOf(
  query: Query,
  what: string,
  values: readonly string[],
): Promise<number> {
  return numberOf(onlyRow(await query(`SELECT COUNT(*) AS rows FROM ${what}`, values)), "rows");
}
