/// <reference lib="dom" />
import type { CallDetail, ResponseUsage } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatCount, formatDuration, formatExactDollars, formatSpan } from "../formats.ts";
import { t } from "../text.ts";
import { barChart } from "./barChart.ts";
import { foldedTable, latencyTable } from "./recordTables.ts";

/** How long the caller waited for each answer, as bars and as a table; empty without any. */
export function latencyChart(call: CallDetail): readonly HTMLElement[] {
  const { latencies, latency } = call;
  if (latencies.length === 0) return [];
  const chart = barChart({
    label: latency === null
      ? t("Latency of {count} answers", { count: latencies.length })
      : t("Latency of {count} answers, median {median}, 95% under {most}", {
        count: latencies.length,
        median: formatSpan(latency.p50Ms),
        most: formatSpan(latency.p95Ms),
      }),
    names: [t("Response"), t("First audio"), t("Until heard")],
    bars: latencies.map(({ responseMs, firstAudioMs, firstHeardMs, totalMs }) => ({
      parts: [
        responseMs,
        firstAudioMs,
        Math.max(0, firstHeardMs ?? totalMs - responseMs - firstAudioMs),
      ],
      title: formatSpan(totalMs),
    })),
    lines: latency === null ? [] : [
      { value: latency.p50Ms, text: `p50 ${formatSpan(latency.p50Ms)}` },
      { value: latency.p95Ms, text: `p95 ${formatSpan(latency.p95Ms)}` },
    ],
    most: formatSpan,
  });
  return [section(t("Latency"), [chart, ...latencyTable(call)])];
}

/** What each response of the model has used and cost; empty for calls of which that was not kept. */
export function usageChart({ responses, turns }: CallDetail): readonly HTMLElement[] {
  if (responses.length === 0) return [];
  const arePriced = responses.every(({ usd }) => usd !== null);
  const starts = new Map(turns.map(({ id, startedMs }) => [id, startedMs]));
  const figure = ({ usage, usd }: ResponseUsage) =>
    arePriced
      ? [usd ?? 0]
      : [freshOf(usage), cachedOf(usage), usage.outputText + usage.outputAudio];
  const most = (value: number) =>
    arePriced ? formatExactDollars(value) : t("{count} tokens", { count: formatCount(value) });
  const chart = barChart({
    label: arePriced
      ? t("Dollars of {count} responses", { count: responses.length })
      : t("Tokens of {count} responses", { count: responses.length }),
    names: arePriced ? [t("Dollars")] : [t("In"), t("Cached"), t("Out")],
    bars: responses.map((one) => ({
      parts: figure(one),
      title: most(figure(one).reduce((sum, part) => sum + part, 0)),
    })),
    most,
  });
  const table = foldedTable(
    t("Tokens and dollars, response by response"),
    [t("Over at"), t("Said at"), t("In"), t("Cached"), t("Out"), t("Cost")],
    responses.map(({ atMs, turnId, usage, usd }) => {
      const saidMs = turnId === null ? undefined : starts.get(turnId);
      return [
        formatDuration(atMs),
        saidMs === undefined ? "—" : formatDuration(saidMs),
        formatCount(usage.inputText + usage.inputAudio),
        formatCount(cachedOf(usage)),
        formatCount(usage.outputText + usage.outputAudio),
        formatExactDollars(usd),
      ];
    }),
    t(
      "As the model reported them; cached tokens are included in the input. Transcription and telephony are not in it.",
    ),
  );
  return [section(t("Tokens and dollars per turn"), [chart, table])];
}

function section(heading: string, content: readonly HTMLElement[]): HTMLElement {
  return element("section", { className: "charted" }, [
    element("h2", { textContent: heading }),
    ...content,
  ]);
}

function freshOf(usage: ResponseUsage["usage"]): number {
  return Math.max(0, usage.inputText + usage.inputAudio - cachedOf(usage));
}

function cachedOf({ cachedText, cachedAudio }: ResponseUsage["usage"]): number {
  return cachedText + cachedAudio;
}
