import type { Prices } from "../spending.ts";
import { type CallRecord, connectedMsOf, type HandoffRecord } from "../store.ts";
import { costByModels } from "./costByModels.ts";

/**
 * What a live call has cost so far, in dollars: what each agent's models have done at their prices, without talks of
 * its caller with people. Null where it is over, and where prices are not known.
 */
export type CostSoFarOf = (call: CallRecord, handoffs?: readonly HandoffRecord[]) => number | null;

/** `now` is in milliseconds since 1970. */
export function createCostSoFar({ prices, now }: {
  readonly prices: Prices;
  readonly now: () => number;
}): CostSoFarOf {
  return function costSoFar(call, handoffs = []) {
    const { direction, usage, model, transcriptionModel, status, answeredAt, to } = call;
    if (status === "ended") return null;
    const sinceAnswer = answeredAt === undefined ? 0 : Math.max(0, now() - answeredAt);
    const connectedMs = connectedMsOf(call) ?? sinceAnswer;
    return costByModels({
      ...{ usage, model, transcriptionModel, handoffs },
      ...(direction !== "web" && { phone: { direction, connectedMs, number: to } }),
    }, prices).usd;
  };
}
