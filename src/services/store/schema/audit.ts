/** Who has done what: nothing of callers, so that entries outlive the calls that they name. */
export const audit: readonly string[] = [
  `CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    key_name TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    refused TEXT
  )`,
  "CREATE INDEX audit_by_time ON audit (at, id)",
  "CREATE INDEX audit_by_subject ON audit (subject, at)",
];

/** Of refusals, and of what was read, that were repeated. */
export const auditTimes: readonly string[] = ["ALTER TABLE audit ADD COLUMN times INTEGER"];

/** So that no filter of the list reads all entries. */
export const auditFilters: readonly string[] = [
  "DROP INDEX audit_by_subject",
  "CREATE INDEX audit_by_subject ON audit (subject, at, id)",
  "CREATE INDEX audit_by_key ON audit (key_name, at, id)",
  "CREATE INDEX audit_by_action ON audit (action, at, id)",
  "CREATE INDEX audit_by_key_and_action ON audit (key_name, action, at, id)",
];
