/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { AgentTitles } from "../apiTypes.ts";
import { createChart } from "../charts/chart.ts";
import { element, find } from "../elements.ts";
import { formatCount, formatDollars } from "../formats.ts";
import { showFigures } from "../records/figureList.ts";
import { t } from "../text.ts";
import { chartsOf, formatMinutes, formatShare } from "./analyticsCharts.ts";
import { type Asked, createAnalyticsFilter } from "./analyticsFilter.ts";
import type { RetentionAnswer, SeriesAnswer } from "./analyticsTypes.ts";
import { showHeardWords } from "./heardWords.ts";
import { showUnheardCost } from "./unheardCost.ts";

/**
 * Creates the view of how calls went over time, and how far callers listened. Resolves when it is shown.
 * Throws `RequestError`.
 */
export function createAnalyticsView(
  titles: Promise<AgentTitles>,
): (filter: URLSearchParams, signal: AbortSignal) => Promise<void> {
  const main = find("analytics", HTMLElement);
  const form = createAnalyticsFilter(find("analytics-filter", HTMLFormElement));
  const charts = find("analytics-charts", HTMLElement);
  const listening = find("analytics-listening", HTMLElement);
  const unheard = find("analytics-unheard", HTMLElement);
  const status = find("analytics-status", HTMLElement);

  return async function showAnalytics(filter, signal) {
    const names = await titles;
    form.show(filter, names);
    const asked = form.asked(filter);
    main.ariaBusy = "true";
    status.textContent = t("Loading…");
    const listened = fetchApiJson<RetentionAnswer>(`/api/analytics/retention?${asked.query}`, {
      signal,
    });
    listened.catch(() => {});
    const [whole, groups] = await Promise.all([
      series(asked, signal),
      series(asked, signal, asked.groupBy),
    ]);
    if (signal.aborted) return;
    const hasCalls = (whole.series[0]?.points ?? []).some(({ calls }) => calls > 0);
    status.textContent = "";
    find("analytics-empty", HTMLElement).hidden = hasCalls;
    for (const part of [charts, find("analytics-figures", HTMLElement)]) part.hidden = !hasCalls;
    if (asked.groupBy === "key") offerKeys(groups);
    showFigures(find("analytics-figures", HTMLElement), figuresOf(whole));
    const shown = chartsOf(whole, groups, { groupBy: asked.groupBy, titles: names });
    charts.replaceChildren(...shown.map((options) => createChart(options, signal)));
    showListening(await listened, names);
    if (!signal.aborted) main.ariaBusy = "false";
  };

  function showListening(
    { greetings, answers, unheard: cost }: RetentionAnswer,
    names: AgentTitles,
  ) {
    const title = (agent: string) => names.get(agent) ?? agent;
    const lines = [
      ...greetings.map((line) => {
        const agent = title(line.agent);
        const name = line.version === null
          ? t("Greeting of {agent}", { agent })
          : t("Greeting of {agent}, version {version}", { agent, version: line.version });
        return showHeardWords(line, name);
      }),
      ...answers.map((line) =>
        showHeardWords(
          line,
          t("{agent}, said in {count} calls", {
            agent: title(line.agent),
            count: formatCount(line.calls),
          }),
        )
      ),
    ];
    listening.hidden = lines.length === 0;
    find("analytics-lines", HTMLElement).replaceChildren(...lines);
    unheard.hidden = cost.words === 0;
    find("analytics-unheard-cost", HTMLElement).replaceChildren(...showUnheardCost(cost, names));
  }
}

function series(asked: Asked, signal: AbortSignal, groupBy?: string): Promise<SeriesAnswer> {
  const query = new URLSearchParams(asked.query);
  query.set("interval", asked.interval);
  query.set("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
  if (groupBy !== undefined) query.set("groupBy", groupBy);
  return fetchApiJson<SeriesAnswer>(`/api/analytics/series?${query}`, { signal });
}

function offerKeys({ series }: SeriesAnswer): void {
  find("analytics-keys", HTMLDataListElement).replaceChildren(
    ...series.flatMap(({ name }) => name === null ? [] : element("option", { value: name })),
  );
}

function figuresOf({ series: [whole] }: SeriesAnswer): Parameters<typeof showFigures>[1] {
  const points = whole?.points ?? [];
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const turns = sum(points.map(({ agentTurns }) => agentTurns));
  const cut = sum(points.map(({ interruptions }) => interruptions));
  return [
    { name: t("Calls"), value: formatCount(sum(points.map(({ calls }) => calls))) },
    { name: t("Minutes"), value: formatMinutes(sum(points.map(({ minutes }) => minutes))) },
    { name: t("Cost"), value: formatDollars(sum(points.map(({ cost }) => cost.usd))) },
    { name: t("Interruptions"), value: turns === 0 ? "—" : formatShare(cut / turns) },
  ];
}
