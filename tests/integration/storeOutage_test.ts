import assert from "node:assert/strict";
import { startPostgres } from "../support/store/postgres.ts";
import { watchSqliteThreads } from "../support/store/sqliteThreads.ts";
import { temporaryDatabase } from "../support/twilio/dialling.ts";
import {
  heardSaying,
  type PhoneRig,
  recordOf,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

interface Outage {
  begin(): void | Promise<void>;
  end(): void | Promise<void>;
}

Deno.test("calls outlive the death of SQLite's thread, and all of them is in the records", async () => {
  await using place = await temporaryDatabase();
  using threads = watchSqliteThreads();
  await outlive(place.url, { begin: threads.break, end: threads.mend });
  // A second, then the pauses double: 0, 100, 300, 700, 1500, 3100 ms.
  assert.ok(threads.started >= 3 && threads.started < 9, `${threads.started} threads were started`);
});

Deno.test({
  name: "calls outlive the loss of all connections to Postgres, and all of them is in the records",
  ignore: postgres === undefined,
  async fn() {
    const database = await postgres?.createDatabase();
    assert.ok(database);
    await outlive(database.url, { begin: database.cutOff, end: database.admit });
    await database.drop();
  },
});

async function outlive(DATABASE_URL: string, outage: Outage): Promise<void> {
  await using rig = await startPhoneRig({
    agent: "greeting: Good day.",
    env: { DATABASE_URL },
  });
  const early = await rig.ring();
  await heardSaying(rig, early.callId, /^Good day\.$/);
  assert.equal((await health(rig)).status, "ok");

  await outage.begin();
  await early.phone.speak(voiceOf(600));
  await heardSaying(rig, early.callId, /^I heard you\.$/);
  const late = await rig.ring();
  await heardSaying(rig, late.callId, /^Good day\.$/);
  for (const { callId } of [early, late]) {
    const acted = await rig.server.post(`/api/calls/${callId}/actions`, { type: "interrupt" });
    assert.equal(acted.status, 202, await acted.text());
  }
  const degraded = await until(() => health(rig), ({ status }) => status === "degraded");
  assert.equal(degraded.checks.store.ok, false);
  assert.match(degraded.checks.store.detail, /^\d+ writes wait$/);
  const ready = await rig.server.request("/ready");
  assert.equal(ready.status, 200, "calls are taken without records");
  await ready.body?.cancel();

  await outage.end();
  await until(() => health(rig), ({ status }) => status === "ok");
  for (const { callId, phone } of [early, late]) {
    await hangUp(phone);
    assert.deepEqual(phone.errors, []);
    const { end, turns } = await recordOf(rig, callId);
    assert.equal(end?.reason, "caller_hung_up");
    const said = turns.filter(({ role }) => role === "agent").map(({ text }) => text);
    assert.deepEqual(said, callId === early.callId ? ["Good day.", "I heard you."] : ["Good day."]);
  }
}

async function health({ server }: PhoneRig) {
  return await (await server.request("/health")).json();
}
