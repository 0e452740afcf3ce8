/// <reference lib="dom" />
import { element } from "../elements.ts";
import { t } from "../text.ts";
import { type ChartSeries, drawBars, drawLines, type Frame } from "./drawings.ts";
import { shownLabels, ticksTo } from "./scale.ts";
import { svg } from "../svg.ts";
import { provideLayerPatterns } from "./layerPatterns.ts";

export interface ChartOptions {
  readonly title: string;
  /** What it says in short, such as a sum. */
  readonly summary: string;
  /** `area`: a line over its area; `bars`: layers upon each other. */
  readonly kind: "area" | "lines" | "bars";
  /** Points in time, in words; and short ones below the axis. */
  readonly labels: readonly string[];
  readonly ticks: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** Whether only whole numbers stand at the axis. */
  readonly isWhole?: boolean;
  /** Lines from side to side, such as a median. */
  readonly marks?: readonly ChartMark[];
  /** In the place of a table of the series. */
  readonly table?: HTMLElement;
}

interface ChartMark {
  readonly value: number;
  readonly text: string;
}

const HEIGHT = 190;
const TOP = 8;
const BOTTOM = 24;
const CHARACTER = 6.6;

/**
 * A chart with its table behind it. Its points are reached by the pointer, or by the arrow keys where it has
 * the focus. Drawn anew where its width changes, until `signal` is aborted.
 */
export function createChart(options: ChartOptions, signal: AbortSignal): HTMLElement {
  const { title, summary, labels, series, kind, marks = [] } = options;
  const id = `chart-${++charts}`;
  const shown = element("p", { className: "chart-reading" });
  const plot = element("div", { className: "chart-plot", tabIndex: 0, role: "slider" });
  plot.ariaLabel = title;
  plot.setAttribute("aria-describedby", `${id}-summary`);
  plot.ariaValueMin = "1";
  plot.ariaValueMax = String(labels.length);
  provideLayerPatterns();
  let at = labels.length - 1;
  let frame: Frame | undefined;

  plot.onkeydown = (event) => {
    const to =
      { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1 }[event.key] ??
        { Home: 0, End: labels.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    point(to);
  };
  plot.onfocus = () => point(at);
  plot.onblur = plot.onpointerleave = () => point(undefined);
  plot.onpointermove = ({ clientX }) => {
    if (frame === undefined) return;
    const x = clientX - plot.getBoundingClientRect().left - frame.left;
    point(Math.floor(x / frame.width * labels.length));
  };
  const resizing = new ResizeObserver(draw);
  resizing.observe(plot);
  signal.addEventListener("abort", () => resizing.disconnect());
  point(undefined);

  return element("figure", { className: "box chart" }, [
    element("figcaption", {}, [
      element("h2", { textContent: title }),
      element("p", { id: `${id}-summary`, className: "caption", textContent: summary }),
    ]),
    ...series.length + marks.length > 1 ? [keys(options)] : [],
    plot,
    shown,
    options.table ?? tableOf(options),
  ]);

  function draw(): void {
    const whole = plot.clientWidth;
    if (whole === 0) return;
    const most = Math.max(highest(series, kind), ...marks.map(({ value }) => value));
    const steps = ticksTo(most, options.isWhole === true);
    const left = Math.max(...steps.map((step) => options.format(step).length)) * CHARACTER + 10;
    const top = steps.at(-1) ?? 1;
    const width = Math.max(1, whole - left - 2);
    const height = HEIGHT - TOP - BOTTOM;
    frame = { left, top: TOP, width, height, count: labels.length, most: top };
    const axis = steps.flatMap((step) => {
      const y = TOP + height * (1 - step / top);
      return [
        svg("line", { class: "grid", x1: left, x2: left + width, y1: y, y2: y }),
        svg("text", { class: "tick", x: left - 6, y: y + 4, "text-anchor": "end" }, [
          options.format(step),
        ]),
      ];
    });
    const longest = Math.max(...options.ticks.map((tick) => tick.length)) * CHARACTER + 12;
    const below = shownLabels(labels.length, width, longest).map((index) => {
      const half = longest / 2 - 6;
      const middle = left + width * (index + 0.5) / labels.length;
      const x = Math.max(half, Math.min(middle, whole - half));
      return svg("text", { class: "tick", x, y: HEIGHT - 6, "text-anchor": "middle" }, [
        options.ticks[index] ?? "",
      ]);
    });
    const drawing = svg("svg", { width: whole, height: HEIGHT, "aria-hidden": "true" }, [
      ...axis,
      ...below,
      ...kind === "bars" ? drawBars(series, frame) : drawLines(series, frame, kind === "area"),
      ...marks.map(({ value }, index) => {
        const y = TOP + height * (1 - value / top);
        return svg("line", { class: `mark-${index}`, x1: left, x2: left + width, y1: y, y2: y });
      }),
      svg("line", { class: "cursor", y1: TOP, y2: TOP + height, x1: -9, x2: -9 }),
    ]);
    plot.replaceChildren(drawing);
  }

  /** Reads a point out, or says how to. */
  function point(to: number | undefined): void {
    if (to !== undefined) at = Math.min(Math.max(to, 0), labels.length - 1);
    const text = readingOf(options, at);
    plot.ariaValueNow = String(at + 1);
    plot.ariaValueText = text;
    shown.textContent = to === undefined ? "" : text;
    const cursor = plot.querySelector(".cursor");
    const x = to === undefined || frame === undefined
      ? -9
      : frame.left + frame.width * (at + 0.5) / labels.length;
    cursor?.setAttribute("x1", String(x));
    cursor?.setAttribute("x2", String(x));
  }
}

let charts = 0;

function highest(series: readonly ChartSeries[], kind: ChartOptions["kind"]): number {
  const values = kind === "bars"
    ? (series[0]?.values ?? []).map((_, at) =>
      series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0)
    )
    : series.flatMap(({ values }) => values.map((value) => value ?? 0));
  return Math.max(0, ...values);
}

