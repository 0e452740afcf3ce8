import type { Database, Query } from "../database.ts";
import { numberOf, textOf } from "../row.ts";
import { insertOfCall, updateCall } from "./callStatements.ts";

/** A tag, and how many calls have it. */
export interface KnownTag {
  readonly tag: string;
  readonly calls: number;
}

export const MAX_TAGS_OF_CALL = 20;

export type CallTags = ReturnType<typeof createCallTags>;

/** What operators file calls under. */
export function createCallTags(database: Database) {
  async function tagsOf(query: Query, callId: string): Promise<readonly string[]> {
    const rows = await query("SELECT tag FROM call_tags WHERE call_id = $1", [callId]);
    return rows.map((row) => textOf(row, "tag")).toSorted();
  }

  /** For the record of the call, which is read without the table. */
  async function store(query: Query, callId: string): Promise<readonly string[]> {
    const tags = await tagsOf(query, callId);
    const { sql, values } = updateCall(
      callId,
      { tags: tags.length === 0 ? null : JSON.stringify(tags) },
      "",
    );
    await query(sql, values);
    return tags;
  }

  return {
    /** Resolves with all tags of the call, or `full`. Adds none to a call that does not exist. */
    add(callId: string, tag: string): Promise<readonly string[] | "full"> {
      return database.transaction("tags", async (query) => {
        const tags = await tagsOf(query, callId);
        if (tags.includes(tag)) return tags;
        if (tags.length >= MAX_TAGS_OF_CALL) return "full";
        const { sql, values } = insertOfCall("call_tags", callId, { tag }, "DO NOTHING");
        await query(sql, values);
        return await store(query, callId);
      });
    },
    /** Resolves with those that are left. */
    remove(callId: string, tag: string): Promise<readonly string[]> {
      return database.transaction("tags", async (query) => {
        await query("DELETE FROM call_tags WHERE call_id = $1 AND tag = $2", [callId, tag]);
        return await store(query, callId);
      });
    },
    /** Those of most calls first, of all or of one API key. */
    async known(keyName: string | undefined, limit: number): Promise<readonly KnownTag[]> {
      const ofKey = keyName === undefined
        ? ""
        : "JOIN calls ON calls.id = call_tags.call_id WHERE calls.key_name = $2";
      const rows = await database.longQuery(
        `SELECT tag, COUNT(*) AS calls FROM call_tags ${ofKey}
          GROUP BY tag ORDER BY calls DESC, tag LIMIT $1`,
        keyName === undefined ? [limit] : [limit, keyName],
      );
      return rows.map((row) => ({ tag: textOf(row, "tag"), calls: numberOf(row, "calls") }));
    },
  };
}
