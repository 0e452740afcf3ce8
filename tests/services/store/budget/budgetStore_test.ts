import assert from "node:assert/strict";
import type { Budget } from "../../../../src/services/store/budget/budgetStore.ts";
import type {
  BudgetLimits,
  BudgetRequest,
} from "../../../../src/services/store/budget/budgetTypes.ts";
import { openStore } from "../../../../src/services/store/store.ts";
import { startPostgres } from "../../../support/store/postgres.ts";
import type { TestDatabase } from "../../../support/store/storeContract.ts";
import { StoreProcess } from "../../../support/store/storeProcess.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const backends = [
  { name: "SQLite", make: sqliteFile, ignore: false },
  { name: "Postgres", make: postgresDatabase, ignore: postgres === undefined },
];

const minute = 60_000;
const day = 24 * 60 * minute;

for (const { name, make, ignore } of backends) {
  const test = (behaviour: string, body: (budget: Budget) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${behaviour}`,
      ignore,
      async fn() {
        const database = await make();
        const store = await openStore(database.settings, { now: () => 0 });
        try {
          await body(store.budget);
        } finally {
          await store.close();
          await database.remove();
        }
      },
    });

  test("of 200 requests that race for 10 places, exactly 10 get one", async (budget) => {
    for (
      const limits of [{ concurrent: 10 }, { perMinute: 10 }, { dailyMinutes: 10 }, { dailyUsd: 1 }]
    ) {
      const keyName = Object.keys(limits).join();
      const decisions = await Promise.all(
        Array.from(
          { length: 200 },
          (_, at) =>
            budget.reserve(
              request({ keyName, callId: `${keyName}_${at}`, limits, usd: 0.1 }),
              1000,
            ),
        ),
      );
      assert.equal(decisions.filter(({ ok }) => ok).length, 10, keyName);
    }
  });

  test("an account may have days that begin earlier or later than those of UTC", async (budget) => {
    const inCalifornia = -8 * 60 * minute;
    const ask = (callId: string, now: number) =>
      budget.reserve({
        callId,
        accounts: [{
          scope: "number",
          subject: "someone",
          limits: { dailyCalls: 1 },
          dayOffsetMs: inCalifornia,
        }],
        minutes: 1,
        usd: 0,
        holdMs: minute,
      }, now);
    const evening = 10 * day + 7 * 60 * minute;
    assert.equal((await ask("first", evening)).ok, true, "11 p.m. there");
    const again = await ask("second", evening + 30 * minute);
    assert.ok(!again.ok && again.limit === "dailyCalls" && again.retryAfterMs === 30 * minute);
    assert.equal((await ask("third", evening + 60 * minute)).ok, true, "the next day there");
    assert.equal((await ask("fourth", evening + 17 * 60 * minute + 1)).ok, false, "not of UTC");
  });

  test("a refusal names the limit and when to try again", async (budget) => {
    const ask = async (limits: BudgetLimits, now: number) => {
      const decision = await budget.reserve(request({ callId: "next", limits, minutes: 5 }), now);
      return decision.ok ? "yes" : [decision.limit, decision.retryAfterMs];
    };
    await budget.reserve(request({ callId: "first", minutes: 5, usd: 2 }), day + 1000);
    assert.deepEqual(await ask({ perMinute: 1 }, day + 21_000), ["perMinute", 40_000]);
    assert.deepEqual(await ask({ concurrent: 1 }, day + 21_000), ["concurrent", 10_000]);
    assert.deepEqual(await ask({ dailyMinutes: 9 }, 2 * day - 5000), ["dailyMinutes", 5000]);
    assert.deepEqual(await ask({ dailyUsd: 2 }, 2 * day - 5000), ["dailyUsd", 5000]);
    assert.equal(await ask({ perMinute: 1 }, day + 61_000), "yes");
  });

  test("a call that is extended under another name counts for the one it began with", async (budget) => {
    const limits = { dailyMinutes: 5 };
    await budget.reserve(request({ callId: "call", keyName: "first", limits, minutes: 4 }), day);
    const again = request({ callId: "call", keyName: "second", limits, minutes: 9 });
    assert.equal((await budget.extend(again, day)).minutes, 5);
  });

  test("calls by a clock that was an hour ahead are not of the last minute", async (budget) => {
    const limits = { perMinute: 1 };
    await budget.reserve(request({ callId: "ahead", limits }), day + 60 * minute);
    assert.equal((await budget.reserve(request({ callId: "a", limits }), day)).ok, true);
    const next = await budget.reserve(request({ callId: "b", limits }), day + 20_000);
    assert.deepEqual(next, {
      ok: false,
      scope: "outbound",
      limit: "perMinute",
      retryAfterMs: 40_000,
    });
  });

  test("settle() frees the place and counts what it really was, once", async (budget) => {
    await budget.reserve(request({ callId: "a", minutes: 60, usd: 9 }), 1000);
    await budget.settle("a", { minutes: 2.5, usd: 0.12 });
    await budget.settle("a", { minutes: 50, usd: 5 });
    await budget.release("a");
    assert.deepEqual(await budget.used(ops, 2000), {
      callsLastMinute: 1,
      callsToday: 1,
      concurrent: 0,
      minutesToday: 2.5,
      minutesReserved: 0,
      usdToday: 0.12,
    });
    assert.equal((await budget.used(ops, day)).minutesToday, 0);
  });

  test("callsOn() counts each subject's calls on its own day", async (budget) => {
    const account = (subject: string) => ({ scope: "number" as const, subject, limits: {} });
    const call = (callId: string, subject: string) => ({
      ...request({ callId }),
      accounts: [account(subject)],
    });
    await budget.reserve(call("a", "ann"), 1000);
    await budget.reserve(call("b", "ann"), 2000);
    await budget.reserve(call("c", "bob"), day + 1000);
    const asked = [
      { subject: "bob", at: 5 },
      { subject: "ann", at: 5 },
      { subject: "ann", at: day + 5 },
      { subject: "bob", at: 5, dayOffsetMs: day },
      { subject: "ann", at: day + 5, dayOffsetMs: -day },
      { subject: "cy", at: 5 },
    ];
    assert.deepEqual(await budget.callsOn("number", asked), [0, 2, 0, 1, 2, 0]);
    assert.deepEqual(await budget.callsOn("outbound", asked), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(await budget.callsOn("number", []), []);
  });

  test("release() makes as if the call had never been asked for", async (budget) => {
    await budget.reserve(request({ callId: "a" }), 1000);
    await budget.release("a");
    const nothing = {
      callsLastMinute: 0,
      callsToday: 0,
      concurrent: 0,
      minutesToday: 0,
      minutesReserved: 0,
      usdToday: 0,
    };
    assert.deepEqual(await budget.used(ops, 1000), nothing);
  });

  test("a call that was never settled gives its place back in time, but not its money", async (budget) => {
    const limits = { concurrent: 1, dailyUsd: 20 };
    await budget.reserve(
      request({ callId: "a", usd: 9, holdMs: 30 * minute, limits }),
      day - minute,
    );
    const next = request({ callId: "b", usd: 9, limits });
    // Past midnight, and the place is still taken.
    assert.equal((await budget.reserve(next, day + minute)).ok, false);
    assert.equal((await budget.reserve(next, day + 29 * minute)).ok, true);
    assert.equal((await budget.used(ops, day - 1)).usdToday, 9);
  });

  test("reserve() decides once for one call, and keeps keys apart", async (budget) => {
    const limits = { concurrent: 1 };
    assert.equal((await budget.reserve(request({ callId: "a", limits }), 0)).ok, true);
    assert.equal((await budget.reserve(request({ callId: "a", limits }), 0)).ok, true);
    assert.equal((await budget.reserve(request({ callId: "b", limits }), 0)).ok, false);
    assert.equal(
      (await budget.reserve(request({ callId: "c", limits, keyName: "crm" }), 0)).ok,
      true,
    );
  });

  Deno.test({
    name: `${name}: two processes that race for 10 places get 10 between them`,
    ignore,
    async fn() {
      const { settings, remove } = await make();
      const racers = ["one", "two"].map((prefix) => new StoreProcess("reserve", settings, prefix));
      await Promise.all(racers.map((racer) => racer.untilReported(1)));
      await Promise.all(racers.map((racer) => racer.begin()));
      const answers = await Promise.all(racers.map((racer) => racer.untilReported(100)));
      assert.equal(answers.flat().filter((answer) => answer === "yes").length, 10);
      await Promise.all(racers.map((racer) => racer.ended()));
      await remove();
    },
  });
}

const ops = { scope: "outbound", subject: "ops" } as const;

function request(
  { keyName = "ops", limits = {}, ...request }: Partial<Omit<BudgetRequest, "accounts">> & {
    readonly callId: string;
    readonly keyName?: string;
    readonly limits?: BudgetLimits;
  },
): BudgetRequest {
  const accounts = [{ ...ops, subject: keyName, limits }];
  return { accounts, minutes: 1, usd: 0, holdMs: 60 * minute, ...request };
}

async function sqliteFile(): Promise<TestDatabase> {
  const folder = await Deno.makeTempDir();
  return {
    settings: { kind: "sqlite", path: `${folder}/parley.db` },
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

async function postgresDatabase(): Promise<TestDatabase> {
  if (postgres === undefined) throw new Error("Cannot test with Postgres: there is none");
  const database = await postgres.createDatabase();
  return { settings: { kind: "postgres", url: database.url }, remove: database.drop };
}
