import type { Database, SqlValue } from "./database.ts";
import { numberOf, textOf } from "./row.ts";

/** What was erased. */
export interface Erased {
  readonly calls: number;
  readonly turns: number;
  readonly toolCalls: number;
}

/** Forgets what is kept of calls elsewhere; where it rejects, their records stay too. */
export type AlsoForget = (callIds: readonly string[]) => Promise<void>;

/** Forgets calls, with everything that was said in them. */
export interface CallErasure {
  /** Forgets calls that began before a time, in milliseconds since 1970. */
  eraseBefore(time: number): Promise<Erased>;
  /** Forgets every call with one person's number, and what batches and webhooks hold of it. */
  eraseNumber(number: string, alsoForget?: AlsoForget): Promise<Erased>;
}

/** Calls per transaction: others who write wait a few milliseconds at most. */
const CHUNK = 200;

/** An item keeps its place in its batch; one that is not over has nobody left to be told of its end. */
const FORGET_ITEMS = `UPDATE batch_items SET number = '', variables = NULL,
  state = CASE WHEN state IN ('pending', 'placing') THEN 'cancelled' WHEN state = 'placed'
    THEN 'ended' ELSE state END,
  detail = CASE WHEN state IN ('pending', 'placing', 'placed') THEN 'erased' ELSE detail END`;

export function createErasure(database: Database): CallErasure {
  return {
    async eraseBefore(time) {
      const before = Math.ceil(time);
      const erased = await erase("started_at < $1", before);
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
    async eraseNumber(number, alsoForget) {
      const erased = await erase(
        "(direction <> 'outbound' AND from_number = $1 OR direction <> 'inbound' AND to_number = $1)",
        number,
        alsoForget,
      );
      await database.batch([
        { sql: `${FORGET_ITEMS} WHERE number = $1`, values: [number] },
        // What a batch of nobody any more would have said to them.
        {
          sql: `UPDATE batches SET request = $1 WHERE NOT EXISTS (SELECT 1 FROM batch_items
            WHERE batch_items.batch_id = batches.id AND number <> '')`,
          values: ["{}"],
        },
      ]);
      return erased;
    },
  };

  async function erase(
    condition: string,
    value: SqlValue,
    alsoForget?: AlsoForget,
  ): Promise<Erased> {
    let erased: Erased = { calls: 0, turns: 0, toolCalls: 0 };
    for (;;) {
      const chunk = await eraseChunk(condition, value, alsoForget);
      erased = {
        calls: erased.calls + chunk.calls,
        turns: erased.turns + chunk.turns,
        toolCalls: erased.toolCalls + chunk.toolCalls,
      };
      if (chunk.calls < CHUNK) return erased;
    }
  }

  function eraseChunk(
    condition: string,
    value: SqlValue,
    alsoForget?: AlsoForget,
  ): Promise<Erased> {
    return database.transaction("erasure", async (query) => {
      const chosen = `(SELECT id FROM calls WHERE ${condition} ORDER BY id LIMIT ${CHUNK})`;
      const countOf = async (table: string): Promise<number> => {
        const [row] = await query(
          `SELECT COUNT(*) AS rows FROM ${table} WHERE call_id IN ${chosen}`,
          [value],
        );
        return row === undefined ? 0 : numberOf(row, "rows");
      };
      const turns = await countOf("turns");
      const toolCalls = await countOf("tool_calls");
      for (const table of ["deliveries", "dial_queue"]) {
        await query(`DELETE FROM ${table} WHERE call_id IN ${chosen}`, [value]);
      }
      await query(`${FORGET_ITEMS} WHERE call_id IN ${chosen}`, [value]);
      // The key stays taken, so that the same request dials nobody again; what it was is forgotten.
      await query(
        `UPDATE idempotency_keys SET body_hash = '', state = 'unknown', response = NULL
          WHERE call_id IN ${chosen}`,
        [value],
      );
      const calls = await query(`DELETE FROM calls WHERE id IN ${chosen} RETURNING id`, [value]);
      await alsoForget?.(calls.map((call) => textOf(call, "id")));
      return { calls: calls.length, turns, toolCalls };
    });
  }
}
