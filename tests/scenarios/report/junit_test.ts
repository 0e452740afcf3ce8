import assert from "node:assert/strict";
import { SaxesParser } from "saxes";
import { junitOf } from "../../../src/scenarios/report/junit.ts";
import { failed, reportWith, runWith, scenarioWith } from "../../support/scenarios/reports.ts";

Deno.test("a build server finds a case for each run and budget, with what failed and where", () => {
  const report = reportWith([
    scenarioWith("desk/prices", [
      runWith(),
      runWith({ verdicts: [failed('heard "<b>"', { atMs: 4200, line: 9 }), failed("ended")] }),
    ]),
    scenarioWith("desk/stuck", [{
      state: "failed",
      tookMs: 5,
      error: "Cannot call: 500",
      calls: [],
    }]),
    scenarioWith("menu", [{ state: "skipped", tookMs: 0, error: "a phone is needed", calls: [] }]),
  ]);
  const budgets = [{ name: "cut", limit: 300, is: 420, isKept: false }];
  const { elements, texts } = parsed(junitOf({ report, budgets }));
  const counts = ({ name, tests, failures, errors, skipped, time }: Record<string, string>) =>
    [name, tests, failures, errors, skipped, time].join(" ");
  assert.deepEqual(elements.filter(({ element }) => element === "testsuites").map(counts), [
    "rehearsal 5 2 1 1 20.000",
  ]);
  assert.deepEqual(elements.filter(({ element }) => element === "testsuite").map(counts), [
    "desk 3 1 1 0 24.005",
    "scenarios 1 0 0 1 0.000",
    "budgets 1 1 0 0 0.000",
  ]);
  const cases = elements.filter(({ element }) => element === "testcase");
  assert.deepEqual(
    cases.map(({ classname, name, file, line }) => [classname, name, file, line]),
    [
      ["desk.prices", "About desk/prices (1 of 2)", "scenarios/desk/prices.yaml", undefined],
      ["desk.prices", "About desk/prices (2 of 2)", "scenarios/desk/prices.yaml", "9"],
      ["desk.stuck", "About desk/stuck", "scenarios/desk/stuck.yaml", undefined],
      ["menu", "About menu", "scenarios/menu.yaml", undefined],
      ["budgets", "cut", undefined, undefined],
    ],
  );
  assert.equal(
    texts.get("failure")?.[0],
    'expected heard "<b>"\nfound it was not (at 4.20 s of the call)\nin scenarios/desk/prices.yaml:9\n\n' +
      "expected ended\nfound it was not\nin scenarios/desk/prices.yaml",
  );
  assert.equal(texts.get("failure")?.[1], "cut is 0.42 s, the budget 0.30 s");
  assert.deepEqual(texts.get("error"), ["Cannot call: 500"]);
  assert.equal(elements.find(({ element }) => element === "skipped")?.message, "a phone is needed");
});

function parsed(xml: string) {
  const elements: Record<string, string>[] = [];
  const texts = new Map<string, string[]>();
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => assert.fail(error));
  parser.on("opentag", ({ name, attributes }) => {
    open.push(name);
    elements.push({ element: name, ...attributes });
    texts.set(name, [...texts.get(name) ?? [], ""]);
  });
  parser.on("text", (text) => {
    const all = texts.get(open.at(-1) ?? "");
    if (all !== undefined) all[all.length - 1] += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  return { elements, texts };
}
