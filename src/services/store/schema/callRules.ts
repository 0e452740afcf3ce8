/** What people who were called had agreed to, and what they said who want no more calls. */
export const callRules: readonly string[] = [
  "ALTER TABLE calls ADD COLUMN consent TEXT",
  "ALTER TABLE calls ADD COLUMN opt_out TEXT",
  // The words are the person's and go with the call; the entry stays.
  "ALTER TABLE do_not_call ADD COLUMN words TEXT",
  "ALTER TABLE do_not_call ADD COLUMN call_id TEXT",
  "CREATE INDEX do_not_call_by_call ON do_not_call (call_id)",
];
