/// <reference lib="dom" />
import type { Analytics } from "./callAnswers.ts";
import { formatCount, formatDollars } from "./recordTexts.ts";
import type { Figure } from "./figureList.ts";
import { formatSpan } from "./callTexts.ts";

/** The analytics of a period in four figures. */
export function summarise({ calls, duration, cost, latency }: Analytics): readonly Figure[] {
  const isPriced = cost.unknown === 0 || cost.usd > 0;
  return [
    { name: "Calls", value: formatCount(calls) },
    { name: "Minutes", value: formatMinutes(duration.totalMs) },
    {
      name: "Cost",
      value: formatDollars(isPriced ? cost.usd : null),
      ...(cost.unknown > 0 && {
        note: isPriced ? `and ${formatCount(cost.unknown)} without a price` : "no price known",
      }),
    },
    {
      name: "Median latency",
      value: latency.p50Ms === null ? "—" : formatSpan(latency.p50Ms),
    },
  ];
}

function formatMinutes(ms: number): string {
  const minutes = ms / 60_000;
  return minutes === 0 || minutes >= 10 ? formatCount(Math.round(minutes)) : minutes.toFixed(1);
}
