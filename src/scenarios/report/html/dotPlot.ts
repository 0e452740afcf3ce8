import { coordinate, escapeHtml } from "./markup.ts";

/** A figure of a call. */
export interface Dot {
  /** Which call and which turn. */
  readonly label: string;
  readonly ms: number;
  readonly isFailed: boolean;
  /** Those of one scenario stand between two lines. */
  readonly group: string;
  /** The place of the report that it leads to. */
  readonly target: string;
}

const HEIGHT = 190;
const BOTTOM = 8;
const TOP = 12;
const LEFT_PERCENT = 0.8;
const MAX_DOTS = 1000;

/**
 * All figures of a kind side by side, in the order of the calls, with a budget across; empty where there are none.
 * Of very many the slowest of each group is shown.
 */
export function dotPlot(
  title: string,
  dots: readonly Dot[],
  limitMs: number | undefined,
): string {
  if (dots.length === 0) return "";
  const group = Math.ceil(dots.length / MAX_DOTS);
  const shown = group === 1 ? dots : slowestOfEach(dots, group);
  const most = niceTop(Math.max(limitMs ?? 0, ...shown.map(({ ms }) => ms)));
  const y = (ms: number) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * ms / most;
  const x = (index: number) =>
    LEFT_PERCENT + (100 - 2 * LEFT_PERCENT) * (index + 0.5) / shown.length;
  const grid = [0, 0.5, 1].map((share) => {
    const at = coordinate(y(most * share));
    return `<line class="grid" x1="0" x2="100%" y1="${at}" y2="${at}"/>`;
  });
  const limit = limitMs === undefined
    ? ""
    : `<line class="limit" x1="0" x2="100%" y1="${coordinate(y(limitMs))}" y2="${
      coordinate(y(limitMs))
    }"/>`;
  const borders = shown.flatMap(({ group }, index) => {
    if (index === 0 || shown[index - 1]?.group === group) return [];
    const at = percent(x(index - 0.5));
    return [`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`];
  });
  const points = shown.map(({ label, ms, isFailed, target }, index) =>
    `<a href="#${target}" tabindex="${index === 0 ? 0 : -1}" aria-label="${
      escapeHtml(`${label}: ${(ms / 1000).toFixed(2)} s`)
    }"><circle class="${isFailed ? "fault" : "dot"}" cx="${percent(x(index))}" cy="${
      coordinate(y(ms))
    }" r="5"/></a>`
  );
  const labels = [1, 0.5, 0].map((share) => `<span>${axisText(most * share)}</span>`).join("");
  const groups = group === 1 ? "" : `; of ${group} that follow each other the slowest`;
  return `<figure class="plot"><figcaption>${escapeHtml(title + groups)}</figcaption>` +
    `<div class="area"><div class="axis" aria-hidden="true">${labels}</div>` +
    `<svg role="group" aria-label="${escapeHtml(title)}" height="${HEIGHT}">${grid.join("")}${
      borders.join("")
    }${limit}${points.join("")}</svg></div><p class="readout" role="status"></p></figure>`;
}

function slowestOfEach(dots: readonly Dot[], size: number): readonly Dot[] {
  return Array.from({ length: Math.ceil(dots.length / size) }).flatMap((_, index) =>
    dots.slice(index * size, (index + 1) * size).toSorted((a, b) => b.ms - a.ms).slice(0, 1)
  );
}

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

function axisText(ms: number): string {
  if (ms === 0) return "0";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}

/** The next of 1, 2, 5, 10, ... above a figure. */
function niceTop(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, ms)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= ms) ?? ms;
}
