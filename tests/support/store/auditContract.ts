import assert from "node:assert/strict";
import type {
  AuditAction,
  AuditEntry,
  AuditStore,
} from "../../../src/services/store/auditStore.ts";
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
    await audit.pruneByAge(2000, () => true);
    assert.equal((await list()).length, 3, "nothing while the process ends");
    await audit.pruneByAge(2000, () => false);
    assert.deepEqual(await list(), [saved, refused]);
  });

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

  test("audit entries beyond their number are the oldest of what is done most", async ({ audit }) => {
    await audit.add([
      ...entries("ann", "key.revoke", 3, 1),
      ...entries("ann", "call.tag", 20, 100),
      ...entries("bot", "call.tag", 1500, 1000),
      ...entries(undefined, "call.tag", 40, 200),
      ...entries("bot", "call.untag", 30, 300),
    ]);
    assert.deepEqual(await prunedTo(audit, 1593), [], "there are no more");
    assert.deepEqual(await prunedTo(audit, 103), [
      " call.tag 14",
      "bot call.tag 1474",
      "bot call.untag 4",
    ]);
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
    assert.deepEqual(await prunedTo(audit, 103), [], "what is left may stay");
    assert.deepEqual(await prunedTo(audit, 5), [
      " call.tag 25",
      "ann call.tag 19",
      "ann key.revoke 2",
      "bot call.tag 25",
      "bot call.untag 25",
    ]);
    assert.deepEqual(await prunedTo(audit, 2), ["  3"], "there are more kinds than entries may be");
    const newest = await audit.list({}, { limit: 9 });
    assert.deepEqual(newest.map(({ at }) => at), [2499, 329]);
  });

  test("refused sign-ins push each other out of the audit, whatever their names", async ({ audit }) => {
    const strangers = Array.from({ length: 300 }, (_, at): AuditEntry => ({
      ...{ id: `audit_${at}`, at: 1000 + at, keyName: `${at}@example.com` },
      ...{ action: "session.begin", refused: "not_allowed" },
    }));
    await audit.add([
      ...entries("ann@example.com", "session.begin", 12, 1),
      ...entries("ann@example.com", "call.erase", 5, 100),
      ...strangers,
    ]);
    assert.deepEqual(await prunedTo(audit, 30), [" session.begin 287"]);
    const left = await audit.list({}, { limit: 200 });
    const refused = left.filter(({ refused }) => refused !== undefined);
    assert.deepEqual([left.length, refused.length, refused.at(-1)?.at], [30, 13, 1287]);
    assert.deepEqual(await prunedTo(audit, 9), [
      " session.begin 10",
      "ann@example.com call.erase 2",
      "ann@example.com session.begin 9",
    ]);
    assert.equal((await audit.list({ keyName: "ann@example.com" }, { limit: 200 })).length, 6);
  });
}

/** What was told as pruned, in the order of the alphabet. */
async function prunedTo(audit: AuditStore, most: number): Promise<readonly string[]> {
  const pruned: string[] = [];
  await audit.pruneByNumber(most, {
    isStopped: () => false,
    onDeleted: ({ keyName, action, entries }) =>
      pruned.push(`${keyName ?? ""} ${action ?? ""} ${entries}`),
  });
  return pruned.sort();
}
