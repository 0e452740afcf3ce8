import { type Difference, type FigureChange, isSame } from "../difference.ts";
import { costName, costOf, dollars, figuresOf } from "../figures.ts";
import { passRate, type RunReport } from "../runReport.ts";
import { whoAnswers } from "../sinceRecorded.ts";
import { seconds } from "../../expect/verdict.ts";
import type { WholeReport } from "../wholeReport.ts";
import {
  baselineName,
  budgetText,
  engineName,
  figureChangeText,
  rateChange,
  tooFewTold,
  WHAT_IS_PROVEN,
} from "../wording.ts";
import { escapeHtml, foreign } from "./markup.ts";

/** What was rehearsed, and the figures of all of it. */
export function overview(report: RunReport): string {
  const { passed, failed, skipped } = passRate(report);
  const { answers, cuts, deadAir } = figuresOf(report);
  const cost = costOf(report);
  const told = passed + failed;
  const boxes: readonly (readonly [string, string, string?])[] = [
    ["passed", `${passed} of ${told}`, failed > 0 ? "failed" : told > 0 ? "passed" : "skipped"],
    ...(skipped > 0 ? [["told nothing", String(skipped)] as const] : []),
    ...(report.notRun > 0 ? [["not rehearsed", String(report.notRun)] as const] : []),
    ...(answers
      ? [
        ["answers, median", seconds(answers.median)] as const,
        ["answers, 95% within", seconds(answers.p95)] as const,
      ]
      : []),
    ...(cuts ? [["cut, worst", seconds(cuts.worst)] as const] : []),
    ...(deadAir ? [["dead air, longest", seconds(deadAir.worst)] as const] : []),
    ...(cost === undefined || cost === 0 ? [] : [[costName(report), dollars(cost)] as const]),
  ];
  const tooFew = tooFewTold(report);
  const conditions = [
    `${report.startedAt.slice(0, 16).replace("T", " ")} UTC`,
    `with ${engineName(report)}`,
    ...(report.against === undefined ? [] : [`at ${report.against}`]),
    `in ${seconds(report.tookMs)}`,
    `seed ${report.seed}`,
    ...(report.line === undefined ? [] : [`line ${report.line}`]),
  ];
  return `<header><h1>Rehearsal</h1><p class="soft">${
    escapeHtml(conditions.join(", "))
  }</p></header>
<dl class="counts">${
    boxes.map(([name, value, state = ""]) =>
      `<div><dt>${escapeHtml(name)}</dt><dd class="${state}">${escapeHtml(value)}</dd></div>`
    ).join("")
  }</dl>
${tooFew === undefined ? "" : `<p class="skipped">${escapeHtml(tooFew)}</p>`}
${
    [...(report.engine === "rehearsal" ? [WHAT_IS_PROVEN] : []), ...whoAnswers(report)]
      .map((sentence) => `<p class="soft">${escapeHtml(sentence)}</p>`).join("")
  }`;
}

export function budgetsSection(budgets: WholeReport["budgets"]): string {
  if (budgets.length === 0) return "";
  const items = budgets.map((budget) =>
    `<li class="${budget.isKept ? "held" : "failed"}"><b>${
      budget.isKept ? "Kept" : "Failed"
    }</b><p>${escapeHtml(budgetText(budget))}</p></li>`
  );
  return `<section><h2>Budgets</h2><ul class="verdicts">${items.join("")}</ul></section>`;
}

/** What has changed since the baseline; `idOf` is where the runs of a scenario stand. */
export function changes(
  difference: Difference | undefined,
  idOf: (name: string) => string | undefined,
): string {
  if (difference === undefined) return "";
  const { worse, better, added, removed, figures } = difference;
  const title = `Since ${baselineName(difference)}`;
  const link = (name: string) => {
    const id = idOf(name);
    return id === undefined ? foreign(name) : `<a href="#${id}">${foreign(name)}</a>`;
  };
  const rates = (was: number, is: number) => `(${rateChange({ was, is })})`;
  const items = [
    ...worse.map(({ name, was, is, newFaults }) =>
      `<li class="failed"><b>${is === 0 ? "Now fails" : "Fails more"}</b><p>${link(name)} ${
        rates(was, is)
      }${newFaults.map((fault) => `<br>${foreign(fault)}`).join("")}</p></li>`
    ),
    ...better.map(({ name, was, is }) =>
      `<li class="held"><b>${is === 1 ? "Mended" : "Fails less"}</b><p>${link(name)} ${
        rates(was, is)
      }</p></li>`
    ),
    ...(added.length > 0 ? [`<li><b>New</b><p>${added.map(link).join(", ")}</p></li>`] : []),
    ...(removed.length > 0
      ? [`<li><b>Gone</b><p>${removed.map((name) => foreign(name)).join(", ")}</p></li>`]
      : []),
    ...figures.map(figureItem),
  ];
  const list = isSame(difference)
    ? "<p>Nothing has changed.</p>"
    : `<ul class="verdicts">${items.join("")}</ul>`;
  return `<section><h2>${escapeHtml(title)}</h2>${list}</section>`;
}

/** Shorter is better, whatever the figure is. */
function figureItem(change: FigureChange): string {
  const { was, is } = change;
  const by = is.median === was.median ? is.worst - was.worst : is.median - was.median;
  return `<li class="${by > 0 ? "skipped" : "held"}"><b>${by > 0 ? "Longer" : "Shorter"}</b><p>${
    escapeHtml(figureChangeText(change))
  }</p></li>`;
}
