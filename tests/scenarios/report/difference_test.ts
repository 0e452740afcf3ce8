import assert from "node:assert/strict";
import { differenceOf } from "../../../src/scenarios/report/difference.ts";
import { jsonOf } from "../../../src/scenarios/report/jsonOf.ts";
import { readReport } from "../../../src/scenarios/report/readReport.ts";
import type { RunReport } from "../../../src/scenarios/report/runReport.ts";
import { differenceLines } from "../../../src/scenarios/report/terminal/differenceLines.ts";
import { plain } from "../../../src/scenarios/report/terminal/paint.ts";
import {
  failed,
  held,
  reportWith,
  runWith,
  said,
  scenarioWith,
} from "../../support/scenarios/reports.ts";

const answers = (ms: number) => [{ atMs: 1000, ms }];

Deno.test("what fails now, is mended, new, gone and slower is told, of the scenarios that both have", () => {
  const before = reportWith([
    scenarioWith("breaks", [
      runWith({ verdicts: [failed("heard A"), held("heard B")] }),
      runWith(),
    ]),
    scenarioWith("mended", [runWith({ verdicts: [failed("heard")] })]),
    scenarioWith("gone", [runWith({ answers: answers(9000) })]),
    scenarioWith("same", [runWith({ answers: answers(800) })]),
  ]);
  const now = reportWith([
    scenarioWith("breaks", [
      runWith({ verdicts: [failed("heard A"), failed("heard B")] }),
      runWith({ verdicts: [failed("heard B")] }),
    ]),
    scenarioWith("mended", [runWith()]),
    scenarioWith("new", [runWith({ answers: answers(50) })]),
    scenarioWith("same", [runWith({ answers: answers(950) })]),
  ], { engine: "a-model" });
  assert.deepEqual(differenceLines(differenceOf(before, now), plain), [
    "Since the baseline of 2026-11-29 18:00 UTC, which had engine rehearsal:",
    "  now fails  breaks (50% to 0%)",
    "             heard B",
    "  mended  mended (0% to 100%)",
    "  new: new",
    "  gone: gone",
    "  answers: median 0.80 s to 0.95 s (+0.15 s), worst 0.80 s to 0.95 s (+0.15 s)",
  ]);
  assert.deepEqual(differenceLines(differenceOf(now, now), plain), [
    "Nothing has changed since the baseline of 2026-11-29 18:00 UTC.",
  ]);
});

Deno.test("a JSON report is read as it was, and nothing else is", () => {
  const report: RunReport = reportWith([
    scenarioWith("a", [
      runWith({
        verdicts: [failed("heard", { atMs: 900, line: 7 }), held("ended")],
        answers: answers(700),
        deadAir: { atMs: 10, ms: 900 },
        firstSoundMs: 500,
        costUsd: 0.01,
        tools: [{ name: "end_call", atMs: 900, ok: false }, { name: "wait", atMs: 950 }],
        ended: "agent_hung_up",
        lines: [said("agent", 500, 900, "Hello.", "there")],
      }),
      { state: "failed", tookMs: 3, error: "Cannot call", calls: [] },
    ]),
  ], { line: "lossy", notRun: 2 });
  assert.deepEqual(readReport(jsonOf({ report, budgets: [] })), report);
  for (const text of ["", "{}", "[]", JSON.stringify({ ...report, version: 2 })]) {
    assert.throws(() => readReport(text), /Cannot read the baseline/);
  }
});
