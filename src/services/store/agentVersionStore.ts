import { storableText, toInteger } from "./columns.ts";
import type { Database, Row } from "./database.ts";
import { maybeText, numberOf, textOf } from "./row.ts";

/** A version of an agent, and the calls of one process that began with it. */
export interface VersionUse {
  readonly agent: string;
  readonly version: string;
  readonly text: string;
  readonly firstUsedAt: number;
  readonly lastUsedAt: number;
  readonly uses: number;
}

/** A version that calls have used; times are milliseconds since 1970. */
export type UsedVersion = Omit<VersionUse, "text">;

export type AgentVersionStore = ReturnType<typeof createAgentVersionStore>;

/** Of one agent; of more, those that were not used for longest are dropped. */
export const MAX_AGENT_VERSIONS = 200;
export const AGENT_VERSION_DAYS = 90;

/** Texts of agents that calls have used, of all processes. Table `agent_versions`. */
export function createAgentVersionStore({ query, batch }: Database) {
  return {
    /** Adds to what is known of these versions, and drops those that are too many. */
    async record(uses: readonly VersionUse[]): Promise<void> {
      const agents = new Set(uses.map(({ agent }) => agent));
      await batch([
        ...uses.map((use) => ({
          sql: `INSERT INTO agent_versions
              (agent, version, text, first_used_at, last_used_at, uses)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (agent, version) DO UPDATE SET
              uses = agent_versions.uses + excluded.uses,
              last_used_at = CASE WHEN agent_versions.last_used_at > excluded.last_used_at
                THEN agent_versions.last_used_at ELSE excluded.last_used_at END`,
          values: [
            use.agent,
            use.version,
            storableText(use.text),
            toInteger(use.firstUsedAt),
            toInteger(use.lastUsedAt),
            use.uses,
          ],
        })),
        ...[...agents].map((agent) => ({
          sql: `DELETE FROM agent_versions WHERE agent = $1 AND version NOT IN (
            SELECT version FROM agent_versions WHERE agent = $1
            ORDER BY last_used_at DESC, version LIMIT $2)`,
          values: [agent, MAX_AGENT_VERSIONS],
        })),
      ]);
    },
    /** Those of an agent, the one used last first. */
    async list(agent: string): Promise<readonly UsedVersion[]> {
      const rows = await query(
        `SELECT agent, version, first_used_at, last_used_at, uses FROM agent_versions
          WHERE agent = $1 ORDER BY last_used_at DESC, version`,
        [agent],
      );
      return rows.map(usedVersion);
    },
    /** The text of one version. */
    async text(agent: string, version: string): Promise<string | undefined> {
      const [row] = await query(
        "SELECT text FROM agent_versions WHERE agent = $1 AND version = $2",
        [agent, version],
      );
      return row && maybeText(row, "text");
    },
    /** The version that calls have used last. */
    async latest(agent: string): Promise<{ readonly text: string } | undefined> {
      const [row] = await query(
        `SELECT text FROM agent_versions WHERE agent = $1
          ORDER BY last_used_at DESC, version LIMIT 1`,
        [agent],
      );
      return row && { text: textOf(row, "text") };
    },
  };
}

function usedVersion(row: Row): UsedVersion {
  return {
    agent: textOf(row, "agent"),
    version: textOf(row, "version"),
    firstUsedAt: numberOf(row, "first_used_at"),
    lastUsedAt: numberOf(row, "last_used_at"),
    uses: numberOf(row, "uses"),
  };
}
