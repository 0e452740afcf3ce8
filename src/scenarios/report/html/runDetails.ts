import { seconds, type Verdict } from "../../expect/verdict.ts";
import { placeOf, type ScenarioReport } from "../runReport.ts";
import { lineIdAt, type ListedCall, type ListedRun, runNumber } from "./listedRuns.ts";
import { clockTime, escapeHtml, foreign } from "./markup.ts";
import { recordedPart } from "./recordedPart.ts";
import { soundData } from "./soundData.ts";
import { seekButton, transcript } from "./transcript.ts";
import { waveform, type WaveMark, waveMarks } from "./waveform.ts";

/** How a state is shown; never by colour alone. */
export const stateWords = { passed: "passed", failed: "failed", skipped: "told nothing" } as const;

const VERDICT_WORDS = { held: "Held", failed: "Failed", skipped: "Not told" } as const;

/** One run with all of its calls; open where it failed. */
export function runDetails(listed: ListedRun): string {
  const { id, scenario, run, calls } = listed;
  const number = runNumber(listed);
  const title = number === "" ? "" : `, ${number}`;
  return `<details class="run" id="${id}"${run.state === "failed" ? " open" : ""}><summary><h3>` +
    `<span class="state ${run.state}">${stateWords[run.state]}</span> ${foreign(scenario.title)}` +
    `${title}</h3><span class="name">${foreign(scenario.name)} <span>${
      seconds(run.tookMs)
    }</span></span></summary><div class="within">${
      run.error === undefined ? "" : `<p class="${run.state}">${foreign(run.error)}</p>`
    }${
      calls.map((call, index) => callSection(call, scenario, calls.length > 1 ? index + 1 : 0))
        .join("")
    }</div></details>`;
}

function callSection(listed: ListedCall, scenario: ScenarioReport, caller: number): string {
  const { id, call } = listed;
  return `<div class="call" id="${id}">${caller > 0 ? `<h4>Caller ${caller}</h4>` : ""}${
    sound(listed)
  }${transcript(listed)}<ul class="verdicts">${
    call.verdicts.map((verdict) => verdictItem(verdict, scenario)).join("")
  }</ul>${recordedPart(call.sinceRecorded)}</div>`;
}

function verdictItem(verdict: Verdict, scenario: ScenarioReport): string {
  const { state, expected, found, atMs } = verdict;
  const place = placeOf(scenario, verdict);
  const where = state !== "failed" || place === undefined
    ? ""
    : ` <code>${escapeHtml(place)}</code>`;
  return `<li class="${state}"><b>${VERDICT_WORDS[state]}</b><p>${foreign(expected)}: ${
    foreign(found)
  }${where}</p>${atMs === undefined ? "" : seekButton(atMs)}</li>`;
}

function sound(listed: ListedCall): string {
  const { call, sound } = listed;
  if (sound === undefined) return `<p class="soft">The sound of this call was not kept.</p>`;
  const marks = marksOf(listed);
  const end = clockTime(call.endMs);
  return `<div class="player"><div class="track">${
    waveMarks(marks, call.endMs)
  }<div class="heard">${
    waveform(sound, { endMs: call.endMs, quiet: call.deadAir, marks })
  }<input type="range" min="0" max="${call.endMs}" step="100" value="0" ` +
    `aria-label="Position" aria-valuetext="0:00.0 of ${end}"></div></div>` +
    `<div class="controls"><button type="button" class="play">Play</button>` +
    `<span class="time">0:00.0 of ${end}</span>` +
    `<button type="button" class="side agent" data-side="agent" aria-pressed="true">Agent</button>` +
    `<button type="button" class="side caller" data-side="caller" aria-pressed="true">Caller</button>` +
    `</div><script type="application/octet-stream">${soundData(sound)}</script></div>`;
}

function marksOf(listed: ListedCall): readonly WaveMark[] {
  const { cuts, verdicts } = listed.call;
  return [
    ...cuts.map(({ atMs, ms }): WaveMark => ({
      atMs,
      kind: "cut",
      label: `${clockTime(atMs)}: the caller breaks in, silent after ${seconds(ms)}`,
      target: lineIdAt(listed, atMs),
    })),
    ...verdicts.flatMap(({ state, atMs, expected, found }): readonly WaveMark[] =>
      state !== "failed" || atMs === undefined ? [] : [{
        atMs,
        kind: "fault",
        label: `${clockTime(atMs)}: failed, ${expected}: ${found}`,
        target: lineIdAt(listed, atMs),
      }]
    ),
  ];
}
