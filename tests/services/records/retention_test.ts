import assert from "node:assert/strict";
import { createIncidents } from "../../../src/utils/incidents.ts";
import { openRetention } from "../../../src/services/records/retention.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { opened } from "../../support/store/storedCalls.ts";
import { withApi } from "../../support/servers/apiServer.ts";
import { apiKey, startPhoneServer } from "../../support/servers/phoneServer.ts";
import { until } from "../../support/until.ts";
import { hangUp } from "../../support/twilio/hangUp.ts";
import { noRecordings } from "../../support/noRecordings.ts";

const day = 24 * 60 * 60_000;

for (const [days, left] of [[30, ["call_new"]], [undefined, ["call_new", "call_old"]]] as const) {
  Deno.test(`openRetention() keeps what it should after ${days ?? "no"} days`, () =>
    withApi({}, async ({ store, remember }) => {
      const now = Date.UTC(2027, 0, 1);
      await remember({ id: "call_old", startedAt: now - 31 * day }, {});
      await remember({ id: "call_new", startedAt: now - 29 * day }, {});
      const wakes: (() => void)[] = [];
      const again = Promise.withResolvers<void>();
      const stop = openRetention({
        auditDays: 365,
        auditEntries: 10_000,
        sendsWebhooks: true,
        recordings: noRecordings,
        store,
        days,
        now: () => now,
        incidents: { report() {}, resolve() {} },
        setTimer(wake) {
          if (wakes.push(wake) === 2) again.resolve();
          return () => {};
        },
        log: { info() {}, warn: (_, { error } = {}) => again.reject(error) },
      });
      wakes[0]?.();
      await again.promise;
      await stop();
      const { calls } = await store.calls.list({}, { limit: 10 });
      assert.deepEqual(calls.map(({ id }) => id), left);
    }));
}

