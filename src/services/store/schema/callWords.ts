import type { SchemaStatement } from "./schemaStatement.ts";

/** Marks a call as one whose index is behind its turns, again where it is marked already. */
const markStale = (row: string) =>
  `INSERT INTO stale_words (call_id, at, version)
    SELECT id, started_at, 1 FROM calls WHERE id = ${row} AND ended_at IS NOT NULL
    ON CONFLICT (call_id) DO UPDATE SET version = stale_words.version + 1`;

/**
 * What was said in calls that are over, folded, by who said it, for a full-text search. It is made from the
 * turns behind them: `stale_words` says of which calls, whoever writes them; `at` is when they began.
 */
export const callWords: readonly SchemaStatement[] = [
  `CREATE TABLE stale_words (
    call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    version INTEGER NOT NULL
  )`,
  "CREATE INDEX stale_words_by_time ON stale_words (at)",
  // All calls there are get their words one after another, the newest first, while the server runs.
  "INSERT INTO stale_words SELECT id, started_at, 1 FROM calls WHERE ended_at IS NOT NULL",
  {
    sqlite: `CREATE VIRTUAL TABLE call_words USING fts5(caller, agent, prefix = '3 4',
      tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'")`,
  },
  // What is deleted is taken out of the index at once.
  { sqlite: "INSERT INTO call_words (call_words, rank) VALUES ('secure-delete', 1)" },
  // The row of `call_words`; that of `calls` may change its number.
  { sqlite: "ALTER TABLE calls ADD COLUMN words_number INTEGER" },
  {
    sqlite: `CREATE UNIQUE INDEX calls_by_words ON calls (words_number)
      WHERE words_number IS NOT NULL`,
  },
  {
    sqlite: `CREATE TRIGGER calls_words_erased AFTER DELETE ON calls
      WHEN OLD.words_number IS NOT NULL
      BEGIN DELETE FROM call_words WHERE rowid = OLD.words_number; END`,
  },
  {
    sqlite: `CREATE TRIGGER calls_words_stale AFTER UPDATE OF ended_at ON calls
      WHEN NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL
      BEGIN ${markStale("NEW.id")}; END`,
  },
  ...["INSERT", "UPDATE OF text, role, spoken_by"].map((change, at) => ({
    sqlite: `CREATE TRIGGER turns_words_stale_${at} AFTER ${change} ON turns
      BEGIN ${markStale("NEW.call_id")}; END`,
  })),
  {
    postgres: `CREATE TABLE call_words (
      call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
      caller TEXT NOT NULL,
      agent TEXT NOT NULL,
      vector TSVECTOR NOT NULL
    )`,
  },
  // Without its list of pending entries, which every search would have to read after a change.
  {
    postgres:
      "CREATE INDEX call_words_by_word ON call_words USING gin (vector) WITH (fastupdate = off)",
  },
  {
    postgres: `CREATE FUNCTION mark_call_words_stale() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN ${markStale("NEW.id")}; RETURN NULL; END $$`,
  },
  {
    postgres: `CREATE FUNCTION mark_turn_words_stale() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN ${markStale("NEW.call_id")}; RETURN NULL; END $$`,
  },
  {
    postgres: `CREATE TRIGGER calls_words_stale AFTER UPDATE OF ended_at ON calls FOR EACH ROW
      WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL)
      EXECUTE FUNCTION mark_call_words_stale()`,
  },
  {
    postgres: `CREATE TRIGGER turns_words_stale AFTER INSERT OR UPDATE OF text, role, spoken_by
      ON turns FOR EACH ROW EXECUTE FUNCTION mark_turn_words_stale()`,
  },
];
