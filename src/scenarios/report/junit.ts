import { writeXml, type XmlElement } from "../../utils/xml.ts";
import { budgetFigure, type BudgetVerdict } from "./budgets.ts";
import { failuresOf, placeOf, type RunResult, type ScenarioReport } from "./runReport.ts";
import { seconds } from "../expect/verdict.ts";
import type { WholeReport } from "./wholeReport.ts";

/** What a test case can be. */
type State = "passed" | "failed" | "error" | "skipped";

interface Case {
  readonly state: State;
  readonly ms: number;
  readonly element: XmlElement;
}

/**
 * The report as JUnit's XML, which build servers read: a suite for each folder, a case for each run and each
 * budget. What could not be acted out is an error.
 */
export function junitOf(
  { report, budgets }: Pick<WholeReport, "report" | "budgets">,
): string {
  const suites = new Map<string, Case[]>();
  for (const scenario of report.scenarios) {
    const folder = scenario.name.split("/").slice(0, -1).join("/") || "scenarios";
    const cases = scenario.runs.map((run, index) => caseOf(scenario, run, index));
    suites.set(folder, [...suites.get(folder) ?? [], ...cases]);
  }
  if (budgets.length > 0) suites.set("budgets", budgets.map(budgetCase));
  return writeXml({
    name: "testsuites",
    attributes: { name: "rehearsal", ...counts([...suites.values()].flat(), report.tookMs) },
    content: [...suites].map(([name, cases]): XmlElement => ({
      name: "testsuite",
      attributes: {
        name,
        ...counts(cases, cases.reduce((sum, { ms }) => sum + ms, 0)),
        timestamp: report.startedAt.slice(0, 19),
      },
      content: [
        {
          name: "properties",
          content: [
            { name: "property", attributes: { name: "engine", value: report.engine } },
            { name: "property", attributes: { name: "seed", value: report.seed } },
          ],
        },
        ...cases.map(({ element }) => element),
      ],
    })),
  });
}

function counts(cases: readonly Case[], ms: number) {
  const count = (wanted: State) => cases.filter(({ state }) => state === wanted).length;
  return {
    tests: cases.length,
    failures: count("failed"),
    errors: count("error"),
    skipped: count("skipped"),
    time: inSeconds(ms),
  };
}

function caseOf(scenario: ScenarioReport, run: RunResult, index: number): Case {
  const { name, title, file, runs } = scenario;
  const state = run.state === "failed" && run.error !== undefined ? "error" : run.state;
  const [first] = failuresOf(run);
  return {
    state,
    ms: run.tookMs,
    element: {
      name: "testcase",
      attributes: {
        classname: name.replaceAll(".", "_").replaceAll("/", "."),
        name: runs.length > 1 ? `${title} (${index + 1} of ${runs.length})` : title,
        time: inSeconds(run.tookMs),
        file,
        line: first?.line,
      },
      content: resultOf(scenario, run),
    },
  };
}

function resultOf(scenario: ScenarioReport, run: RunResult): readonly XmlElement[] {
  if (run.state === "skipped") {
    const message = run.error ?? "nothing could be told";
    return [{ name: "skipped", attributes: { message } }];
  }
  if (run.error !== undefined) {
    const attributes = { message: run.error.split("\n")[0], type: "error" };
    return [{ name: "error", attributes, content: run.error }];
  }
  const failures = failuresOf(run);
  if (failures.length === 0) return [];
  const texts = failures.map((failure) => {
    const { expected, found, atMs, caller } = failure;
    const place = placeOf(scenario, failure);
    return [
      `expected ${expected}`,
      `found ${found}${atMs === undefined ? "" : ` (at ${seconds(atMs)} of the call)`}`,
      ...(caller === undefined ? [] : [`of caller ${caller}`]),
      ...(place === undefined ? [] : [`in ${place}`]),
    ].join("\n");
  });
  const message = failures.map(({ expected, found }) => `${expected}: ${found}`).join("; ");
  return [{
    name: "failure",
    attributes: { message, type: "expectation" },
    content: texts.join("\n\n"),
  }];
}

function budgetCase({ name, limit, is, isKept }: BudgetVerdict): Case {
  const message = `${name} is ${budgetFigure(name, is ?? 0)}, the budget ${
    budgetFigure(name, limit)
  }`;
  const state = is === undefined ? "skipped" : isKept ? "passed" : "failed";
  return {
    state,
    ms: 0,
    element: {
      name: "testcase",
      attributes: { classname: "budgets", name, time: inSeconds(0) },
      content: state === "passed"
        ? []
        : state === "failed"
        ? [{ name: "failure", attributes: { message, type: "budget" }, content: message }]
        : [{ name: "skipped", attributes: { message: "nothing to measure" } }],
    },
  };
}

function inSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
