import { toStorable } from "../columns.ts";
import type { Database, Statement } from "../database.ts";
import { WorkSlices } from "../../../utils/workSlices.ts";
import { numberOf, onlyRow, textOf } from "../row.ts";
import { BY_PARTIES } from "./byParties.ts";
import { foldedWords } from "./wordTokens.ts";

/** No word of a search: it keeps phrases from going on in the next turn. */
const BETWEEN_TURNS = "\ue000";

export type WordIndex = ReturnType<typeof createWordIndex>;

/** Makes the full-text index of what was said in calls that are over. */
export function createWordIndex(database: Database) {
  const { query, longQuery } = database;
  const isSqlite = database.kind === "sqlite";

  /** Those of one side, each between spaces. */
  async function wordsOf(callId: string): Promise<{ caller: string[]; agent: string[] }> {
    const turns = await longQuery(
      `SELECT role, text FROM turns WHERE call_id = $1 AND ${BY_PARTIES}
        ORDER BY started_ms, position, id`,
      [callId],
    );
    const words = { caller: [] as string[], agent: [] as string[] };
    const slices = new WorkSlices();
    for (const turn of turns) {
      await slices.pause();
      const side = textOf(turn, "role") === "agent" ? words.agent : words.caller;
      // One after another, as a call may have more words than can be passed as arguments.
      for (const word of foldedWords(textOf(turn, "text"))) side.push(word);
      side.push(BETWEEN_TURNS);
    }
    return words;
  }

  return {
    /**
     * Brings some calls up to date, the newest first; resolves with how many were behind, `limit` at most. A
     * call whose turns change meanwhile stays behind.
     */
    async update(limit: number): Promise<number> {
      const stale = await query(
        "SELECT call_id, version FROM stale_words ORDER BY at DESC LIMIT $1",
        [limit],
      );
      const updates: (readonly Statement[])[] = [];
      for (const row of stale) {
        const callId = textOf(row, "call_id");
        const words = await wordsOf(callId);
        updates.push([
          ...(isSqlite ? sqliteStatements : postgresStatements)(callId, words),
          {
            sql: "DELETE FROM stale_words WHERE call_id = $1 AND version = $2",
            values: [callId, numberOf(row, "version")],
          },
        ]);
      }
      // Postgres locks rows: transactions with several calls each would wait for one another.
      for (const batch of isSqlite ? [updates.flat()] : updates) {
        if (batch.length > 0) await database.batch(batch);
      }
      return stale.length;
    },
    /** How many calls are behind. */
    async behind(): Promise<number> {
      return numberOf(onlyRow(await query("SELECT COUNT(*) AS calls FROM stale_words")), "calls");
    },
  };
}

type Words = Readonly<Record<"caller" | "agent", readonly string[]>>;

function sqliteStatements(callId: string, { caller, agent }: Words): readonly Statement[] {
  return [
    {
      // By the index, which has those that are not NULL.
      sql: `UPDATE calls SET words_number = (SELECT COALESCE(MAX(words_number), 0) + 1 FROM calls
          WHERE words_number IS NOT NULL) WHERE id = $1 AND words_number IS NULL`,
      values: [callId],
    },
    {
      sql: "DELETE FROM call_words WHERE rowid = (SELECT words_number FROM calls WHERE id = $1)",
      values: [callId],
    },
    {
      sql: `INSERT INTO call_words (rowid, caller, agent)
        SELECT words_number, $2, $3 FROM calls WHERE id = $1`,
      values: [callId, caller.join(" "), agent.join(" ")].map(toStorable),
    },
  ];
}

function postgresStatements(callId: string, words: Words): readonly Statement[] {
  const { caller, agent } = words;
  return [
    // Before anything else of the call, as erasure does.
    { sql: "SELECT 1 FROM calls WHERE id = $1 FOR KEY SHARE", values: [callId] },
    {
      sql: `INSERT INTO call_words (call_id, caller, agent, vector)
        SELECT id, $2, $3, array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text($4::jsonb)))
        FROM calls WHERE id = $1
        ON CONFLICT (call_id) DO UPDATE SET caller = excluded.caller, agent = excluded.agent,
          vector = excluded.vector`,
      values: [
        callId,
        ...[caller, agent].map((words) => ` ${words.join(" ")} `),
        JSON.stringify([...lexemesOf(words)]),
      ].map(toStorable),
    },
  ];
}

/** Postgres makes a faulty vector of more, without a word. */
const MAX_VECTOR_BYTES = 1024 * 1024 - 1;

/** Who says so many different words, as nobody does by voice, is found by the first of them. */
function lexemesOf({ caller, agent }: Words): ReadonlySet<string> {
  const lexemes = new Set<string>();
  let left = MAX_VECTOR_BYTES;
  for (const [side, words] of [["c", caller], ["a", agent]] as const) {
    for (const word of words) {
      const lexeme = `${side}${word}`;
      if (lexemes.has(lexeme)) continue;
      // In UTF-8, of which a unit of UTF-16 takes three bytes at most.
      left -= 3 * lexeme.length;
      if (left < 0) return lexemes;
      lexemes.add(lexeme);
    }
  }
  return lexemes;
}
