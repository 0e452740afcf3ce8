import assert from "node:assert/strict";
import type { Budget } from "../../../src/services/store/budget/budgetStore.ts";
import { createCallBudget } from "../../../src/services/spending/callBudget.ts";
import { setTimer } from "../../../src/utils/clock.ts";

const away = () => Promise.reject(new Error("the store is away"));
const unreachable: Budget = {
  reserve: away,
  extend: away,
  settle: away,
  release: away,
  used: away,
};

Deno.test("while the store is away, places are counted by the calls that are under way here", async () => {
  const budget = createCallBudget({
    budget: unreachable,
    accountsOf: () => [{ scope: "web", subject: "ops", limits: { concurrent: 1 } }],
    isPriced: () => true,
    incidents: { report() {} },
    now: () => 0,
    setTimer,
    log: { warn() {} },
  });
  const admit = (callId: string) => budget.admit(callId, { direction: "web", agent: "desk" });
  assert.equal(await admit("call_a"), undefined);
  assert.equal((await admit("call_b"))?.limit, "concurrent");
  // Its record cannot be completed before the store is back.
  budget.releasePlace("call_a");
  assert.equal(await admit("call_c"), undefined);
});
