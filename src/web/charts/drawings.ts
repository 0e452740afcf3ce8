/// <reference lib="dom" />
import { svg } from "../svg.ts";

/** One line of a chart, or one layer of its bars. */
export interface ChartSeries {
  readonly name: string;
  /** One for each point in time; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** Where a chart draws, in pixels, and what stands at its upper edge. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Points from left to right. */
  readonly count: number;
  readonly most: number;
}

/** More points lie too close for marks of their own to be told apart. */
const MAX_MARKED = 62;
/** A single bar is no wall. */
const MAX_BAR = 64;

/** Lines with a mark at each point; gaps where there is no value. */
export function drawLines(
  series: readonly ChartSeries[],
  frame: Frame,
  hasArea: boolean,
): readonly SVGElement[] {
  const radius = frame.count > MAX_MARKED ? 1 : 2.6;
  return series.flatMap(({ values }, at) => {
    const runs = runsOf(values);
    const path = (run: Run) => run.map(({ index, value }) => `${x(index)},${y(value)}`).join(" ");
    const floor = frame.top + frame.height;
    return [
      ...runs.filter(() => hasArea).map((run) =>
        svg("polygon", {
          class: "area",
          points: `${x(run[0]?.index ?? 0)},${floor} ${path(run)} ${
            x(run.at(-1)?.index ?? 0)
          },${floor}`,
        })
      ),
      ...runs.map((run) => svg("polyline", { class: `line line-${at}`, points: path(run) })),
      ...runs.flat().map(({ index, value }) =>
        svg("circle", { class: `point point-${at}`, cx: x(index), cy: y(value), r: radius })
      ),
    ];
  });

  function x(index: number): number {
    return round(frame.left + frame.width * (index + 0.5) / frame.count);
  }

  function y(value: number): number {
    return round(frame.top + frame.height * (1 - value / frame.most));
  }
}

/** A bar for each point, in layers from the floor upwards. */
export function drawBars(series: readonly ChartSeries[], frame: Frame): readonly SVGElement[] {
  const slot = frame.width / frame.count;
  const width = Math.min(MAX_BAR, Math.max(1, slot - Math.min(4, slot * 0.25)));
  return Array.from({ length: frame.count }, (_, at) => {
    let below = 0;
    const layers = series.flatMap(({ values }, layer) => {
      const value = values[at] ?? 0;
      below += value;
      if (value <= 0) return [];
      return svg("rect", {
        class: `layer layer-${layer}`,
        fill: `url(#layer-${layer})`,
        x: round(frame.left + slot * at + (slot - width) / 2),
        y: round(frame.top + frame.height * (1 - below / frame.most)),
        width: round(width),
        height: round(frame.height * value / frame.most),
      });
    });
    return svg("g", { class: "point" }, layers);
  });
}

type Run = readonly { readonly index: number; readonly value: number }[];

/** Stretches without a gap. */
function runsOf(values: readonly (number | null)[]): readonly Run[] {
  const runs: { readonly index: number; readonly value: number }[][] = [];
  let isOpen = false;
  values.forEach((value, index) => {
    if (value === null) {
      isOpen = false;
      return;
    }
    if (!isOpen) runs.push([]);
    runs.at(-1)?.push({ index, value });
    isOpen = true;
  });
  return runs;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
