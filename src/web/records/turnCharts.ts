/// <reference lib="dom" />
import type { CallDetail, ResponseUsage } from "../apiTypes.ts";
import { createChart } from "../charts/chart.ts";
import { formatCount, formatDuration, formatExactDollars, formatSpan } from "../formats.ts";
import { t } from "../text.ts";
import { foldedTable, latencyTable } from "./recordTables.ts";

/** How long the caller waited for each answer, as bars and as a table; empty without any. */
export function latencyChart(call: CallDetail, signal: AbortSignal): readonly HTMLElement[] {
  const { latencies, latency } = call;
  if (latencies.length === 0) return [];
  const saidAt = saidIn(call);
  const count = latencies.length;
  const chart = createChart({
    title: t("Latency"),
    summary: latency === null ? t("Latency of {count} answers", { count }) : t(
      "Latency of {count} answers, median {median}, 95% under {most}",
      { count, median: formatSpan(latency.p50Ms), most: formatSpan(latency.p95Ms) },
    ),
    kind: "bars",
    labels: latencies.map(({ turnId, totalMs }) => `${saidAt(turnId)}, ${formatSpan(totalMs)}`),
    ticks: latencies.map(({ turnId }) => saidAt(turnId)),
    series: [
      { name: t("Response"), values: latencies.map(({ responseMs }) => responseMs) },
      { name: t("First audio"), values: latencies.map(({ firstAudioMs }) => firstAudioMs) },
      {
        name: t("Until heard"),
        values: latencies.map(({ responseMs, firstAudioMs, firstHeardMs, totalMs }) =>
          Math.max(0, firstHeardMs ?? totalMs - responseMs - firstAudioMs)
        ),
      },
    ],
    marks: latency === null ? [] : [
      { value: latency.p50Ms, text: `p50 ${formatSpan(latency.p50Ms)}` },
      { value: latency.p95Ms, text: `p95 ${formatSpan(latency.p95Ms)}` },
    ],
    format: formatSpan,
    table: latencyTable(call),
  }, signal);
  return [chart];
}

/** What each response of the model has used and cost; empty for calls of which that was not kept. */
export function usageChart(call: CallDetail, signal: AbortSignal): readonly HTMLElement[] {
  const { responses } = call;
  if (responses.length === 0) return [];
  const saidAt = saidIn(call);
  const count = responses.length;
  const arePriced = responses.every(({ usd }) => usd !== null);
  const table = foldedTable(
    t("Tokens and dollars, response by response"),
    [t("Over at"), t("Said at"), t("In"), t("Cached"), t("Out"), t("Cost")],
    responses.map(({ atMs, turnId, usage, usd }) => [
      formatDuration(atMs),
      saidAt(turnId),
      formatCount(inOf(usage)),
      formatCount(cachedOf(usage)),
      formatCount(outOf(usage)),
      formatExactDollars(usd),
    ]),
    t(
      "As the model reported them; cached tokens are included in the input. Transcription and telephony are not in it.",
    ),
  );
  const chart = createChart({
    title: t("Tokens and dollars per turn"),
    summary: arePriced
      ? t("Dollars of {count} responses", { count })
      : t("Tokens of {count} responses", { count }),
    kind: "bars",
    labels: responses.map(({ atMs, usage }) =>
      arePriced
        ? formatDuration(atMs)
        : `${formatDuration(atMs)}, ${
          t("{count} tokens", { count: formatCount(inOf(usage) + outOf(usage)) })
        }`
    ),
    ticks: responses.map(({ atMs }) => formatDuration(atMs)),
    series: arePriced ? [{ name: t("Dollars"), values: responses.map(({ usd }) => usd) }] : [
      {
        name: t("In"),
        values: responses.map(({ usage }) => Math.max(0, inOf(usage) - cachedOf(usage))),
      },
      { name: t("Cached"), values: responses.map(({ usage }) => cachedOf(usage)) },
      { name: t("Out"), values: responses.map(({ usage }) => outOf(usage)) },
    ],
    format: arePriced ? formatExactDollars : formatCount,
    table,
  }, signal);
  return [chart];
}

/** When a turn was said, in words. */
function saidIn({ turns }: Pick<CallDetail, "turns">): (turnId: string | null) => string {
  const starts = new Map(turns.map(({ id, startedMs }) => [id, startedMs]));
  return (turnId) => {
    const startMs = turnId === null ? undefined : starts.get(turnId);
    return startMs === undefined ? "—" : formatDuration(startMs);
  };
}

function inOf({ inputText, inputAudio }: ResponseUsage["usage"]): number {
  return inputText + inputAudio;
}

function cachedOf({ cachedText, cachedAudio }: ResponseUsage["usage"]): number {
  return cachedText + cachedAudio;
}

function outOf({ outputText, outputAudio }: ResponseUsage["usage"]): number {
  return outputText + outputAudio;
}
