import assert from "node:assert/strict";
import { untoldIn } from "../../support/scenarios/onSlowerTime.ts";
import type { Verdict } from "../../../src/scenarios/expect/verdict.ts";

const untold: Verdict = {
  ...{ expected: "every answer within 2.50 s", found: "too busy to tell" },
  ...{ state: "skipped", timing: "untold" },
};
const told: Verdict = { ...untold, found: "after 3.00 s", state: "failed", timing: "told" };

Deno.test("only a figure that the machine was too busy to tell is acted out again", () => {
  const missing = [/^every answer/];
  const of = (verdict: Verdict, unexpected: readonly string[], missed = missing) =>
    untoldIn([{ verdicts: [verdict] }], { unexpected, missing: missed });
  assert.deepEqual(of(untold, []), ["every answer within 2.50 s: too busy to tell"]);
  assert.deepEqual(of(told, []), []);
  assert.deepEqual(of(untold, ["ended: idle"]), []);
  assert.deepEqual(of(untold, [], []), []);
});
