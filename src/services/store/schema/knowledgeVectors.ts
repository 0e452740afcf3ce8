/** Vectors of passages in Postgres; with SQLite they are beside the other knowledge. */
export const knowledgeVectors: readonly { readonly postgres: string }[] = [
  `CREATE TABLE knowledge_vectors (
    hash TEXT NOT NULL,
    model TEXT NOT NULL,
    vector BYTEA,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (hash, model)
  )`,
].map((postgres) => ({ postgres }));
