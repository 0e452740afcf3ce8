import { writeXml, type XmlElement } from "../../utils/xml.ts";
import type { RunReport, RunResult, ScenarioReport } from "./runReport.ts";

/** The report as JUnit's XML, which build servers read: a suite for each folder, a case for each run. */
export function junitOf(report: RunReport): string {
  const suites = new Map<string, ScenarioReport[]>();
  for (const scenario of report.scenarios) {
    const folder = scenario.name.split("/").slice(0, -1).join("/") || "scenarios";
    suites.set(folder, [...suites.get(folder) ?? [], scenario]);
  }
  return writeXml({
    name: "testsuites",
    attributes: { name: "rehearsal", time: (report.tookMs / 1000).toFixed(3) },
    content: [...suites].map(([name, scenarios]) => suiteOf(name, scenarios)),
  });
}

function suiteOf(name: string, scenarios: readonly ScenarioReport[]): XmlElement {
  const runs = scenarios.flatMap(({ runs }) => runs);
  const count = (wanted: RunResult["state"]) => runs.filter(({ state }) => state === wanted).length;
  return {
    name: "testsuite",
    attributes: {
      name,
      tests: runs.length,
      failures: count("failed"),
      skipped: count("skipped"),
      time: (runs.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1000).toFixed(3),
    },
    content: scenarios.flatMap((scenario) =>
      scenario.runs.map((run, index) => caseOf(name, scenario, run, index))
    ),
  };
}

function caseOf(
  classname: string,
  { title, runs }: ScenarioReport,
  { state, tookMs, error, calls }: RunResult,
  index: number,
): XmlElement {
  const faults = calls.flatMap(({ verdicts }) => verdicts)
    .filter((verdict) => verdict.state === "failed")
    .map(({ expected, found }) => `${expected}: ${found}`);
  const message = error ?? faults.join("\n");
  return {
    name: "testcase",
    attributes: {
      classname,
      name: runs.length > 1 ? `${title} (${index + 1})` : title,
      time: (tookMs / 1000).toFixed(3),
    },
    content: state === "failed"
      ? [{ name: "failure", attributes: { message: message.split("\n")[0] }, content: message }]
      : state === "skipped"
      ? [{ name: "skipped" }]
      : [],
  };
}
