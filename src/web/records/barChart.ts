/// <reference lib="dom" />
import { element } from "../elements.ts";
import { svg } from "../svg.ts";

/** One bar, of parts upon each other, in the order of the chart's names; `title` tells its numbers. */
export interface Bar {
  readonly parts: readonly number[];
  readonly title: string;
}

/** A line across all bars. */
export interface ChartLine {
  readonly value: number;
  readonly text: string;
}

const HEIGHT = 100;
const BAR = 10;
const GAP = 2;
/** A single bar is no wall. */
const LEAST_BARS = 12;

/**
 * A chart of bars, which is one picture for who does not see it, named `label`: the table behind it has the
 * numbers. The parts are coloured in the order of `names`.
 */
export function barChart(
  { label, names, bars, lines = [], most }: {
    readonly label: string;
    readonly names: readonly string[];
    readonly bars: readonly Bar[];
    readonly lines?: readonly ChartLine[];
    /** What the highest bar is called. */
    readonly most: (value: number) => string;
  },
): HTMLElement {
  const sums = bars.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
  const highest = Math.max(...sums, ...lines.map(({ value }) => value), Number.MIN_VALUE);
  const width = Math.max(bars.length, LEAST_BARS) * (BAR + GAP);
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": label,
  });
  bars.forEach(({ parts, title }, at) => {
    const group = svg("g");
    let y = HEIGHT;
    parts.forEach((part, index) => {
      const height = part / highest * HEIGHT;
      y -= height;
      const place = { x: at * (BAR + GAP), y, width: BAR, height, class: `part-${index}` };
      group.append(svg("rect", place));
    });
    group.append(svg("title", {}, [title]));
    picture.append(group);
  });
  lines.forEach(({ value }, index) => {
    const y = HEIGHT - value / highest * HEIGHT;
    const place = { x1: 0, x2: width, y1: y, y2: y, class: `line-${index}` };
    picture.append(svg("line", { ...place, "vector-effect": "non-scaling-stroke" }));
  });
  return element("figure", { className: "chart" }, [
    element("span", { className: "most", ariaHidden: "true", textContent: most(highest) }),
    picture,
    element("figcaption", { className: "legend" }, [
      ...names.map((name, at) => keyOf(`part-${at}`, name)),
      ...lines.map(({ text }, at) => keyOf(`line-${at}`, text)),
    ]),
  ]);
}

function keyOf(className: string, text: string): HTMLElement {
  const swatch = element("i", { className: `swatch ${className}`, ariaHidden: "true" });
  return element("span", {}, [swatch, text]);
}
