import assert from "node:assert/strict";
import type { AuditEntry } from "../../../src/services/store/auditStore.ts";
import type { StoreTest } from "./storeContract.ts";

/** How every store keeps who has done what. */
export function testAudit(test: StoreTest): void {
  const listened: AuditEntry = {
    id: "audit_1",
    at: 1000,
    keyName: "ann",
    action: "call.listen",
    subject: "call_1",
  };
  const refused: AuditEntry = {
    id: "audit_2",
    at: 2000,
    keyName: "ben",
    action: "caller.erase",
    refused: "scope_missing",
    times: 3,
  };
  const saved: AuditEntry = { id: "audit_3", at: 2000, action: "agent.save", subject: "desk" };

  test("audit entries are listed, the newest first, and pruned", async ({ audit }) => {
    await audit.add([listened, refused]);
    await audit.add([{ ...refused, keyName: "other" }, saved]);
    const list = (filter = {}, limit = 9) => audit.list(filter, { limit });
    assert.deepEqual(await list(), [saved, refused, listened]);
    assert.deepEqual(await list({}, 1), [saved]);
    const after = { startedAt: saved.at, id: saved.id };
    assert.deepEqual(await audit.list({}, { limit: 9, after }), [refused, listened]);
    assert.deepEqual(await list({ keyName: "ann" }), [listened]);
    assert.deepEqual(await list({ action: "agent.save" }), [saved]);
    assert.deepEqual(await list({ subject: "call_1" }), [listened]);
    assert.deepEqual(await list({ since: 1001 }), [saved, refused]);
    assert.deepEqual(await list({ until: 2000 }), [listened]);
    const { subject: _subject, ...several } = { ...listened, at: 1500, times: 2 };
    await audit.add([several, { ...refused, at: 9000, times: 2 }]);
    assert.deepEqual(await list(), [saved, refused, several], "only what happened more often");
    await audit.prune(2000);
    assert.deepEqual(await list(), [saved, refused]);
  });
}
