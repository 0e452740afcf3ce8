import assert from "node:assert/strict";
import type { AuditAction, AuditEntry } from "../../../src/services/store/auditStore.ts";
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
    assert.deepEqual(await list({ subject: "call_1", keyName: "ann" }), [listened]);
    assert.deepEqual(await list({ subject: "call_1", keyName: "ben" }), []);
    assert.deepEqual(await list({ since: 1001 }), [saved, refused]);
    assert.deepEqual(await list({ until: 2000 }), [listened]);
    const { subject: _subject, ...several } = { ...listened, at: 1500, times: 2 };
    await audit.add([several, { ...refused, at: 9000, times: 2 }]);
    assert.deepEqual(await list(), [saved, refused, several], "only what happened more often");
    await audit.pruneByAge(2000);
    assert.deepEqual(await list(), [saved, refused]);
  });

  test("audit entries beyond their number are the oldest of what is done most", async ({ audit }) => {
    const entries = (
      keyName: string | undefined,
      action: AuditAction,
      count: number,
      from: number,
    ): readonly AuditEntry[] =>
      Array.from({ length: count }, (_, at) => ({
        ...{ id: `audit_${keyName}_${action}_${at}`, at: from + at, action },
        ...(keyName !== undefined && { keyName }),
      }));
    await audit.add([
      ...entries("ann", "key.revoke", 3, 1),
      ...entries("ann", "call.tag", 20, 100),
      ...entries("bot", "call.tag", 1500, 1000),
      ...entries(undefined, "call.tag", 40, 200),
      ...entries("bot", "call.untag", 30, 300),
    ]);
    assert.deepEqual(await audit.pruneByNumber(1593), [], "there are no more");
    const pruned = await audit.pruneByNumber(103);
    assert.deepEqual(
      pruned.map(({ keyName, action, entries }) => [keyName, action, entries].join(" ")).sort(),
      [" call.tag 14", "bot call.tag 1474", "bot call.untag 4"],
    );
    const left = await audit.list({}, { limit: 200 });
    const counts = Map.groupBy(left, ({ keyName, action }) => `${keyName} ${action}`);
    assert.deepEqual(
      [...counts].map(([kind, { length }]) => `${kind} ${length}`).sort(),
      [
        "ann call.tag 20",
        "ann key.revoke 3",
        "bot call.tag 26",
        "bot call.untag 26",
        "undefined call.tag 26",
      ],
    );
    const ofBot = await audit.list({ keyName: "bot", action: "call.tag" }, { limit: 200 });
    assert.deepEqual([ofBot[0]?.at, ofBot.at(-1)?.at], [2499, 2474], "the newest are left");
    assert.deepEqual(await audit.pruneByNumber(103), [], "what is left may stay");
    assert.equal((await audit.pruneByNumber(1)).length, 5);
    assert.equal((await audit.list({}, { limit: 200 })).length, 5, "the newest of each stays");
  });
}
