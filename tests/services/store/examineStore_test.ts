import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { requireSameVersion } from "../../../src/cli/rehearse/sameVersion.ts";
import { examineStore } from "../../../src/services/store.ts";
import type { Database } from "../../../src/services/store/database.ts";
import { examineDatabase } from "../../../src/services/store/examineStore.ts";

Deno.test("a database is absent only where its tables are", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const settings = { kind: "sqlite", path: `${folder}/parley.db` } as const;
    assert.deepEqual(await examineStore(settings), { state: "absent" });
    const run = (sql: string) => {
      using database = new DatabaseSync(settings.path);
      database.exec(sql);
    };
    run("CREATE TABLE notes (text TEXT)");
    assert.deepEqual(await examineStore(settings), { state: "absent" });
    run("CREATE TABLE schema_version (name TEXT)");
    const found = await examineStore(settings);
    assert.ok(found.state === "unreachable", found.state);
    assert.match(found.reason, /no such column: version/);
    await assert.rejects(
      requireSameVersion(settings, { by: "--call", mayBeAbsent: true }),
      /cannot be used: no such column/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Postgres says by a code that there are no tables, and whatever else it refuses is told", async () => {
  const refusing = (code: string, message: string): Database => {
    const fail = () => Promise.reject(Object.assign(new Error(message), { code }));
    const query: Database["query"] = (sql) =>
      sql.startsWith("SELECT 1") ? Promise.resolve([]) : fail();
    return {
      kind: "postgres",
      query,
      longQuery: query,
      batch: fail,
      transaction: fail,
      tryTransaction: fail,
      leaveNoTrace: fail,
      close: () => Promise.resolve(),
    };
  };
  assert.deepEqual(
    await examineDatabase(refusing("42P01", 'relation "schema_version" does not exist')),
    { state: "absent" },
  );
  const reason = "permission denied for table schema_version";
  assert.deepEqual(await examineDatabase(refusing("42501", reason)), {
    state: "unreachable",
    reason,
  });
});
