import assert from "node:assert/strict";
import { LiveStatus } from "../../../src/scenarios/report/terminal/liveStatus.ts";
import { coloured, plain } from "../../../src/scenarios/report/terminal/paint.ts";
import { runLine } from "../../../src/scenarios/report/terminal/runLine.ts";
import { summaryLines } from "../../../src/scenarios/report/terminal/summary.ts";
import { overview } from "../../../src/scenarios/report/html/overview.ts";
import { jsonOf } from "../../../src/scenarios/report/jsonOf.ts";
import { readReport } from "../../../src/scenarios/report/readReport.ts";
import { timingTold } from "../../../src/scenarios/report/timingTold.ts";
import {
  failed,
  held,
  reportWith,
  runWith,
  scenarioWith,
} from "../../support/scenarios/reports.ts";

const CLEAR = "\r\x1b[2K";
const progress = { total: 9, done: 4, running: 5, failed: 1, skipped: 2, elapsedMs: 31_400 };

Deno.test("on a terminal the state stands below the lines, in the width that there is", () => {
  let written = "";
  const screen = { write: (text: string) => void (written += text), isTerminal: true };
  const status = new LiveStatus({ ...screen, columns: () => 80, paint: plain });
  status.show(progress);
  status.print("ok    a");
  status.clear();
  const state = "4 of 9 done, 5 running, 1 passed, 1 failed, 2 skipped, 31 s";
  assert.equal(written, `${state}${CLEAR}ok    a\n${state}${CLEAR}`);
  written = "";
  new LiveStatus({ ...screen, columns: () => 20, paint: plain }).show(progress);
  assert.equal(written, state.slice(0, 19));
});

Deno.test("what is no terminal gets lines alone", () => {
  let written = "";
  const write = (text: string) => void (written += text);
  const status = new LiveStatus({ write, isTerminal: false, columns: () => 80, paint: plain });
  status.show(progress);
  status.print("ok    a");
  status.clear();
  assert.equal(written, "ok    a\n");
});

Deno.test("each thing that failed is told once, with its runs, its time and its place", () => {
  const fault = failed('heard "forty"', { atMs: 4200, line: 9 });
  const report = reportWith([
    scenarioWith("prices", [
      runWith({ answers: [{ atMs: 900, ms: 800 }, { atMs: 3000, ms: 1240 }], costUsd: 0.02 }),
      runWith({ verdicts: [fault] }),
      runWith({ verdicts: [fault, failed("ended")] }),
    ]),
    scenarioWith("quiet", [
      runWith({ cuts: [{ atMs: 1, ms: 90 }], deadAir: { atMs: 0, ms: 3000 } }),
    ]),
  ], { notRun: 2 });
  const budgets = [{ name: "answers_p95", limit: 1000, is: 1240, isKept: false }];
  const lines = summaryLines(report, { budgets, difference: undefined, paint: plain });
  assert.deepEqual(lines.slice(0, 19), [
    "scenario  passed  answers   worst  cut after  dead air  cost, simulated",
    "prices       1/3   0.80 s  1.24 s          -         -          $0.0200",
    "quiet        1/1        -       -     0.09 s    3.00 s                -",
    "all          2/4   0.80 s  1.24 s     0.09 s    3.00 s          $0.0200",
    "",
    "FAIL  prices: About prices",
    '  expected  heard "forty"',
    "  found     it was not (at 4.20 s of the call), in 2 of 3 runs, first in run 2",
    "  in        scenarios/prices.yaml:9",
    "",
    "  expected  ended",
    "  found     it was not, run 3 of 3",
    "  in        scenarios/prices.yaml",
    "",
    "FAIL  budget answers_p95 1.00 s: is 1.24 s",
    "",
    "2 passed, 2 failed, 2 not rehearsed, with the built-in engine, in 20.00 s.",
    "             median     95%   worst  count",
    "  answers    0.80 s  1.24 s  1.24 s      2",
  ]);
});

Deno.test("a rehearsal of which too few figures could be told says so, and what to do about it", () => {
  const timed = (told: number, untold: number) => [
    ...Array.from({ length: told }, () => ({ ...held("answers"), timing: "told" } as const)),
    ...Array.from(
      { length: untold },
      () => ({ ...held("cut"), state: "skipped", timing: "untold" } as const),
    ),
  ];
  const linesOf = (told: number, untold: number) => {
    const report = reportWith([scenarioWith("a", [runWith({ verdicts: timed(told, untold) })])]);
    const lines = summaryLines(report, { budgets: [], difference: undefined, paint: plain });
    assert.deepEqual(timingTold(readReport(jsonOf({ report, budgets: [] }))), timingTold(report));
    return {
      ...{ isTooFew: timingTold(report).isTooFew, lines: lines.join("\n") },
      html: overview(report),
    };
  };
  const tooFew = linesOf(8, 1);
  assert.ok(tooFew.isTooFew);
  assert.match(tooFew.lines, /\n1 of 9 figures could not be told: .*--speed 0\.5/);
  assert.match(tooFew.html, /<p class="skipped">1 of 9 figures could not be told: .*--speed 0\.5/);
  const enough = linesOf(9, 1);
  assert.ok(!enough.isTooFew);
  assert.doesNotMatch(enough.lines + enough.html, /could not be told/);
  assert.ok(!linesOf(0, 0).isTooFew);
});

Deno.test("texts of others cannot command the terminal", () => {
  const name = "a\x1b[2J\u202eb\nok    c";
  const run = runWith({ verdicts: [failed("heard\x1b]0;x\x07", { found: "\x9b31m\r\n" })] });
  const report = reportWith([scenarioWith(name, [run], { title: name, file: name })]);
  const printed = [
    runLine({ name }, "", run, coloured),
    ...summaryLines(report, { budgets: [], difference: undefined, paint: coloured }),
  ].join("\n");
  const own = [1, 2, 22, 31, 32, 33, 39].map((code) => `\x1b[${code}m`);
  const shown = own.reduce((text, code) => text.replaceAll(code, ""), printed).replaceAll("\n", "");
  assert.equal(shown.match(/\p{Cc}|\p{Cf}/u), null);
  assert.ok(!printed.includes("\nok    c"));
});
