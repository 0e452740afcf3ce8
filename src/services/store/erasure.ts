import type { Database, SqlValue } from "./database.ts";
import { numberOf } from "./row.ts";

/** What was erased. */
export interface Erased {
  readonly calls: number;
  readonly turns: number;
  readonly toolCalls: number;
}

/** Forgets calls, with everything that was said in them. */
export interface CallErasure {
  /** Forgets calls that began before a time, in milliseconds since 1970. */
  eraseBefore(time: number): Promise<Erased>;
  /** Forgets every call with one person's number, and what batches and webhooks hold of it. */
  eraseNumber(number: string): Promise<Erased>;
}

/** Calls per transaction: others who write wait a few milliseconds at most. */
const CHUNK = 200;

export function createErasure(database: Database): CallErasure {
  return {
    eraseBefore: (time) => erase("started_at < $1", Math.ceil(time)),
    async eraseNumber(number) {
      const erased = await erase(
        "(direction <> 'outbound' AND from_number = $1 OR direction <> 'inbound' AND to_number = $1)",
        number,
      );
      await database.query(
        "UPDATE batch_items SET number = '', variables = NULL WHERE number = $1",
        [number],
      );
      return erased;
    },
  };

  async function erase(condition: string, value: SqlValue): Promise<Erased> {
    let erased: Erased = { calls: 0, turns: 0, toolCalls: 0 };
    for (;;) {
      const chunk = await eraseChunk(condition, value);
      erased = {
        calls: erased.calls + chunk.calls,
        turns: erased.turns + chunk.turns,
        toolCalls: erased.toolCalls + chunk.toolCalls,
      };
      if (chunk.calls < CHUNK) return erased;
    }
  }

  function eraseChunk(condition: string, value: SqlValue): Promise<Erased> {
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
      const calls = await query(`DELETE FROM calls WHERE id IN ${chosen} RETURNING id`, [value]);
      return { calls: calls.length, turns, toolCalls };
    });
  }
}
