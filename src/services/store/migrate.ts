import type { Database, Query } from "./database.ts";
import { maybeNumber, onlyRow } from "./row.ts";
import { versions } from "./schema.ts";
import type { SchemaStatement } from "./schema/schemaStatement.ts";

/**
 * Brings a database to the newest version; processes that start at the same time wait for each other.
 * Throws if the database is newer than this program.
 */
export async function migrate(
  database: Database,
  now: () => number,
  steps: readonly (readonly SchemaStatement[])[] = versions,
): Promise<void> {
  await database.transaction("schema", async (query) => {
    await query(
      "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at BIGINT NOT NULL)",
    );
    const version = await versionOf(query);
    if (version > steps.length) {
      throw new Error(
        `Cannot use the database: it has version ${version}, and this program knows versions up to ${steps.length}. Start a newer program, or restore an older copy.`,
      );
    }
    for (const [at, statements] of steps.entries()) {
      if (at < version) continue;
      for (const statement of statements) {
        const sql = sqlFor(database.kind, statement);
        if (sql !== undefined) await query(sql);
      }
      await query("INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)", [
        at + 1,
        Math.round(now()),
      ]);
    }
  });
}

function sqlFor(kind: Database["kind"], statement: SchemaStatement): string | undefined {
  if (typeof statement === "string") return statement;
  if ("postgres" in statement) return kind === "postgres" ? statement.postgres : undefined;
  return kind === "sqlite" ? statement.sqlite : undefined;
}

async function versionOf(query: Query): Promise<number> {
  const newest = await query("SELECT MAX(version) AS version FROM schema_version");
  return maybeNumber(onlyRow(newest), "version") ?? 0;
}
