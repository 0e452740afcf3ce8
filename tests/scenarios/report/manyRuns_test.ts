import assert from "node:assert/strict";
import { htmlReport } from "../../../src/scenarios/report/html/htmlReport.ts";
import { failed, reportWith, runWith, scenarioWith } from "../../support/scenarios/reports.ts";

Deno.test("of very many runs the report shows those that failed, and says how many it leaves out", () => {
  const answers = Array.from({ length: 3 }, (_, i) => ({ atMs: i, ms: 100 * (i + 1) }));
  const runs = Array.from(
    { length: 1200 },
    (_, i) =>
      i === 1150
        ? runWith({ verdicts: [failed("heard")], answers: [{ atMs: 1, ms: 4321 }] })
        : runWith({ answers }),
  );
  const html = htmlReport({
    report: reportWith([scenarioWith("a", runs)]),
    ...{ budgets: [], difference: undefined, sounds: [] },
  });
  assert.equal(html.match(/<details /g)?.length, 1000);
  assert.match(html, /run 1151 of 1200/);
  assert.match(html, /200 runs more are in the figures/);
  assert.match(html, /1199 of 1200/);
  const [answersPlot = ""] = html.match(/<figure.*?Answers:.*?<\/figure>/s) ?? [];
  assert.match(answersPlot, /of 3 that follow each other the slowest/);
  assert.equal(answersPlot.match(/<a /g)?.length, 1000);
  assert.match(answersPlot, /run 1151 of 1200, answer 1 at 0:00\.0: 4\.32 s/);
  assert.match(html, /<a href="#run-1151">/);
});