Deno.test("a server forgets the journals of old calls, and no other file", async () => {
  const dir = await Deno.makeTempDir();
  const names = ["call_old.jsonl", "call_new.jsonl", "notes.txt"];
  for (const name of names) await Deno.writeTextFile(`${dir}/${name}`, "{}\n");
  const old = new Date(Date.now() - 31 * day);
  for (const name of ["call_old.jsonl", "notes.txt"]) await Deno.utime(`${dir}/${name}`, old, old);
  {
    await using _server = await startPhoneServer({
      env: { RETENTION_DAYS: "30", JOURNAL_DIR: dir },
    });
    const left = () => [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
    await until(left, (names) => !names.includes("call_old.jsonl"));
    assert.deepEqual(left(), ["call_new.jsonl", "notes.txt"]);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("the journals of a caller go with the caller's records", async () => {
  const dir = await Deno.makeTempDir();
  {
    await using server = await startPhoneServer({
      env: { JOURNAL_DIR: dir, API_KEYS: `ops:${apiKey};scopes=admin` },
    });
    const call = server.network.call({ from: "+12025550123" });
    await call.next("media");
    await hangUp(call);
    const left = () => [...Deno.readDirSync(dir)].map(({ name }) => name);
    await until(left, (names) => names.length === 1);
    const headers = { "X-API-Key": apiKey };
    const path = "/api/callers/%2B12025550123";
    const erased = await server.request(path, { method: "DELETE", headers });
    assert.equal((await erased.json()).calls, 1);
    assert.deepEqual(left(), []);
  }
  await Deno.remove(dir, { recursive: true });
});

/** Hourly looks at a store in memory, by clocks that the test sets. */
async function startLooks(
  days: number,
  began: number,
  { auditEntries = 10_000, sendsWebhooks = true } = {},
) {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const clock = { wall: began, mono: 0 };
  const warnings: unknown[] = [];
  const incidents = createIncidents({ now: () => clock.wall, log: { warn() {} } });
  const start = () => {
    let wake = () => {};
    let lookedAgain = Promise.withResolvers<void>();
    const stop = openRetention({
      auditDays: 365,
      auditEntries,
      sendsWebhooks,
      recordings: noRecordings,
      store,
      days,
      incidents,
      now: () => clock.wall,
      monotonic: () => clock.mono,
      setTimer(next) {
        wake = next;
        lookedAgain.resolve();
        return () => {};
      },
      log: { info() {}, warn: (message, fields) => warnings.push([message, fields]) },
    });
    return {
      stop,
      async look() {
        lookedAgain = Promise.withResolvers();
        wake();
        await lookedAgain.promise;
      },
    };
  };
  return {
    store,
    clock,
    warnings,
    start,
    codes: () => incidents.list().map(({ code }) => code),
    pass(ms: number) {
      clock.wall += ms;
      clock.mono += ms;
    },
    left: async () => (await store.calls.list({}, { limit: 10 })).calls.map(({ id }) => id),
  };
}

const hour = day / 24;
const noon = Date.UTC(2027, 0, 1, 12);

Deno.test("case 152: a clock that jumps ahead erases nothing until it has gone on evenly for a day", async () => {
  const { store, clock, start, codes, pass, left } = await startLooks(30, noon);
  await store.calls.write([opened({ id: "call_a", startedAt: noon - 10 * day })]);
  const retention = start();
  await retention.look();
  assert.deepEqual([await left(), codes()], [["call_a"], []]);

  clock.wall += 400 * day;
  pass(hour);
  await retention.look();
  assert.deepEqual([await left(), codes()], [["call_a"], ["clock_jumped"]]);
  for (let hours = 0; hours < 23; hours++) {
    pass(hour);
    await retention.look();
  }
  assert.deepEqual(await left(), ["call_a"]);

  clock.wall -= 400 * day;
  await retention.look();
  assert.deepEqual([await left(), codes()], [["call_a"], []]);

  clock.wall += 400 * day;
  for (let hours = 0; hours < 26; hours++) {
    pass(hour);
    await retention.look();
  }
  assert.deepEqual([await left(), codes()], [[], []]);
  await retention.stop();
  await store.close();
});

Deno.test("case 152: a server that starts with a clock far ahead erases nothing", async () => {
  const { store, clock, start, codes, left } = await startLooks(30, noon + 400 * day);
  await store.calls.write([opened({ id: "call_a", startedAt: noon - 10 * day })]);
  const first = start();
  await first.look();
  assert.deepEqual([await left(), codes()], [["call_a"], ["clock_jumped"]]);
  await first.stop();

  clock.wall = noon;
  const second = start();
  await second.look();
  assert.deepEqual([await left(), codes()], [["call_a"], []]);
  await second.stop();

  // From the last look of the process before, a smaller jump is seen too.
  clock.wall = noon + 25 * day;
  const third = start();
  await third.look();
  assert.deepEqual([await left(), codes()], [["call_a"], ["clock_jumped"]]);
  await third.stop();
  await store.close();
});

Deno.test("the log of removed audit entries has no person's address", async () => {
  const { store, warnings, start } = await startLooks(30, noon, { auditEntries: 2 });
  await store.audit.add(Array.from({ length: 5 }, (_, at) => ({
    ...{
      id: `audit_${at}`,
      at: noon + at,
      keyName: "ann@example.com",
      action: "call.tag" as const,
    },
  })));
  const retention = start();
  await retention.look();
  await retention.stop();
  assert.deepEqual(warnings, [
    ["Audit entries removed by their number", { action: "call.tag", entries: 3 }],
  ]);
  await store.close();
});

Deno.test("audit entries are limited in number, also by a clock in doubt", async () => {
  const { store, warnings, start, codes } = await startLooks(30, noon + 400 * day, {
    auditEntries: 4,
  });
  await store.calls.write([opened({ id: "call_a", startedAt: noon - 10 * day })]);
  await store.audit.add([
    { id: "audit_0", at: noon, keyName: "ann", action: "key.revoke" },
    ...Array.from({ length: 9 }, (_, at) => ({
      ...{ id: `audit_${at + 1}`, at: noon + at + 1, keyName: "ann", action: "call.tag" as const },
    })),
  ]);
  const retention = start();
  await retention.look();
  assert.deepEqual(codes(), ["clock_jumped"]);
  const left = await store.audit.list({}, { limit: 20 });
  assert.deepEqual(left.map(({ id }) => id), ["audit_9", "audit_8", "audit_7", "audit_0"]);
  assert.deepEqual(warnings[0], ["Audit entries removed by their number", {
    keyName: "ann",
    action: "call.tag",
    entries: 6,
  }]);
  await retention.stop();
  await store.close();
});

for (const sendsWebhooks of [true, false]) {
  const name = sendsWebhooks ? "kept to be tried" : "removed where none are sent";
  Deno.test(`webhooks that waited while a server was stopped for long are ${name}`, async () => {
    const { store, warnings, start, pass } = await startLooks(90, noon, { sendsWebhooks });
    await store.outbox.enqueue(
      ["waits", "dead"].map((id) => ({
        ...{ id, endpoint: "https://crm.example", eventType: "call.ended", payload: "{}" },
      })),
      noon,
    );
    await store.outbox.markFailed("dead", "answered 410", "dead", noon);
    pass(30 * day);
    const retention = start();
    await retention.look();
    assert.equal((await store.outbox.deadLetters({ limit: 9 })).length, 1);
    pass(hour);
    await retention.look();
    await retention.stop();
    assert.deepEqual(await store.outbox.deadLetters({ limit: 9 }), []);
    assert.equal(await store.outbox.nextDue(), sendsWebhooks ? noon : undefined);
    assert.deepEqual(warnings, [
      ["Dead webhooks removed", { webhooks: 1 }],
      ...(sendsWebhooks
        ? []
        : [["Waiting webhooks removed: WEBHOOK_URL is not set", { webhooks: 1 }]]),
    ]);
    await store.close();
  });
}
