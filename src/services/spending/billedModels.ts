import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { costOf, type Prices } from "./pricing.ts";
import { noUsage } from "../store.ts";

/** The models without a known price, by the name of the agent that uses them. */
export function findUnpriced(
  { openai }: Pick<Settings, "openai">,
  agents: Agents,
  prices: Prices,
): ReadonlyMap<string, readonly string[]> {
  const unpriced = new Map<string, readonly string[]>();
  for (const agent of agents.names.map((name) => agents.get(name))) {
    if (agent === undefined) continue;
    const model = agent.model ?? openai.model;
    const speaks = costOf({ usage: SPOKEN, model }, prices).usd !== null;
    const transcriptionModel = agent.transcription;
    const hears = transcriptionModel === "off" ||
      HEARD.some((usage) =>
        costOf({ usage, model, transcriptionModel }, prices).parts.transcription !== null
      );
    const models = [...(speaks ? [] : [model]), ...(hears ? [] : [transcriptionModel])];
    if (models.length > 0) unpriced.set(agent.name, models);
  }
  return unpriced;
}

/** A sentence for each model whose missing price makes a limit in dollars impossible. */
export function findUnpricedLimits(
  { limits: { chosenUsd } }: Pick<Settings, "limits">,
  unpriced: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (chosenUsd.length === 0) return [];
  return [...new Set([...unpriced.values()].flat())].map((model) =>
    `${chosenUsd.join(" and ")} cannot be kept: the price of ${model} is not known. ` +
    "Tell it with PRICES_FILE, or set no limit in dollars."
  );
}

const SPOKEN = { ...noUsage, inputText: 1, inputAudio: 1 };
/** Some models bill tokens, others minutes. */
const HEARD = [{ ...noUsage, transcriptionInput: 1 }, { ...noUsage, transcriptionSeconds: 1 }];
