import assert from "node:assert/strict";
import { checkBudgets, hasFailed, readBudgets } from "../../../src/scenarios/report/budgets.ts";
import type { RunReport } from "../../../src/scenarios/report/runReport.ts";
import { failed, reportWith, runWith, scenarioWith } from "../../support/scenarios/reports.ts";

const figures = (...all: readonly number[]) => all.map((ms) => ({ atMs: 0, ms }));
const report = reportWith([
  scenarioWith("a", [
    runWith({ answers: figures(500, 700, 2000), deadAir: { atMs: 0, ms: 900 }, costUsd: 0.25 }),
    runWith({ answers: figures(600), firstSoundMs: 400, costUsd: 0.5 }),
  ]),
  scenarioWith("b", [
    runWith({ cuts: figures(120, 300) }),
    runWith({ verdicts: [failed("heard")] }),
    runWith(),
    runWith(),
  ]),
]);

Deno.test("budgets are held against the worst, the median or 95% of all calls, cost and pass rate", () => {
  const cases: readonly (readonly [budget: string, is: number | undefined, isKept: boolean])[] = [
    ["answers=1999", 2000, false],
    ["answers_worst=2000", 2000, true],
    ["answers_median=600", 600, true],
    ["answers_p95=1500", 2000, false],
    ["cut=250", 300, false],
    ["dead_air=900", 900, true],
    ["first_sound=399", 400, false],
    ["cost_usd=0.75", 0.75, true],
    ["pass_rate=75", 75, true],
    ["pass_rate=76", 75, false],
  ];
  for (const [budget, is, isKept] of cases) {
    const [verdict] = checkBudgets(report, readBudgets(budget));
    assert.deepEqual([verdict?.is, verdict?.isKept], [is, isKept], budget);
  }
  const [nothing] = checkBudgets(reportWith([]), readBudgets("cut=1"));
  assert.deepEqual([nothing?.is, nothing?.isKept], [undefined, true]);
});

Deno.test("what fails fails the rehearsal, but for a pass rate that allows it", () => {
  const fails = (of: RunReport, ...budgets: readonly string[]) =>
    hasFailed(of, checkBudgets(of, budgets.flatMap(readBudgets)));
  assert.equal(fails(report), true);
  assert.equal(fails(report, "answers=5000"), true);
  assert.equal(fails(report, "pass_rate=70"), false);
  assert.equal(fails(report, "pass_rate=70,answers=5000"), false);
  assert.equal(fails(report, "pass_rate=70", "answers=1000"), true);
  const good = reportWith([scenarioWith("a", [runWith({ answers: figures(700) })])]);
  assert.equal(fails(good), false);
  assert.equal(fails(good, "answers=600"), true);
});

Deno.test("a budget that is none is refused, with what it could be", () => {
  assert.throws(() => readBudgets("anwsers=1"), /"anwsers" is none of first_sound, answers, cut/);
  for (const text of ["answers", "answers=", "answers=-1", "answers=soon", "pass_rate=101"]) {
    assert.throws(() => readBudgets(text), /needs a number, as in/, text);
  }
});
