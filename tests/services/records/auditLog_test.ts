import assert from "node:assert/strict";
import { openAuditLog } from "../../../src/services/records/auditLog.ts";
import { type AuditEntry, StatementRefused } from "../../../src/services/store.ts";
import { settled } from "../../support/until.ts";

interface Rig {
  readonly stored: AuditEntry[];
  readonly lost: unknown[];
  readonly wakes: (() => void)[];
  readonly log: ReturnType<typeof openAuditLog>;
  fault: Error | undefined;
}

function rig(maxWaiting?: number): Rig {
  const stored: AuditEntry[] = [];
  const lost: unknown[] = [];
  const wakes: (() => void)[] = [];
  const log = openAuditLog({
    audit: {
      add(entries) {
        if (made.fault !== undefined) return Promise.reject(made.fault);
        if (entries.some(({ subject }) => subject === "poison")) {
          return Promise.reject(new StatementRefused("no"));
        }
        stored.push(...entries);
        return Promise.resolve();
      },
    },
    now: () => 5,
    setTimer(wake) {
      wakes.push(wake);
      return () => {};
    },
    log: { warn() {}, error: (_message, fields) => void lost.push(fields?.["subject"]) },
    ...(maxWaiting !== undefined && { maxWaiting }),
  });
  const made: Rig = { stored, lost, wakes, log, fault: undefined };
  return made;
}

const subjects = (entries: readonly AuditEntry[]) => entries.map(({ subject }) => subject);

Deno.test("audit entries wait while the store is away, and are written then", async () => {
  const made = rig();
  made.fault = new Error("away");
  made.log.note({ action: "call.erase", subject: "call_1", keyName: "ann" });
  await settled();
  made.log.note({ action: "call.say", subject: "call_2" });
  await settled();
  assert.equal(made.stored.length, 0);
  made.fault = undefined;
  made.wakes.at(-1)?.();
  await settled();
  assert.deepEqual(subjects(made.stored), ["call_1", "call_2"]);
  const [first] = made.stored;
  assert.deepEqual([first?.at, first?.keyName, first?.action], [5, "ann", "call.erase"]);
  await made.log.close();
});

Deno.test("audit entries that cannot be stored stand in the log of the process", async () => {
  const made = rig(2);
  made.fault = new Error("away");
  for (const subject of ["call_1", "call_2", "call_3"]) {
    made.log.note({ action: "call.say", subject });
    await settled();
  }
  assert.deepEqual(made.lost, ["call_1"]);
  await made.log.close();
  assert.deepEqual(made.lost, ["call_1", "call_2", "call_3"]);
});

Deno.test("an audit entry that the store refuses does not keep the others from it", async () => {
  const made = rig();
  for (const subject of ["call_1", "poison", "call_3"]) {
    made.log.note({ action: "call.say", subject });
  }
  await made.log.close();
  assert.deepEqual(subjects(made.stored), ["call_1", "call_3"]);
  assert.deepEqual(made.lost, ["poison"]);
});
