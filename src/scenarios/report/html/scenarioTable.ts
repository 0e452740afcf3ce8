import { costOf, dollars, type Figures, figuresOf } from "../figures.ts";
import { passRate, type RunReport, type ScenarioReport } from "../runReport.ts";
import { seconds } from "../../expect/verdict.ts";
import type { WholeReport } from "../wholeReport.ts";
import { foreign } from "./markup.ts";

/** A row for each scenario, with what is other than in the baseline. `idOf` is where its runs stand. */
export function scenarioTable(
  { report, baseline }: Pick<WholeReport, "report" | "baseline">,
  idOf: (scenario: ScenarioReport) => string | undefined,
): string {
  const before = new Map(baseline?.scenarios.map((scenario) => [scenario.name, scenario]));
  const rows = report.scenarios.map((scenario) => {
    const id = idOf(scenario);
    const name = foreign(scenario.name);
    const link = id === undefined ? name : `<a href="#${id}">${name}</a>`;
    return row(`<th scope="row">${link}</th>`, [scenario], before.get(scenario.name));
  });
  if (rows.length > 1) rows.push(row(`<th scope="row">all</th>`, report.scenarios, undefined));
  return `<div class="wide" tabindex="0" role="region" aria-label="Scenarios"><table><thead><tr>` +
    ["Scenario", "Passed", "Answers, median", "Answers, worst", "Cut, worst", "Dead air", "Cost"]
      .map((head) => `<th scope="col">${head}</th>`).join("") +
    `</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function row(
  head: string,
  scenarios: RunReport["scenarios"],
  before: ScenarioReport | undefined,
): string {
  const { passed, failed, skipped } = passRate({ scenarios });
  const is = figuresOf({ scenarios });
  const was = before && figuresOf({ scenarios: [before] });
  const cost = costOf({ scenarios });
  const told = passed + failed;
  const state = failed > 0 ? "failed" : told > 0 ? "passed" : "skipped";
  const rate = told === 0 && skipped > 0 ? "told nothing" : `${passed} of ${told}`;
  return `<tr>${head}<td class="${state}">${rate}</td>${cell(is, was, "answers", "median")}${
    cell(is, was, "answers", "worst")
  }${cell(is, was, "cuts", "worst")}${cell(is, was, "deadAir", "worst")}<td>${
    cost === undefined ? "" : dollars(cost)
  }</td></tr>`;
}

function cell(
  is: Figures,
  was: Figures | undefined,
  name: "answers" | "cuts" | "deadAir",
  kind: "median" | "worst",
): string {
  const [now, then] = [is[name]?.[kind], was?.[name]?.[kind]];
  if (now === undefined) return "<td></td>";
  const by = then === undefined ? 0 : now - then;
  const change = by === 0
    ? ""
    : ` <small class="${by > 0 ? "more" : "less"}">${by > 0 ? "+" : "-"}${
      seconds(Math.abs(by))
    }</small>`;
  return `<td>${seconds(now)}${change}</td>`;
}
