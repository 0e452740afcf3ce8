import type { Verdict } from "../../expect/verdict.ts";
import type { ReportedLine, TimedFigure } from "../runReport.ts";
import { seconds } from "../../expect/verdict.ts";
import type { ListedCall } from "./listedRuns.ts";
import { clockTime, foreign } from "./markup.ts";

/** A figure belongs to the line that begins so near to it. */
const NEAR_MS = 60;

/** The conversation as it was heard, with how fast the two were, and what failed where it did. */
export function transcript({ id, call }: ListedCall): string {
  const faults = call.verdicts.filter(({ state, atMs }) => state === "failed" && atMs !== undefined)
    .map((verdict) => ({ atMs: verdict.atMs ?? 0, html: faultLine(verdict) }));
  const lines = call.lines.map((line, index) => ({
    atMs: line.fromMs,
    html: lineHtml(line, `${id}-line-${index + 1}`, notesOf(line, call)),
  }));
  const tools = call.tools.map(({ name, atMs, ok }) => ({
    atMs,
    html: eventLine(
      "tool",
      atMs,
      "Tool",
      `${foreign(name)}${ok === false ? ", which failed" : ""}`,
    ),
  }));
  const end = call.ended === undefined
    ? []
    : [{ atMs: call.endMs, html: eventLine("end", call.endMs, "End", foreign(call.ended)) }];
  const all = [...lines, ...tools, ...end, ...faults].toSorted((a, b) => a.atMs - b.atMs);
  return `<ol class="lines">${all.map(({ html }) => html).join("")}</ol>`;
}

function lineHtml(
  { who, fromMs, toMs, text, unheard }: ReportedLine,
  id: string,
  notes: readonly string[],
): string {
  const cut = unheard === ""
    ? ""
    : ` <span class="hidden">, not heard: </span><s>${foreign(unheard)}</s>`;
  const said = notes.length === 0 ? "" : ` <small>${notes.join(", ")}</small>`;
  return `<li id="${id}" class="${who}" data-from="${fromMs}" data-to="${toMs}">${
    seekButton(fromMs)
  }<b>${who === "agent" ? "Agent" : "Caller"}</b><p>${foreign(text)}${cut}${said}</p></li>`;
}

function notesOf(
  { who, fromMs, toMs, unheard }: ReportedLine,
  { answers, cuts }: ListedCall["call"],
): readonly string[] {
  // A line may begin with silence: an answer is where its sound begins.
  const within = (figures: readonly TimedFigure[], toMs: number) =>
    figures.find(({ atMs }) => atMs >= fromMs - NEAR_MS && atMs <= toMs);
  if (who === "caller") {
    const cut = within(cuts, fromMs + NEAR_MS);
    return cut === undefined ? [] : [`breaks in, silent after ${seconds(cut.ms)}`];
  }
  const answer = within(answers, toMs);
  return [
    ...(answer === undefined ? [] : [`after ${seconds(answer.ms)}`]),
    ...(unheard === "" ? [] : [`cut at ${clockTime(toMs)}`]),
  ];
}

function faultLine({ atMs = 0, expected, found }: Verdict): string {
  return eventLine("fault", atMs, "Failed", `${foreign(expected)}: ${foreign(found)}`);
}

function eventLine(kind: string, atMs: number, what: string, html: string): string {
  return `<li class="${kind}">${seekButton(atMs)}<b>${what}</b><p>${html}</p></li>`;
}

/** A place in the call that is played from. */
export function seekButton(atMs: number): string {
  const time = clockTime(atMs);
  return `<button type="button" class="at" data-at="${Math.max(0, Math.round(atMs))}" ` +
    `aria-label="Play from ${time}">${time}</button>`;
}
