import assert from "node:assert/strict";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import type { CallRecord } from "../../../src/services/store/calls/callRecord.ts";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import type { BudgetLimits } from "../../../src/services/store/budget/budgetTypes.ts";
import { createCallBudget } from "../../../src/services/spending/callBudget.ts";
import { setTimer } from "../../../src/utils/clock.ts";

const hour = 3_600_000;

Deno.test("while the store is away, places are counted by the calls that are under way here", async () => {
  await using trial = await startTrial({ concurrent: 1 });
  trial.away = true;
  assert.equal(await trial.admit("call_a"), undefined);
  assert.equal((await trial.admit("call_b"))?.limit, "concurrent");
  // Its record cannot be completed before the store is back.
  trial.budget.releasePlace("call_a");
  assert.equal(await trial.admit("call_c"), undefined);
});

Deno.test("while the store is away, daily limits count what the calls of this process use", async () => {
  await using trial = await startTrial({ dailyMinutes: 10, dailyUsd: 5 });
  assert.equal(await trial.admit("call_a"), undefined);
  trial.away = true;
  assert.equal(await trial.admit("call_b"), undefined);
  // One has reserved a minute with the store, the other one here.
  assert.deepEqual(await trial.extend("call_a", { minutes: 7, usd: 1 }), { minutes: 7, usd: 1 });
  assert.deepEqual(await trial.extend("call_b", { minutes: 6, usd: 1 }), { minutes: 3, usd: 1 });
  const { refusal, ...held } = await trial.extend("call_a", { minutes: 8, usd: 2 });
  assert.deepEqual(held, { minutes: 7, usd: 2 });
  assert.deepEqual([refusal?.scope, refusal?.limit], ["server", "dailyMinutes"]);
  assert.equal((await trial.admit("call_c"))?.limit, "dailyMinutes");
  // A call that used less than was reserved for it leaves room, on the next day there is all of it.
  trial.away = false;
  await trial.budget.settle(ended("call_a", { minutes: 1 }));
  trial.away = true;
  assert.equal(await trial.admit("call_d"), undefined);
  assert.deepEqual(await trial.extend("call_b", { minutes: 9, usd: 1 }), { minutes: 8, usd: 1 });
  assert.equal((await trial.admit("call_e"))?.limit, "dailyMinutes");
  trial.now += 24 * hour;
  assert.equal(await trial.admit("call_e"), undefined);
});

Deno.test("a call that began and ended while the store was away counts afterwards, once", async () => {
  await using trial = await startTrial({ dailyMinutes: 100 });
  trial.away = true;
  await trial.admit("call_a");
  await trial.extend("call_a", { minutes: 2, usd: 0.2 });
  trial.away = false;
  const used = () => trial.store.budget.used({ scope: "server", subject: "" }, trial.now);
  assert.equal((await used()).minutesToday, 0);
  for (let times = 0; times < 2; times++) {
    await trial.budget.settle(ended("call_a", { minutes: 3 }));
    const { minutesToday, callsToday, concurrent } = await used();
    assert.deepEqual([minutesToday, callsToday, concurrent], [3, 1, 0]);
  }
});

Deno.test("a call that outlasts the store's absence has its reservation there again", async () => {
  await using trial = await startTrial({ dailyMinutes: 100 });
  trial.away = true;
  await trial.admit("call_a");
  trial.away = false;
  await trial.extend("call_a", { minutes: 5, usd: 0.5 });
  const used = () => trial.store.budget.used({ scope: "server", subject: "" }, trial.now);
  assert.deepEqual([(await used()).minutesToday, (await used()).concurrent], [5, 1]);
  await trial.budget.settle(ended("call_a", { minutes: 4 }));
  assert.deepEqual([(await used()).minutesToday, (await used()).concurrent], [4, 0]);
});

/** A budget on a store that can be away. */
async function startTrial(limits: BudgetLimits) {
  const store: Store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const state = { now: 12 * hour, away: false };
  const budget = createCallBudget({
    budget: new Proxy(store.budget, {
      get: (target, name, receiver) =>
        state.away
          ? () => Promise.reject(new Error("the store is away"))
          : Reflect.get(target, name, receiver),
    }),
    accountsOf: () => [{ scope: "server", subject: "", limits }],
    isPriced: () => true,
    attemptsOf: () => undefined,
    offsetAt: () => Promise.resolve(0),
    incidents: { report() {} },
    now: () => state.now,
    setTimer,
    log: { warn() {} },
  });
  return Object.assign(state, {
    store,
    budget,
    admit: (callId: string) => budget.admit(callId, { direction: "web", agent: "desk" }),
    extend: (id: string, wanted: { readonly minutes: number; readonly usd: number }) =>
      budget.extend({ id, request: { direction: "web", agent: "desk" } }, wanted),
    [Symbol.asyncDispose]: () => store.close(),
  });
}

function ended(id: string, { minutes }: { readonly minutes: number }): CallRecord {
  return {
    id,
    direction: "web",
    agent: "desk",
    status: "ended",
    instanceId: "here",
    startedAt: 12 * hour,
    answeredAt: 12 * hour,
    endedAt: 12 * hour + minutes * 60_000,
    usage: noUsage,
    end: { reason: "caller_hung_up" },
  };
}
