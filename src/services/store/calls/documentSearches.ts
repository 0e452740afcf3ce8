import type { Database, Row, SqlValue } from "../database.ts";
import { numberOf, readable, readableJson, textOf } from "../row.ts";

/** A search in an agent's documents that found nothing, or nothing that seems to answer it. */
export interface UnansweredSearch {
  readonly callId: string;
  /** The tool's arguments as they are on record: redacted ones are dots. */
  readonly arguments: unknown;
  readonly fit: "none" | "weak";
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface SearchesAsked {
  readonly agent: string;
  /** That of the calls, where only those of one key may be seen. */
  readonly keyName?: string;
  /** When the calls began; milliseconds since 1970. */
  readonly since: number;
  readonly limit: number;
}

export type DocumentSearches = ReturnType<typeof createDocumentSearches>;

/** What calls have looked for in documents, read from their records: it goes with them. */
export function createDocumentSearches(database: Database) {
  return {
    /** The newest first. */
    async unanswered(
      { agent, keyName, since, limit }: SearchesAsked,
    ): Promise<readonly UnansweredSearch[]> {
      const values: SqlValue[] = [agent, since, limit];
      if (keyName !== undefined) values.push(keyName);
      const rows = await database.longQuery(
        `SELECT call_id, arguments, output, started_at + started_ms AS at
          FROM tool_calls JOIN calls ON calls.id = call_id
          WHERE name = 'search_knowledge' AND started_at >= $2
            AND (output LIKE '{"fit":"none"%' OR output LIKE '{"fit":"weak"%')
            AND COALESCE((SELECT to_agent FROM handoffs WHERE handoffs.call_id = calls.id
              AND at_ms <= started_ms ORDER BY sequence DESC LIMIT 1), agent) = $1
            ${keyName === undefined ? "" : "AND key_name = $4"}
          ORDER BY started_at DESC, call_id DESC, started_ms DESC LIMIT $3`,
        values,
      );
      return readable(rows, searchOf);
    },
  };
}

function searchOf(row: Row): UnansweredSearch {
  return {
    callId: textOf(row, "call_id"),
    arguments: readableJson(row, "arguments"),
    fit: textOf(row, "output").startsWith('{"fit":"none"') ? "none" : "weak",
    at: numberOf(row, "at"),
  };
}
