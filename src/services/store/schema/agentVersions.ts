/** The texts of agents that calls have used, and which of them each call ran. */
export const agentVersions: readonly string[] = [
  `CREATE TABLE agent_versions (
    agent TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    first_used_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    PRIMARY KEY (agent, version)
  )`,
  "CREATE INDEX agent_versions_by_use ON agent_versions (last_used_at)",
  "ALTER TABLE calls ADD COLUMN agent_version TEXT",
  "CREATE INDEX calls_by_version ON calls (agent_version) WHERE agent_version IS NOT NULL",
];
