import type { Database, SqlValue } from "../database.ts";
import type { WordSearch, WordTerm } from "./wordSearch.ts";

/**
 * The condition on `calls`; `bind` gives a value its parameter. Common words do not have SQLite look up each
 * call that has them.
 */
export function wordsCondition(
  kind: Database["kind"],
  search: WordSearch,
  bind: (value: SqlValue) => string,
  areCommon: boolean,
): string {
  if (kind === "sqlite") {
    return `${areCommon ? "+" : ""}words_number IN (SELECT rowid FROM call_words
      WHERE call_words MATCH ${bind(matchOf(search))})`;
  }
  const phrases = search.terms.filter(({ words }) => words.length > 1)
    .map((phrase) => phraseCondition(phrase, search, bind));
  return `id IN (SELECT call_id FROM call_words WHERE ${
    [`vector @@ CAST(${bind(tsqueryOf(search))} AS TSQUERY)`, ...phrases].join(" AND ")
  })`;
}

/** A query of FTS5. Only letters, digits and marks occur in words, so that quotes are enough. */
export function matchOf({ terms, saidBy }: WordSearch): string {
  const columns = saidBy === undefined ? "" : `${saidBy} : `;
  return terms.map(({ words, isPrefix }) => `${columns}"${words.join(" ")}"${isPrefix ? " *" : ""}`)
    .join(" AND ");
}

/** Lexemes begin with who said them, so that the index alone tells. */
function tsqueryOf({ terms, saidBy }: WordSearch): string {
  const sides = saidBy === undefined ? ["c", "a"] : [saidBy.slice(0, 1)];
  return terms.flatMap(({ words, isPrefix }) =>
    words.map((word, at) => {
      const ending = isPrefix && at === words.length - 1 ? ":*" : "";
      return `(${sides.map((side) => `'${side}${word}'${ending}`).join(" | ")})`;
    })
  ).join(" & ");
}

/** The index knows no places, of which Postgres keeps too few for a long call. */
function phraseCondition(
  { words, isPrefix }: WordTerm,
  { saidBy }: WordSearch,
  bind: (value: SqlValue) => string,
): string {
  const phrase = bind(` ${words.join(" ")}${isPrefix ? "" : " "}`);
  const sides = saidBy === undefined ? ["caller", "agent"] : [saidBy];
  return `(${sides.map((side) => `strpos(${side}, ${phrase}) > 0`).join(" OR ")})`;
}
