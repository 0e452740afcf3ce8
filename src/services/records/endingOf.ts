import type { CallEnd } from "../../call/types.ts";
import { present } from "../../utils/present.ts";
import { type AddressOf, type Prices, savedUsd } from "../spending.ts";
import {
  type CallContent,
  type CallEnding,
  type CallOutcome,
  type CallRecord,
  type LatencySummary,
  percentile,
} from "../store.ts";
import { impliedOutcome } from "./callOutcome.ts";
import { costByModels } from "./costByModels.ts";
import type { PersonTalks } from "./personTalks.ts";

/** The terminal record of a call from its totals. */
export function endingOf(
  {
    direction,
    to,
    outcome: known,
    answeredBy,
    usage,
    savings,
    handoffs,
    talks,
    ...models
  }:
    & Pick<
      CallRecord,
      "direction" | "to" | "answeredBy" | "usage" | "model" | "transcriptionModel"
    >
    & Pick<CallRecord, "savings">
    & Pick<CallContent, "handoffs">
    & { readonly outcome: CallOutcome | undefined; readonly talks: PersonTalks },
  { end, endedAt, durationMs, connectedMs, latenciesMs, prices, addressOf }: {
    readonly end: CallEnd;
    readonly endedAt: number;
    readonly durationMs: number;
    readonly connectedMs: number;
    readonly latenciesMs: readonly number[];
    readonly prices: Prices;
    readonly addressOf?: AddressOf | undefined;
  },
): CallEnding {
  const latency = summarize(latenciesMs);
  const outcome = direction === "outbound"
    ? known ?? impliedOutcome(end, { answered: connectedMs > 0, answeredBy })
    : known;
  const { model } = models;
  const cost = costByModels({
    usage,
    ...models,
    handoffs,
    ...(direction !== "web" && {
      phone: { direction, connectedMs, number: to, personLegs: talks.legs(addressOf) },
    }),
  }, prices);
  return {
    end,
    endedAt,
    durationMs,
    usage,
    cost,
    latenciesMs,
    ...(savings && { savings: { ...savings, usd: savedUsd(savings, { usage, model }, prices) } }),
    ...present({ outcome, latency, personMs: talks.ms, askedMs: talks.askedMs }),
  };
}

function summarize(latenciesMs: readonly number[]): LatencySummary | undefined {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const p50Ms = percentile(sorted, 0.5);
  const p95Ms = percentile(sorted, 0.95);
  if (p50Ms === undefined || p95Ms === undefined) return undefined;
  return { turns: sorted.length, p50Ms, p95Ms };
}
