import assert from "node:assert/strict";
import { type AuditFilter, createAuditStore } from "../../../src/services/store/auditStore.ts";
import { migrate } from "../../../src/services/store/migrate.ts";
import { openSqlite } from "../../../src/services/store/sqlite/sqliteDatabase.ts";

const everything = { keyName: "ann", action: "call.tag", subject: "call_1" } as const;
const { keyName, action, subject } = everything;

const cases: readonly (readonly [filter: AuditFilter, index: string])[] = [
  [{}, "audit_by_time"],
  [{ since: 1, until: 2 }, "audit_by_time"],
  [{ keyName }, "audit_by_key"],
  [{ keyName, since: 1 }, "audit_by_key"],
  [{ action }, "audit_by_action"],
  [{ keyName, action }, "audit_by_key_and_action"],
  [{ subject }, "audit_by_subject"],
  [{ subject, keyName }, "audit_by_subject"],
  [{ subject, action }, "audit_by_subject"],
  [everything, "audit_by_subject"],
];

Deno.test("SQLite: every filter of the audit reads its entries in the order of an index", async () => {
  const database = await openSqlite(":memory:");
  await migrate(database, () => 0);
  const plans: string[] = [];
  const audit = createAuditStore({
    ...database,
    async longQuery(sql, values) {
      const steps = await database.query(`EXPLAIN QUERY PLAN ${sql}`, values);
      plans.push(steps.map(({ detail }) => detail).join("; "));
      return [];
    },
  });
  for (const [filter, index] of cases) {
    for (const after of [undefined, { startedAt: 9, id: "audit_9" }]) {
      await audit.list(filter, { limit: 10, ...(after && { after }) });
      assert.match(
        plans.at(-1) ?? "",
        new RegExp(`^(SEARCH|SCAN) audit USING INDEX ${index}( |$)[^;]*$`),
      );
    }
  }
  for (const plan of plans.slice(4)) assert.match(plan, /^SEARCH/);
  await database.close();
});
