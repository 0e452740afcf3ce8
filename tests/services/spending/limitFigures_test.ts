import assert from "node:assert/strict";
import { withFigures } from "../../../src/services/spending/limitFigures.ts";

Deno.test("a limit opens at a known time only where its minutes are used up, not held by calls", () => {
  const refusal = {
    ok: false,
    scope: "server",
    limit: "dailyMinutes",
    retryAfterMs: 10_000,
  } as const;
  const told = (minutes: { used: number; reserved: number; limit: number }) =>
    withFigures({ ...refusal, minutes }, [], { at: 1_000 }).againAt;
  assert.equal(told({ used: 60, reserved: 0, limit: 60 }), 11_000);
  assert.equal(told({ used: 20, reserved: 40, limit: 60 }), undefined);
});
