import type { AgentTitles } from "../apiTypes.ts";
import { describeEnd } from "../callTexts.ts";
import { formatCalls, formatCount, formatDecimal, formatDollars, formatSpan } from "../formats.ts";
import { t } from "../text.ts";
import type { Asked } from "./analyticsFilter.ts";
import type { Counts, Line, Point, SeriesAnswer } from "./analyticsTypes.ts";
import type { ChartOptions } from "../charts/chart.ts";
import type { ChartSeries } from "../charts/drawings.ts";
import { labelOf } from "./pointLabels.ts";

/** More layers than can be told apart are shown as one. */
const MAX_LAYERS = 8;

/** The charts of a period, from its one line and the lines of its groups. */
export function chartsOf(
  { interval, series: [whole] }: SeriesAnswer,
  groups: SeriesAnswer,
  { groupBy, titles }: Pick<Asked, "groupBy"> & { readonly titles: AgentTitles },
): readonly ChartOptions[] {
  const points = whole?.points ?? [];
  const labels = points.map(({ at }) => labelOf(at, interval));
  const time = { labels: labels.map(({ long }) => long), ticks: labels.map(({ short }) => short) };
  const sum = (of: (point: Point) => number) => points.reduce((total, each) => total + of(each), 0);
  const count = { format: formatCount, isWhole: true } as const;
  const turns = sum(({ agentTurns }) => agentTurns);
  const cut = sum(({ interruptions }) => interruptions);
  const tools = points.map(({ tools }) => Object.values(tools));
  const used = tools.flat().reduce((total, { calls }) => total + calls, 0);
  const failed = tools.flat().reduce((total, { failed }) => total + failed, 0);
  const placed = sum(({ outcomes }) =>
    Object.values(outcomes).reduce((all, each) => all + each, 0)
  );
  const failures = points.map(({ tools }): Counts =>
    Object.fromEntries(
      Object.entries(tools).filter(([, { failed }]) => failed > 0).map((
        [name, { failed }],
      ) => [name, failed]),
    )
  );
  return [
    {
      ...{ title: t("Calls"), kind: "bars", ...time, ...count },
      summary: formatCalls(sum(({ calls }) => calls)),
      series: groups.series.map((line) => ({
        name: groupName(line, groupBy, titles),
        values: line.points.map(({ calls }) => calls),
      })),
    },
    {
      ...{ title: t("Minutes"), kind: "area", ...time, format: formatMinutes },
      summary: t("{count} minutes from the answer to the end", {
        count: formatMinutes(sum(({ minutes }) => minutes)),
      }),
      series: [{ name: t("Minutes"), values: points.map(({ minutes }) => minutes) }],
    },
    {
      ...{ title: t("How calls ended"), kind: "bars", ...time, ...count },
      summary: t("Who ended them, or what"),
      series: layersOf(
        points.map(({ endReasons }) => endReasons),
        (reason) => describeEnd({ reason, detail: null }),
      ),
    },
    ...placed === 0 ? [] : [{
      ...{ title: t("Placed calls"), kind: "bars", ...time, ...count } as const,
      summary: t("What became of {count} calls", { count: formatCount(placed) }),
      series: layersOf(points.map(({ outcomes }) => outcomes), outcomeName),
    }],
    {
      ...{ title: t("Cost"), kind: "area", ...time, format: formatDollars },
      summary: costSummary(sum(({ cost }) => cost.usd), sum(({ cost }) => cost.unknown)),
      series: [{ name: t("Cost"), values: points.map(({ cost }) => cost.usd) }],
    },
    {
      ...{ title: t("Time to answer"), kind: "lines", ...time, format: formatSpan },
      summary: t("From the caller's last sound to the agent's first"),
      series: [
        { name: t("Median"), values: points.map(({ latency }) => latency.p50Ms) },
        { name: t("95 of 100 faster"), values: points.map(({ latency }) => latency.p95Ms) },
      ],
    },
    {
      ...{ title: t("Interruptions"), kind: "area", ...time, format: formatShare },
      summary: t("Callers cut off {cut} of {turns} turns of agents", {
        cut: formatCount(cut),
        turns: formatCount(turns),
      }),
      series: [{
        name: t("Share"),
        values: points.map(({ interruptedShare }) => interruptedShare),
      }],
    },
    {
      ...{ title: t("Failures of tools"), kind: "bars", ...time, ...count },
      summary: t("{failed} of {used} uses of tools failed", {
        failed: formatCount(failed),
        used: formatCount(used),
      }),
      series: layersOf(failures, (name) => name === "…" ? t("Others") : name),
    },
  ];
}

/** Layers by the sums of what is counted, the largest at the floor; one without anything where there is none. */
function layersOf(
  points: readonly Counts[],
  nameOf: (key: string) => string,
): readonly ChartSeries[] {
  const sums = new Map<string, number>();
  for (const counts of points) {
    for (const [key, count] of Object.entries(counts)) sums.set(key, (sums.get(key) ?? 0) + count);
  }
  const keys = [...sums].sort(([, a], [, b]) => b - a).map(([key]) => key);
  const shown = keys.slice(0, MAX_LAYERS);
  const rest = keys.slice(MAX_LAYERS);
  const layers = shown.map((key) => ({
    name: nameOf(key),
    values: points.map((counts) => counts[key] ?? 0),
  }));
  if (layers.length === 0) return [{ name: t("Count"), values: points.map(() => 0) }];
  if (rest.length === 0) return layers;
  const values = points.map((counts) => rest.reduce((sum, key) => sum + (counts[key] ?? 0), 0));
  return [...layers, { name: t("Others"), values }];
}

function groupName({ name, isRest }: Line, groupBy: Asked["groupBy"], titles: AgentTitles): string {
  if (isRest) return t("Others");
  if (name === null) return groupBy === "key" ? t("Without an API key") : t("All calls");
  if (groupBy === "direction") {
    return { inbound: t("Called in"), outbound: t("Called out"), web: t("Web call") }[name] ?? name;
  }
  return groupBy === "agent" ? titles.get(name) ?? name : name;
}

function outcomeName(outcome: string): string {
  const names: Readonly<Record<string, string>> = {
    answered: t("Answered"),
    human: t("Person"),
    voicemail: t("Message left"),
    machine: t("Machine"),
    screened: t("Screened"),
    no_answer: t("No answer"),
    busy: t("Busy"),
    failed: t("Failed"),
    cancelled: t("Called off"),
    unknown: t("Not known"),
  };
  return names[outcome] ?? outcome;
}

function costSummary(usd: number, unknown: number): string {
  const sum = formatDollars(usd);
  return unknown === 0
    ? t("{sum} in all", { sum })
    : t("{sum} in all, and {count} calls without a price", { sum, count: formatCount(unknown) });
}

/** Minutes with one decimal below ten. */
export function formatMinutes(minutes: number): string {
  return minutes === 0 || minutes >= 10
    ? formatCount(Math.round(minutes))
    : formatDecimal(minutes.toFixed(1));
}

/** A share from 0 to 1 as per cent. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  const shown = percent > 0 && percent < 10 ? percent.toFixed(1) : String(Math.round(percent));
  return t("{share}%", { share: formatDecimal(shown) });
}
