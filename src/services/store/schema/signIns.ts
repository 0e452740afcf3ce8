/** Who is signed in. Of the secret of a session only the digest is kept. */
export const signIns: readonly string[] = [
  `CREATE TABLE sign_ins (
    digest TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    person TEXT NOT NULL,
    email TEXT,
    group_names TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
  )`,
  "CREATE INDEX sign_ins_by_time ON sign_ins (expires_at)",
];
