import { passRate } from "../runReport.ts";
import type { WholeReport } from "../wholeReport.ts";
import { htmlDocument } from "./htmlDocument.ts";
import { type ListedRun, listedRuns } from "./listedRuns.ts";
import { budgetsSection, changes, overview } from "./overview.ts";
import { plots } from "./plots.ts";
import { runDetails } from "./runDetails.ts";
import { scenarioTable } from "./scenarioTable.ts";

/**
 * The report as one HTML file that needs nothing else: figures, plots, what has changed, and of each run its
 * conversation with both sides to see and to hear.
 */
export function htmlReport(whole: WholeReport): string {
  const { report, budgets, difference } = whole;
  const { runs, leftOut } = listedRuns(whole);
  const ids = new Map<string, string>();
  for (const { scenario: { name }, id } of runs.toSorted(byState)) {
    if (!ids.has(name)) ids.set(name, id);
  }
  const { passed, failed } = passRate(report);
  const started = report.startedAt.slice(0, 16).replace("T", " ");
  const rest = leftOut === 0
    ? ""
    : `<p class="soft">${leftOut} runs more are in the figures, and not here.</p>`;
  return htmlDocument(
    `Rehearsal of ${started}: ${passed} of ${passed + failed} passed`,
    `<main>${overview(report)}
${changes(difference, (name) => ids.get(name))}
${budgetsSection(budgets)}
<section><h2>Scenarios</h2>${scenarioTable(whole, ({ name }) => ids.get(name))}</section>
<section><h2>Figures</h2><p class="soft">A dot leads to its place in the call. Red ones are of runs that failed, a
dashed line is a budget, and an upright one stands between two scenarios.</p>${
      plots(runs, budgets)
    }</section>
<section><h2>Calls</h2><p class="soft">The agent is above the line, the caller below it, the longest silence
behind them. A dashed line is where the caller breaks in, a red one where something failed.</p>
${runs.map(runDetails).join("\n")}${rest}</section></main>`,
  );
}

/** A scenario is linked to what failed first. */
function byState(a: ListedRun, b: ListedRun): number {
  return Number(b.run.state === "failed") - Number(a.run.state === "failed");
}
