import type { Database, Row } from "../database.ts";
import { numberOf } from "../row.ts";
import {
  documentStatements,
  type KeptPassage,
  type KnowledgeQuestion,
  type KnowledgeStore,
  passageOf,
  PASSAGES_PER_DOCUMENT,
  passageStatements,
} from "./knowledgeStore.ts";
import { fuseRanks } from "./fuseRanks.ts";
import { foldText, partsOf, searchWords, stemOf } from "./searchWords.ts";
import { tellingWords } from "./tellingWords.ts";
import { createVectorStore } from "./vectorStore.ts";

/** Another number makes the index anew. */
const VERSION = 1;
/** Candidates of each way of searching. */
const CANDIDATES = 20;

const tables = [
  `CREATE TABLE knowledge_documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    complete INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    chars INTEGER NOT NULL,
    pages INTEGER,
    topics TEXT NOT NULL,
    whole TEXT
  )`,
  "CREATE INDEX knowledge_documents_by_key ON knowledge_documents (key)",
  `CREATE TABLE knowledge_passages (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    heading TEXT NOT NULL,
    words TEXT NOT NULL
  )`,
  // What is indexed is folded before; the stems of English do other languages no harm, as questions have
  // the same ones.
  `CREATE VIRTUAL TABLE knowledge_words USING fts5(heading, words,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2')`,
  // For parts of words.
  `CREATE VIRTUAL TABLE knowledge_parts USING fts5(words,
    content = '', contentless_delete = 1, detail = 'full', tokenize = 'trigram')`,
];

/** Keeps knowledge in a SQLite database that holds nothing else, with its full-text search. */
export function createSqliteKnowledge(database: Database): KnowledgeStore {
  const { query, longQuery, batch } = database;
  return {
    ...documentStatements(query),
    ...passageStatements(longQuery),
    vectors: createVectorStore(database),
    indexOf: () => "sqlite",
    add(document, passages, { position }) {
      const rows = JSON.stringify(passages.map(({ source, heading, text }, at) => ({
        id: document * PASSAGES_PER_DOCUMENT + position + at,
        ...{ source, heading, text },
        ...{ foldedHeading: foldText(heading), folded: foldText(text) },
      })));
      return batch([
        {
          sql: `INSERT INTO knowledge_passages (id, source, heading, words)
            SELECT value->>'id', value->>'source', value->>'heading', value->>'text'
            FROM json_each($1)`,
          values: [rows],
        },
        {
          sql: `INSERT INTO knowledge_words (rowid, heading, words)
            SELECT value->>'id', value->>'foldedHeading', value->>'folded' FROM json_each($1)`,
          values: [rows],
        },
        {
          sql: `INSERT INTO knowledge_parts (rowid, words)
            SELECT value->>'id', value->>'foldedHeading' || ' ' || (value->>'folded')
            FROM json_each($1)`,
          values: [rows],
        },
      ]);
    },
    async prune(before) {
      const old = await query("SELECT id FROM knowledge_documents WHERE used_at < $1", [
        Math.round(before),
      ]);
      for (const row of old) {
        const id = numberOf(row, "id");
        const range = [id * PASSAGES_PER_DOCUMENT, (id + 1) * PASSAGES_PER_DOCUMENT - 1];
        await batch([
          ...["knowledge_words", "knowledge_parts"].map((table) => ({
            sql: `DELETE FROM ${table} WHERE rowid BETWEEN $1 AND $2`,
            values: range,
          })),
          { sql: "DELETE FROM knowledge_passages WHERE id BETWEEN $1 AND $2", values: range },
          { sql: "DELETE FROM knowledge_documents WHERE id = $1", values: [id] },
        ]);
      }
    },
    search,
    close: () => database.close(),
  };

  async function search(
    { text, documents, limit }: KnowledgeQuestion,
  ): Promise<readonly KeptPassage[]> {
    const words = searchWords(text);
    if (words.length === 0 || documents.length === 0) return [];
    const within = JSON.stringify(documents);
    const { known, unknown } = tellingWords(words, await countsOf(words, within));
    const parts = unknown.flatMap(partsOf).map(quoted);
    const [byWord, byPart] = await Promise.all([
      rowsOf("knowledge_words", known.map(wordQuery), within),
      rowsOf("knowledge_parts", parts, within),
    ]);
    const best = fuseRanks([byWord, byPart].map((rows) => rows.map((row) => numberOf(row, "id"))));
    const rows = new Map([...byWord, ...byPart].map((row) => [numberOf(row, "id"), row]));
    return best.slice(0, limit).flatMap((id) => {
      const row = rows.get(id);
      return row === undefined ? [] : [passageOf(row)];
    });
  }

  function rowsOf(
    table: string,
    terms: readonly string[],
    within: string,
  ): Promise<readonly Row[]> {
    if (terms.length === 0) return Promise.resolve([]);
    const weights = table === "knowledge_words" ? ", 3.0, 1.0" : "";
    return longQuery(
      `WITH found AS (
        SELECT rowid AS id, bm25(${table}${weights}) AS score FROM ${table}
        WHERE ${table} MATCH $1
          AND rowid / ${PASSAGES_PER_DOCUMENT} IN (SELECT value FROM json_each($2))
        ORDER BY score LIMIT ${CANDIDATES}
      )
      SELECT passages.id, source, heading, words FROM found
      JOIN knowledge_passages AS passages ON passages.id = found.id ORDER BY score`,
      [terms.join(" OR "), within],
    );
  }

  /** How many passages of these documents have each of the words. */
  async function countsOf(words: readonly string[], within: string): Promise<readonly number[]> {
    const rows = await longQuery(
      `SELECT (
          SELECT COUNT(*) FROM knowledge_words WHERE knowledge_words MATCH asked.value
            AND rowid / ${PASSAGES_PER_DOCUMENT} IN (SELECT value FROM json_each($2))
        ) AS hits FROM json_each($1) AS asked ORDER BY key`,
      [JSON.stringify(words.map(wordQuery)), within],
    );
    return rows.map((row) => numberOf(row, "hits"));
  }
}

/** A word, and what begins as it does. Only letters and digits occur in it, so that quotes are enough. */
function wordQuery(word: string): string {
  const stem = stemOf(word);
  return [word, ...(stem === word ? [] : [stem])].map((one) =>
    one.length < 3 ? quoted(one) : `${quoted(one)}*`
  ).join(" OR ");
}

function quoted(word: string): string {
  return `"${word}"`;
}

/** Stays in every version: what is in it was paid for. */
const vectors = `CREATE TABLE IF NOT EXISTS knowledge_vectors (
  hash TEXT NOT NULL,
  model TEXT NOT NULL,
  vector BLOB,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (hash, model)
)`;

/** Makes the tables; those of another version, which can all be made anew, are removed before. */
export async function prepareSqliteKnowledge(database: Database): Promise<void> {
  await database.transaction("knowledge", async (query) => {
    await query(vectors);
    const [row = {}] = await query("PRAGMA user_version");
    if (numberOf(row, "user_version") === VERSION) return;
    for (const name of ["documents", "passages", "words", "parts"]) {
      await query(`DROP TABLE IF EXISTS knowledge_${name}`);
    }
    for (const table of tables) await query(table);
    await query(`PRAGMA user_version = ${VERSION}`);
  });
}
