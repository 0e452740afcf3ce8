import { costOf, type Prices } from "../spending.ts";
import { type CallRecord, connectedMsOf } from "../store.ts";

/**
 * What a live call has cost so far, in dollars: as if its first agent's models had done all of it, and without talks
 * of its caller with people. Null where it is over, and where prices are not known.
 */
export type CostSoFarOf = (call: CallRecord) => number | null;

/** `now` is in milliseconds since 1970. */
export function createCostSoFar({ prices, now }: {
  readonly prices: Prices;
  readonly now: () => number;
}): CostSoFarOf {
  return function costSoFar(call) {
    const { direction, usage, model, transcriptionModel, status, answeredAt, to } = call;
    if (status === "ended") return null;
    const sinceAnswer = answeredAt === undefined ? 0 : Math.max(0, now() - answeredAt);
    const connectedMs = connectedMsOf(call) ?? sinceAnswer;
    return costOf({
      ...{ usage, model, transcriptionModel },
      ...(direction !== "web" && { phone: { direction, connectedMs, number: to } }),
    }, prices).usd;
  };
}
