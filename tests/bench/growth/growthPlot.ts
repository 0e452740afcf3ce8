import { type GrowthFigures, limitsOf } from "./growthPoint.ts";
import { axisOf } from "./axis.ts";

interface Panel {
  readonly title: string;
  readonly value: (figures: GrowthFigures) => number;
}

const PANELS: readonly Panel[] = [
  { title: "CPU, ms per call-second", value: ({ cpuMsPerCallSecond }) => cpuMsPerCallSecond },
  { title: "p99 delay of a frame, ms", value: ({ p99Ms }) => p99Ms },
  { title: "Resident memory, MB", value: ({ mb }) => mb },
];

/** A point with its place in the picture. */
interface Dot {
  readonly x: number;
  readonly y: number;
  readonly isHollow: boolean;
}

/**
 * Three panels against the number of calls, with a line for each server, in the order in which they
 * occur; hollow where the callers were the limit. Has its own background, light or dark as the reader's.
 */
export function growthPlot(figures: readonly GrowthFigures[]): string {
  const servers = [...new Set(figures.map(({ server }) => server))];
  const panels = PANELS.map((panel, i) => drawPanel(panel, i, servers, figures));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
<title id="title">${
    escape(
      `${servers.join(" and ")}: ${
        PANELS.map(({ title }) => title).join("; ")
      }, against the number of calls`,
    )
  }</title>
<style>
${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="6"/>
${legend(servers, figures.some(isHollow))}
${panels.join("\n")}
</svg>
`;
}

function drawPanel(
  { title, value }: Panel,
  index: number,
  servers: readonly string[],
  figures: readonly GrowthFigures[],
): string {
  const left = LEFT + index * (PLOT_WIDTH + GAP);
  const bottom = TOP + PLOT_HEIGHT;
  const across = axisOf(figures.map(({ calls }) => calls), MOST_TICKS);
  const up = axisOf(figures.map(value), MOST_TICKS);
  const x = (calls: number) => left + PLOT_WIDTH * calls / across.end;
  const y = (amount: number) => bottom - PLOT_HEIGHT * amount / up.end;
  const dotOf = (one: GrowthFigures): Dot => ({
    x: x(one.calls),
    y: y(value(one)),
    isHollow: isHollow(one),
  });
  const lines = servers.map((server, i) =>
    drawLine(seriesClass(i), figures.filter((one) => one.server === server).map(dotOf))
  );
  return [
    `<g class="panel">`,
    text(left, TOP - 14, title, "title"),
    ...up.ticks.flatMap((tick) => [
      `<line class="grid" x1="${left}" y1="${at(y(tick))}" x2="${left + PLOT_WIDTH}" y2="${
        at(y(tick))
      }"/>`,
      text(left - 6, y(tick) + 4, up.show(tick), "end"),
    ]),
    ...across.ticks.map((tick) => text(x(tick), bottom + 17, across.show(tick), "middle")),
    text(left + PLOT_WIDTH / 2, bottom + 35, "calls", "middle"),
    ...lines,
    `</g>`,
  ].join("\n");
}

function drawLine(series: string, dots: readonly Dot[]): string {
  const points = dots.map(({ x, y }) => `${at(x)},${at(y)}`).join(" ");
  const circles = dots.map(({ x, y, isHollow }) =>
    `<circle class="${series}${isHollow ? " hollow" : ""}" cx="${at(x)}" cy="${at(y)}" r="3.5"/>`
  );
  return [`<polyline class="${series}" points="${points}"/>`, ...circles].join("\n");
}

function legend(servers: readonly string[], withHollow: boolean): string {
  const y = 22;
  const entries = servers.flatMap((server, i) => {
    const x = LEFT + i * LEGEND_STEP;
    return [
      `<line class="${seriesClass(i)}" x1="${x}" y1="${y - 4}" x2="${x + 28}" y2="${y - 4}"/>`,
      `<circle class="${seriesClass(i)}" cx="${x + 14}" cy="${y - 4}" r="3.5"/>`,
      text(x + 36, y, server, "start"),
    ];
  });
  if (withHollow) {
    const x = LEFT + servers.length * LEGEND_STEP;
    entries.push(
      `<circle class="hollow" cx="${x + 14}" cy="${y - 4}" r="3.5"/>`,
      text(x + 24, y, "hollow: the callers' core was the limit", "start"),
    );
  }
  return [`<g class="legend">`, ...entries, `</g>`].join("\n");
}

function isHollow(figures: GrowthFigures): boolean {
  return limitsOf(figures).includes("callers");
}

function seriesClass(index: number): string {
  return `series${index % 2}`;
}

function text(x: number, y: number, words: string, name: string): string {
  return `<text class="${name}" x="${at(x)}" y="${at(y)}">${escape(words)}</text>`;
}

function at(position: number): string {
  return String(Math.round(position * 10) / 10);
}

function escape(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const LEFT = 52;
const TOP = 72;
const GAP = 62;
const PLOT_WIDTH = 220;
const PLOT_HEIGHT = 170;
const WIDTH = LEFT + 3 * PLOT_WIDTH + 2 * GAP + 24;
const HEIGHT = TOP + PLOT_HEIGHT + 50;
const LEGEND_STEP = 120;
const MOST_TICKS = 5;

/** The first server is dashed too: colours alone do not tell lines apart for everyone. */
const STYLE = `text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.ground { fill: #ffffff; }
.grid { stroke: #d1d9e0; }
polyline, line { fill: none; stroke-width: 2; }
line.grid { stroke-width: 1; }
.series0 { stroke: #6e7781; stroke-dasharray: 5 4; }
.series1 { stroke: #0969da; }
circle { stroke: #6e7781; stroke-width: 2; }
circle.series0 { fill: #6e7781; stroke-dasharray: none; }
circle.series1 { fill: #0969da; }
circle.hollow { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .ground, circle.hollow { fill: #0d1117; }
  .grid { stroke: #30363d; }
  .series0 { stroke: #9198a1; }
  .series1 { stroke: #4493f8; }
  circle.series0:not(.hollow) { fill: #9198a1; }
  circle.series1:not(.hollow) { fill: #4493f8; }
}`;
