/** The tables of knowledge in Postgres; with SQLite it has a database of its own. */
export const knowledgeTables: readonly { readonly postgres: string }[] = [
  `CREATE TABLE knowledge_documents (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT NOT NULL,
    complete INTEGER NOT NULL,
    used_at BIGINT NOT NULL,
    passages INTEGER NOT NULL,
    chars INTEGER NOT NULL,
    pages INTEGER,
    topics TEXT NOT NULL,
    whole TEXT
  )`,
  "CREATE INDEX knowledge_documents_by_key ON knowledge_documents (key)",
  `CREATE TABLE knowledge_passages (
    id BIGINT PRIMARY KEY,
    document BIGINT NOT NULL REFERENCES knowledge_documents (id) ON DELETE CASCADE,
    configuration REGCONFIG NOT NULL,
    source TEXT NOT NULL,
    heading TEXT NOT NULL,
    words TEXT NOT NULL,
    folded_heading TEXT NOT NULL,
    folded TEXT NOT NULL,
    vector TSVECTOR GENERATED ALWAYS AS (
      setweight(to_tsvector(configuration, folded_heading), 'A') ||
      to_tsvector(configuration, folded)) STORED
  )`,
  "CREATE INDEX knowledge_passages_by_document ON knowledge_passages (document)",
  // Without its list of pending entries, which every search would have to read after a change.
  `CREATE INDEX knowledge_passages_by_word ON knowledge_passages USING gin (vector)
    WITH (fastupdate = off)`,
].map((postgres) => ({ postgres }));
