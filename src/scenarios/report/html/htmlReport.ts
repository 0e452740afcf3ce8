import { seconds, type Verdict } from "../../expect/verdict.ts";
import type { CallRun } from "../../run/runScenario.ts";
import type { Difference } from "../difference.ts";
import { figuresOf } from "../figures.ts";
import type { CallResult, ReportedLine, RunReport, RunResult } from "../runReport.ts";
import { passRate, type ScenarioOutcome } from "../runReport.ts";
import { differenceLines, WHAT_IS_PROVEN } from "../terminal.ts";
import { asPhone, callTrack } from "./callTrack.ts";
import { type Dot, dotPlot } from "./dotPlot.ts";
import { escapeHtml } from "./markup.ts";
import { recordedPart } from "./recordedPart.ts";
import { soundData } from "./soundData.ts";
import { SCRIPT, STYLES } from "./styles.ts";
import { waveform, type WaveMark } from "./waveform.ts";

/**
 * The report as one HTML file that needs nothing else: figures, plots, and of each run its conversation with
 * both sides to see and to hear. `outcomes` are in the order of the report's runs.
 */
export function htmlReport(
  report: RunReport,
  outcomes: readonly ScenarioOutcome[],
  difference: Difference | undefined,
): string {
  const { passed, failed, skipped } = passRate(report);
  const engine = report.engine === "rehearsal" ? "the built-in engine" : report.engine;
  const figures = figuresOf(report);
  const boxes: readonly (readonly [string, string])[] = [
    ["passed", `${passed} of ${passed + failed}`],
    ...(skipped > 0 ? [["could tell nothing", String(skipped)] as const] : []),
    ...(figures.answers ? [["answers, median", seconds(figures.answers.median)] as const] : []),
    ...(figures.cuts ? [["cut, worst", seconds(figures.cuts.worst)] as const] : []),
    ...(figures.silence ? [["silence, longest", seconds(figures.silence.worst)] as const] : []),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal of ${escapeHtml(report.startedAt.slice(0, 16).replace("T", " "))}</title>
<style>${STYLES}</style></head><body>
<h1>Rehearsal</h1>
<p class="soft">${escapeHtml(report.startedAt.slice(0, 16).replace("T", " "))} UTC, with ${
    escapeHtml(engine)
  }${report.against === undefined ? "" : ` at ${escapeHtml(report.against)}`}, in ${
    seconds(report.tookMs)
  }, seed ${report.seed}${report.line === undefined ? "" : `, line ${escapeHtml(report.line)}`}</p>
<ul class="counts">${
    boxes.map(([name, value]) => `<li>${escapeHtml(name)}<b>${escapeHtml(value)}</b></li>`).join("")
  }</ul>
${report.engine === "rehearsal" ? `<p class="soft">${escapeHtml(WHAT_IS_PROVEN)}</p>` : ""}
${difference === undefined ? "" : changes(difference)}
${plots(report)}
<h2>Scenarios</h2>
${runsOf(report, outcomes)}
<script>${SCRIPT}</script></body></html>
`;
}

function changes(difference: Difference): string {
  const [title = "", ...lines] = differenceLines(difference);
  const list = lines.map((line) => `<li>${escapeHtml(line.trim())}</li>`).join("");
  return `<h2>${escapeHtml(title.replace(/[:.]$/, ""))}</h2><ul>${list}</ul>`;
}

function plots({ scenarios }: RunReport): string {
  const calls = scenarios.flatMap(({ name, runs }) =>
    runs.flatMap(({ calls, state }) =>
      calls.map((call) => ({ name, call, isFailed: state === "failed" }))
    )
  );
  const dots = (figures: (call: CallResult) => readonly number[]): readonly Dot[] =>
    calls.flatMap(({ name, call, isFailed }) =>
      figures(call).map((ms) => ({ name, ms, isFailed }))
    );
  return [
    dotPlot(
      "From the caller's last sound to the agent's first, each answer",
      dots((call) => call.answersMs),
    ),
    dotPlot(
      "From the caller's first sound to the agent's last, each interruption",
      dots((call) => call.cutsMs),
    ),
    dotPlot("The longest silence of each call", dots((call) => [call.longestSilenceMs])),
  ].join("\n");
}

function runsOf({ scenarios }: RunReport, outcomes: readonly ScenarioOutcome[]): string {
  return scenarios.flatMap(({ name, title, runs }) => {
    const own = outcomes.filter((outcome) => outcome.name === name);
    return runs.map((run, index) => {
      const number = runs.length > 1 ? ` (${index + 1})` : "";
      return `<details${
        run.state === "failed" ? " open" : ""
      }><summary><span class="state ${run.state}">${run.state}` +
        `</span> <span>${escapeHtml(title + number)}</span> <span class="name">${
          escapeHtml(name)
        }</span></summary><div>${
          run.error === undefined ? "" : `<p class="failed">${escapeHtml(run.error)}</p>`
        }${callsOf(run, own[index]?.run?.calls ?? [])}</div></details>`;
    });
  }).join("\n");
}

function callsOf({ calls }: RunResult, sounds: readonly CallRun[]): string {
  return calls.map((call, index) => {
    const title = calls.length > 1 ? `<h3>Caller ${index + 1}</h3>` : "";
    return title + verdicts(call.verdicts) + recordedPart(call.sinceRecorded) +
      soundOf(call, sounds[index]) +
      `<ol class="lines">${call.lines.map(lineOf).join("")}</ol>`;
  }).join("");
}

function verdicts(all: readonly Verdict[]): string {
  const rows = all.map(({ state, expected, found, atMs }) =>
    `<tr><td class="${state}">${state}</td><td>${escapeHtml(expected)}</td><td>${
      escapeHtml(found)
    }</td><td>${atMs === undefined ? "" : seconds(atMs)}</td></tr>`
  );
  return `<table><thead><tr><th>State</th><th>Expected</th><th>Found</th><th>At</th></tr></thead><tbody>${
    rows.join("")
  }</tbody></table>`;
}

function soundOf({ verdicts }: CallResult, call: CallRun | undefined): string {
  if (call === undefined) return "";
  const { evidence: { endMs, taking }, heard, said, format } = call;
  const agent = callTrack(asPhone(heard, format), endMs);
  const caller = callTrack(said, endMs);
  const marks: readonly WaveMark[] = [
    ...taking.cuts.map(({ atMs }): WaveMark => ({
      atMs,
      kind: "cut",
      label: "The caller cuts in",
    })),
    ...verdicts.flatMap(({ state, atMs, expected, found }): readonly WaveMark[] =>
      state === "failed" && atMs !== undefined
        ? [{ atMs, kind: "fault", label: `${expected}: ${found}` }]
        : []
    ),
  ];
  return `<div>${waveform({ agent, caller, endMs, marks })}<audio controls preload="none" src="${
    soundData(caller, agent)
  }"></audio></div>`;
}

function lineOf({ who, fromMs, text, unheard }: ReportedLine): string {
  const cut = unheard === "" ? "" : ` <span class="unheard">${escapeHtml(unheard)}</span>`;
  return `<li><span class="at">${
    seconds(fromMs)
  }</span><span class="${who}">${who}</span><span class="text">${
    escapeHtml(text)
  }${cut}</span></li>`;
}