function readingOf({ labels, series, format }: ChartOptions, at: number): string {
  const values = series.map(({ name, values }) => {
    const value = values[at] ?? null;
    const text = value === null ? "—" : format(value);
    return series.length === 1 ? text : `${name} ${text}`;
  });
  return `${labels[at] ?? ""}: ${values.join(", ")}`;
}

function keys({ series, kind, marks = [] }: ChartOptions): HTMLElement {
  return element("ul", { className: "chart-keys" }, [
    ...series.map(({ name }, at) =>
      key(
        name,
        kind === "bars"
          ? svg("rect", {
            class: `layer layer-${at}`,
            width: 22,
            height: 12,
            fill: `url(#layer-${at})`,
          })
          : svg("line", { class: `line line-${at}`, x1: 0, x2: 22, y1: 6, y2: 6 }),
      )
    ),
    ...marks.map(({ text }, at) =>
      key(text, svg("line", { class: `mark-${at}`, x1: 0, x2: 22, y1: 6, y2: 6 }))
    ),
  ]);
}

function key(text: string, drawn: SVGElement): HTMLElement {
  return element("li", {}, [
    svg("svg", { width: 22, height: 12, "aria-hidden": "true" }, [drawn]),
    text,
  ]);
}

function tableOf({ title, labels, series, format }: ChartOptions): HTMLElement {
  const rows = labels.map((label, at) =>
    element("tr", {}, [
      element("th", { scope: "row", textContent: label }),
      ...series.map(({ values }) => {
        const value = values[at] ?? null;
        return element("td", { textContent: value === null ? "—" : format(value) });
      }),
    ])
  );
  return element("details", {}, [
    element("summary", { textContent: t("Show as table") }),
    element("div", { className: "chart-table", tabIndex: 0, role: "region", ariaLabel: title }, [
      element("table", {}, [
        element("thead", {}, [
          element("tr", {}, [
            element("th", { scope: "col", textContent: t("When") }),
            ...series.map(({ name }) => element("th", { scope: "col", textContent: name })),
          ]),
        ]),
        element("tbody", {}, rows),
      ]),
    ]),
  ]);
}
