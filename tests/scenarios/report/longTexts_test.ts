import assert from "node:assert/strict";
import { verdict } from "../../../src/scenarios/expect/verdict.ts";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";
import { jsonOf } from "../../../src/scenarios/report/jsonOf.ts";
import { readReport } from "../../../src/scenarios/report/readReport.ts";
import { resultOf } from "../../../src/scenarios/report/runResult.ts";
import { reportWith, scenarioWith } from "../../support/scenarios/reports.ts";

Deno.test("a report is read again however long its texts were", () => {
  const read = readScenario("long", "title: Long\ncaller: [Hello.]\n", () => new Uint8Array());
  assert.ok(read.ok);
  const long = "word ".repeat(10_000);
  const words = [{ text: long, fromMs: 0, toMs: 900 }];
  const outcome = {
    scenario: read.scenario,
    tookMs: 1000,
    error: long,
    run: {
      scenario: read.scenario,
      tookMs: 1000,
      calls: [{
        evidence: {
          lines: [{
            ...{ itemId: "a", fromMs: 0, toMs: 900, heardMs: 900, wholeMs: 900, words },
            unheard: long,
          }],
          wordsBy: "model",
          taking: { answers: [], unanswered: [], cuts: [], silences: [] },
          missed: [],
          endMs: 1000,
          lineWandersMs: 0,
        },
        verdicts: [verdict(long, false, long)],
        spoken: [{ fromMs: 0, toMs: 900, words: long, asks: true, cutsIn: false }],
        format: "pcmu",
        heard: [],
        said: [],
      }],
    },
  } as const;
  const report = reportWith([scenarioWith("long", [resultOf(outcome)])]);
  const [run] = readReport(jsonOf({ report, budgets: [] })).scenarios[0]?.runs ?? [];
  const [told] = run?.calls[0]?.verdicts ?? [];
  assert.equal(told?.found.length, 20_000);
  assert.ok(told.found.endsWith("…"));
});
