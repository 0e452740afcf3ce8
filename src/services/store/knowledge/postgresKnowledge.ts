import type { Database } from "../database.ts";
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

const CANDIDATES = 20;
/** The words of $1 in the configuration $2. The limit tells the planner that they are few. */
const ASKED = `(
  SELECT position, to_tsquery($2::regconfig, given.term) AS term
  FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS given (term, position) LIMIT 16
) AS asked`;

/** Keeps knowledge in the tables of the store, with Postgres' full-text search. `close` leaves the database open. */
export function createPostgresKnowledge(database: Database): KnowledgeStore {
  const { query, transaction } = database;
  return {
    ...documentStatements(query),
    ...passageStatements(query),
    vectors: createVectorStore(database),
    indexOf: configurationOf,
    async add(document, passages, { position, language }) {
      const rows = JSON.stringify(passages.map(({ source, heading, text }, at) => ({
        id: document * PASSAGES_PER_DOCUMENT + position + at,
        ...{ source, heading, words: text },
        ...{ folded_heading: foldText(heading), folded: foldText(text) },
      })));
      await query(
        `INSERT INTO knowledge_passages
          (id, document, configuration, source, heading, words, folded_heading, folded)
          SELECT id, $2::bigint, $3::regconfig, source, heading, words, folded_heading, folded
          FROM jsonb_to_recordset($1::jsonb) AS given (id bigint, source text, heading text,
            words text, folded_heading text, folded text)
          ON CONFLICT (id) DO NOTHING`,
        [rows, document, configurationOf(language)],
      );
    },
    async prune(before) {
      await transaction("knowledge", async (query) => {
        const old = "SELECT id FROM knowledge_documents WHERE used_at < $1";
        const values = [Math.round(before)];
        await query(`DELETE FROM knowledge_passages WHERE document IN (${old})`, values);
        await query("DELETE FROM knowledge_documents WHERE used_at < $1", values);
      });
    },
    search,
    close: () => Promise.resolve(),
  };

  async function search(
    { text, documents, language, limit }: KnowledgeQuestion,
  ): Promise<readonly KeptPassage[]> {
    const words = searchWords(text);
    if (words.length === 0 || documents.length === 0) return [];
    const within = `{${documents.join(",")}}`;
    const configuration = configurationOf(language);
    const terms = JSON.stringify(words.map(termOf));
    const counts = await query(
      // -1 for a word that every text in this language has.
      `SELECT CASE WHEN numnode(term) = 0 THEN -1 ELSE (
          SELECT COUNT(*) FROM knowledge_passages
          WHERE vector @@ term AND document = ANY ($3::bigint[])
        ) END AS hits FROM ${ASKED} ORDER BY position`,
      [terms, configuration, within],
    );
    const { known, unknown } = tellingWords(words, counts.map((row) => numberOf(row, "hits")));
    const found = known.length === 0 ? [] : await query(
      // A word counts by how rare it is, which ts_rank does not know of.
      `WITH hits AS (
          SELECT id, position, ts_rank('{0.3, 0.3, 0.3, 1.0}', vector, term, 1) AS rank
          FROM ${ASKED} JOIN knowledge_passages ON vector @@ term
          WHERE document = ANY ($3::bigint[])
        ), counts AS (
          SELECT position, ln(1 + (SELECT COALESCE(SUM(passages), 0) FROM knowledge_documents
            WHERE id = ANY ($3::bigint[])) / COUNT(*)::float8) AS weight
          FROM hits GROUP BY position
        ), best AS (
          SELECT id, SUM(weight * (1 + rank)) AS score FROM hits JOIN counts USING (position)
          GROUP BY id ORDER BY score DESC, id LIMIT ${CANDIDATES}
        )
        SELECT id, source, heading, words FROM best JOIN knowledge_passages USING (id)
        ORDER BY score DESC, id`,
      [JSON.stringify(known.map(termOf)), configuration, within],
    );
    const parts = unknown.flatMap(partsOf);
    const byPart = parts.length === 0 ? [] : await query(
      `SELECT id, source, heading, words FROM knowledge_passages
        CROSS JOIN LATERAL (
          SELECT COUNT(*) AS hits FROM jsonb_array_elements_text($1::jsonb) AS part
          WHERE strpos(folded_heading || ' ' || folded, part) > 0) AS counted
        WHERE document = ANY ($2::bigint[]) AND hits > 0
        ORDER BY hits DESC, id LIMIT ${CANDIDATES}`,
      [JSON.stringify(parts), within],
    );
    const rows = new Map([...found, ...byPart].map((row) => [numberOf(row, "id"), row]));
    const best = fuseRanks([found, byPart].map((list) => list.map((row) => numberOf(row, "id"))));
    return best.slice(0, limit).flatMap((id) => {
      const row = rows.get(id);
      return row === undefined ? [] : [passageOf(row)];
    });
  }
}

/** A word, and what begins as it does. Only letters and digits occur in it, so that quotes are enough. */
function termOf(word: string): string {
  const forms = [...new Set([word, stemOf(word)])];
  return forms.map((form) => form.length < 3 ? `'${form}'` : `'${form}':*`).join(" | ");
}

/** The configurations that Postgres ships, by the language's code. */
const configurations: Readonly<Record<string, string>> = {
  da: "danish",
  de: "german",
  en: "english",
  es: "spanish",
  fi: "finnish",
  fr: "french",
  hu: "hungarian",
  it: "italian",
  nb: "norwegian",
  nl: "dutch",
  no: "norwegian",
  pt: "portuguese",
  ro: "romanian",
  ru: "russian",
  sv: "swedish",
  tr: "turkish",
};

function configurationOf(language: string): string {
  return configurations[language.slice(0, 2).toLowerCase()] ?? "simple";
}
