import assert from "node:assert/strict";
import { type AuditEntry, createAuditStore } from "../../../src/services/store/auditStore.ts";
import type { Database } from "../../../src/services/store/database.ts";
import { migrate } from "../../../src/services/store/migrate.ts";
import { openReconnecting } from "../../../src/services/store/reconnectingDatabase.ts";
import { openSqlite } from "../../../src/services/store/sqlite/sqliteDatabase.ts";

const tags = (keyName: string): readonly AuditEntry[] =>
  Array.from({ length: 1000 }, (_, at) => ({
    ...{ id: `audit_${keyName}_${at}`, at, keyName, action: "call.tag" },
  }));

/** A store with 1000 entries of each of two keys; `changed` is the database with which `prune` works. */
async function withEntries(
  changed: (database: Database) => Partial<Database>,
  test: (rig: {
    readonly prune: (most: number, isStopped?: () => boolean) => Promise<void>;
    readonly told: readonly number[];
    readonly left: () => Promise<number>;
  }) => Promise<void>,
): Promise<void> {
  const database = await openReconnecting(async () => {
    const opened = await openSqlite(":memory:");
    await migrate(opened, () => 0);
    return opened;
  });
  const audit = createAuditStore({ ...database, ...changed(database) });
  await audit.add([...tags("ann"), ...tags("bot")]);
  const told: number[] = [];
  await test({
    told,
    prune: (most, isStopped = () => false) =>
      audit.pruneByNumber(most, { isStopped, onDeleted: ({ entries }) => told.push(entries) }),
    async left() {
      const [row] = await database.query("SELECT COUNT(*) AS entries FROM audit");
      return Number(row?.entries);
    },
  });
  await database.close();
}

Deno.test("audit entries are pruned, though another process has pruned more since they were counted", () =>
  withEntries((database) => ({
    async longQuery(sql, values) {
      const counted = await database.longQuery(sql, values);
      await database.query("DELETE FROM audit WHERE key_name = 'ann' AND at < 900");
      return counted;
    },
  }), async ({ prune, told, left }) => {
    await prune(500);
    assert.deepEqual([told, await left()], [[750], 350]);
  }));

Deno.test("what was pruned of the audit is told, though the store fails part-way", () => {
  let queries = 0;
  return withEntries(({ query }) => ({
    query(sql, values) {
      return ++queries > 8 ? Promise.reject(new Error("Cannot write")) : query(sql, values);
    },
  }), async ({ prune, told, left }) => {
    await assert.rejects(prune(500), /Cannot write/);
    assert.deepEqual([told, await left()], [[750, 400], 850]);
  });
});

Deno.test("the pruning of the audit stops after the transaction in which the process ends", () => {
  let queries = 0;
  return withEntries(({ query }) => ({
    query(sql, values) {
      queries++;
      return query(sql, values);
    },
  }), async ({ prune, told, left }) => {
    await prune(500, () => queries >= 3);
    assert.deepEqual([told, await left(), queries], [[400], 1600, 3]);
  });
});
