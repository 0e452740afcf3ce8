import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import { costOf, type Prices } from "./pricing.ts";
import { noUsage } from "./store/callRecord.ts";

const SOMETHING = { ...noUsage, inputText: 1, inputAudio: 1 };

/** Limits in dollars that could not be kept, as the price of what agents speak with is not known. */
export function findUnpricedLimits(
  { limits, outbound, openai }: Settings,
  agents: Agents,
  prices: Prices,
): readonly string[] {
  const set = [
    ...(limits.callUsd === undefined ? [] : ["MAX_CALL_USD"]),
    ...(outbound.dailyUsd === undefined ? [] : ["OUTBOUND_DAILY_USD"]),
  ];
  if (set.length === 0) return [];
  const models = new Set(agents.names.map((name) => agents.get(name)?.model ?? openai.model));
  return [...models].filter((model) => costOf({ usage: SOMETHING, model }, prices).usd === null)
    .map((model) =>
      `${set.join(" and ")} cannot be kept: the price of ${model} is not known. ` +
      "Tell it with PRICES_FILE, or set no limit in dollars."
    );
}
