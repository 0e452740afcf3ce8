import assert from "node:assert/strict";
import { openAuditLog } from "../../../src/services/records/auditLog.ts";
import { type AuditEntry, StatementRefused } from "../../../src/services/store.ts";
import { settled } from "../../support/until.ts";

interface Rig {
  readonly stored: AuditEntry[];
  readonly lost: unknown[];
  readonly wakes: (() => void)[];
  /** What is to run in a few seconds. */
  readonly soon: (() => void)[];
  /** What is to run in ten minutes. */
  readonly later: (() => void)[];
  readonly log: ReturnType<typeof openAuditLog>;
  fault: Error | undefined;
}

function rig(maxWaiting?: number): Rig {
  const stored: AuditEntry[] = [];
  const lost: unknown[] = [];
  const wakes: (() => void)[] = [];
  const soon: (() => void)[] = [];
  const later: (() => void)[] = [];
  const log = openAuditLog({
    audit: {
      add(entries) {
        if (made.fault !== undefined) return Promise.reject(made.fault);
        if (entries.some(({ subject }) => subject === "poison")) {
          return Promise.reject(new StatementRefused("no"));
        }
        for (const entry of entries) {
          const at = stored.findIndex(({ id }) => id === entry.id);
          stored.splice(at === -1 ? stored.length : at, at === -1 ? 0 : 1, entry);
        }
        return Promise.resolve();
      },
    },
    now: () => 5,
    setTimer(wake, ms) {
      (ms === 600_000 ? later : ms === 3000 ? soon : wakes).push(wake);
      return () => {};
    },
    log: { warn() {}, error: (_message, fields) => void lost.push(fields?.["subject"]) },
    ...(maxWaiting !== undefined && { maxWaiting }),
  });
  const made: Rig = { stored, lost, wakes, soon, later, log, fault: undefined };
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

Deno.test("what a key is refused again is one entry with its number, and no other entry is lost", async () => {
  const made = rig();
  const refuse = (keyName: string, subject: string, refused = "scope_missing") =>
    made.log.note({ action: "call.say", keyName, subject, refused });
  refuse("eve", "call_1");
  for (let at = 0; at < 1000; at++) refuse("eve", "call_2");
  refuse("eve", "call_2", "invalid_request");
  refuse("ann", "call_2");
  made.log.note({ action: "call.say", keyName: "eve", subject: "call_1" });
  await settled();
  const told = () =>
    made.stored.map(({ keyName, subject, refused, times }) =>
      [keyName, subject, refused, times].join(" ").trim()
    );
  const first = [
    "eve call_1 scope_missing",
    "eve call_2 invalid_request",
    "ann call_2 scope_missing",
    "eve call_1",
  ];
  assert.deepEqual(told(), first);
  for (const gather of made.later.splice(0)) gather();
  await settled();
  assert.deepEqual(told(), [...first, "eve call_2 scope_missing 1000"]);
  refuse("eve", "call_3");
  refuse("eve", "call_4");
  await made.log.close();
  assert.deepEqual(told().slice(5), ["eve  scope_missing 2"], "of several subjects none is named");
});

Deno.test("what is counted is stored every few seconds, in one write and in the same entry", async () => {
  const made = rig();
  const refuse = (subject: string) =>
    made.log.note({ action: "call.say", keyName: "eve", subject, refused: "scope_missing" });
  const told = () => made.stored.map(({ subject, times = 1 }) => [subject, times]);
  const pass = async () => {
    for (const write of made.soon.splice(0)) write();
    await settled();
  };
  for (let at = 0; at < 6; at++) refuse("call_1");
  await settled();
  assert.deepEqual([told(), made.soon.length], [[["call_1", 1]], 1]);
  await pass();
  assert.deepEqual(told(), [["call_1", 1], ["call_1", 5]]);
  const counted = made.stored[1];

  made.fault = new Error("away");
  for (let at = 0; at < 3; at++) {
    refuse("call_2");
    await pass();
  }
  made.fault = undefined;
  made.wakes.at(-1)?.();
  await settled();
  assert.deepEqual(told(), [["call_1", 1], [undefined, 8]], "the same entry, by its newest number");
  assert.equal(made.stored[1]?.id, counted?.id);
  assert.ok((made.stored[1]?.at ?? 0) > (counted?.at ?? 0), "the time of the last one");

  await pass();
  assert.deepEqual(made.soon, [], "without new ones nothing is written");
  for (const gather of made.later.splice(0)) gather();
  refuse("call_3");
  await pass();
  assert.deepEqual(told().slice(2), [["call_3", 1]], "the next ten minutes are another entry");
  await made.log.close();
});

Deno.test("what is read again is one entry with its number, each thing that was read on its own", async () => {
  const made = rig();
  const read = (subject: string) =>
    made.log.note({ action: "recording.read", keyName: "cy", subject });
  for (let at = 0; at < 100; at++) read("call_1");
  read("call_2");
  for (let at = 0; at < 3; at++) {
    made.log.note({ action: "call.say", keyName: "cy", subject: "call_1" });
  }
  await made.log.close();
  assert.deepEqual(
    made.stored.map(({ action, subject, times }) => [action, subject, times]),
    [
      ["recording.read", "call_1", undefined],
      ["recording.read", "call_2", undefined],
      ["call.say", "call_1", undefined],
      ["call.say", "call_1", undefined],
      ["call.say", "call_1", undefined],
      ["recording.read", "call_1", 99],
    ],
  );
});
