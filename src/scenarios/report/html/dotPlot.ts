import { coordinate, escapeHtml } from "./markup.ts";

/** A figure of one scenario. */
export interface Dot {
  readonly name: string;
  readonly ms: number;
  readonly isFailed: boolean;
}

const WIDTH = 900;
const HEIGHT = 180;
const LEFT = 56;
const BOTTOM = 8;
const TOP = 10;

/** All figures of a kind side by side, in the order of the scenarios; empty where there are none. */
export function dotPlot(title: string, dots: readonly Dot[]): string {
  if (dots.length === 0) return "";
  const most = niceTop(Math.max(...dots.map(({ ms }) => ms)));
  const x = (index: number) => LEFT + (index + 0.5) * (WIDTH - LEFT) / dots.length;
  const y = (ms: number) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * ms / most;
  const grid = [0, 0.5, 1].map((share) => {
    const at = coordinate(y(most * share));
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${at}" y2="${at}"/>` +
      `<text x="${LEFT - 6}" y="${at}" text-anchor="end" dominant-baseline="middle">${
        (most * share / 1000).toFixed(1)
      } s</text>`;
  });
  const points = dots.map(({ name, ms, isFailed }, index) =>
    `<circle class="${isFailed ? "fault" : "dot"}" cx="${coordinate(x(index))}" cy="${
      coordinate(y(ms))
    }" r="4"><title>${escapeHtml(name)}: ${(ms / 1000).toFixed(2)} s</title></circle>`
  );
  return `<figure><figcaption>${
    escapeHtml(title)
  }</figcaption><svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `role="img" aria-label="${escapeHtml(title)}">${grid.join("")}${
      points.join("")
    }</svg></figure>`;
}

/** The next of 1, 2, 5, 10, ... above a figure. */
function niceTop(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, ms)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= ms) ?? ms;
}
