import type { DatabaseSettings } from "../../config/settings.ts";
import { whyNotWritten } from "../../utils/writableFolder.ts";
import type { Database, Query } from "./database.ts";
import { maybeNumber } from "./row.ts";
import { versions } from "./schema.ts";
import { openSqlite } from "./sqlite/sqliteDatabase.ts";

/** How a database stands: what it was asked, and what it refused. */
export type StoreCondition =
  | {
    readonly state: "ready";
    /** Of one question; the lowest of some. */
    readonly latencyMs: number;
    readonly version: number;
    /** The version that this program makes of it. */
    readonly newest: number;
  }
  /** It will be made at the first start. */
  | { readonly state: "absent" }
  | { readonly state: "unreachable" | "read_only"; readonly reason: string };

const QUESTIONS = 3;

/** Opens the database of the settings, without changing anything in it, and asks it. Never rejects. */
export async function examineStore(settings: DatabaseSettings): Promise<StoreCondition> {
  let database: Database;
  try {
    if (settings.kind === "sqlite" && !await isThere(settings.path)) return { state: "absent" };
    database = settings.kind === "sqlite"
      ? await openSqlite(settings.path)
      : await (await import("./postgres/postgresDatabase.ts")).openPostgres(settings.url);
  } catch (error) {
    return { state: "unreachable", reason: reasonOf(error) };
  }
  try {
    return await examineDatabase(database);
  } finally {
    await database.close();
  }
}

/** Asks an open database for its version, and whether it takes what is written. Never rejects. */
export async function examineDatabase(database: Database): Promise<StoreCondition> {
  try {
    let latencyMs = Infinity;
    for (let asked = 0; asked < QUESTIONS; asked++) {
      const from = performance.now();
      await database.query("SELECT 1 AS one");
      latencyMs = Math.min(latencyMs, performance.now() - from);
    }
    const version = await versionOf(database.query);
    if (version === 0) return { state: "absent" };
    const refusal = await writeRefusal(database);
    if (refusal !== undefined) return { state: "read_only", reason: refusal };
    return { state: "ready", latencyMs, version, newest: versions.length };
  } catch (error) {
    return { state: "unreachable", reason: reasonOf(error) };
  }
}

/** Writes a row, and takes it back. */
async function writeRefusal(database: Database): Promise<string | undefined> {
  let hasWritten = false;
  try {
    await database.transaction("examination", async (query) => {
      await query("INSERT INTO facts (name, value) VALUES ($1, $2)", [crypto.randomUUID(), ""]);
      hasWritten = true;
      throw new Error("Nothing is kept of an examination");
    });
  } catch (error) {
    return hasWritten ? undefined : reasonOf(error);
  }
  return undefined;
}

/** 0 where there are no tables yet. */
async function versionOf(query: Query): Promise<number> {
  try {
    const [row] = await query("SELECT MAX(version) AS version FROM schema_version");
    return (row && maybeNumber(row, "version")) ?? 0;
  } catch (error) {
    if (isWithoutTable(error)) return 0;
    throw error;
  }
}

/** By Postgres' code, and by SQLite's text: its thread passes on no code, and that of a missing table is a general one. */
function isWithoutTable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return "code" in error && error.code === "42P01" || error.message.startsWith("no such table:");
}

/** Rejects where a part of the path is a file, or nobody may look. */
async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new Error(`Cannot open ${path}: ${whyNotWritten(error)}`, { cause: error });
  }
}

/** Without what a connection string may hold. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\/\/[^@\s/]*@/g, "//").slice(0, 300);
}
