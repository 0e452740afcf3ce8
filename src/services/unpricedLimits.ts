import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import { costOf, type Prices } from "./pricing.ts";
import { noUsage } from "./store/callRecord.ts";

/** Limits in dollars that could not be kept, as the price of what agents speak or hear with is not known. */
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
  const unpriced = new Set<string>();
  for (const agent of agents.names.map((name) => agents.get(name))) {
    const model = agent?.model ?? openai.model;
    if (costOf({ usage: SPOKEN, model }, prices).usd === null) unpriced.add(model);
    const transcriptionModel = agent?.transcription ?? "off";
    if (transcriptionModel === "off") continue;
    const isPriced = HEARD.some((usage) =>
      costOf({ usage, model, transcriptionModel }, prices).parts.transcription !== null
    );
    if (!isPriced) unpriced.add(transcriptionModel);
  }
  return [...unpriced].map((model) =>
    `${set.join(" and ")} cannot be kept: the price of ${model} is not known. ` +
    "Tell it with PRICES_FILE, or set no limit in dollars."
  );
}

const SPOKEN = { ...noUsage, inputText: 1, inputAudio: 1 };
/** Some models bill tokens, others minutes. */
const HEARD = [{ ...noUsage, transcriptionInput: 1 }, { ...noUsage, transcriptionSeconds: 1 }];
