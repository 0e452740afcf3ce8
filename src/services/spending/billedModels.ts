import type { CallRequest } from "../../call/types.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { noUsage } from "../store.ts";
import { costOf, type Prices } from "./pricing.ts";

/** The models that a call is charged by. */
export interface CallModels {
  readonly model: string;
  /** Absent where the caller's speech is not transcribed. */
  readonly transcriptionModel: string | undefined;
}

/** Creates the function that gives the models of a call. */
export function createModelsOf(
  agents: Agents,
  { openai }: Pick<Settings, "openai">,
): (request: Pick<CallRequest, "agent">) => CallModels {
  return function modelsOf({ agent: name }) {
    const { model = openai.model, transcription } = agents.get(name) ?? {};
    return { model, transcriptionModel: transcription === "off" ? undefined : transcription };
  };
}

/** The models without a known price, by the name of the agent that uses them. */
export function findUnpriced(
  settings: Pick<Settings, "openai">,
  agents: Agents,
  prices: Prices,
): ReadonlyMap<string, readonly string[]> {
  const modelsOf = createModelsOf(agents, settings);
  const unpriced = new Map<string, readonly string[]>();
  for (const agent of agents.names) {
    const { model, transcriptionModel } = modelsOf({ agent });
    const speaks = costOf({ usage: SPOKEN, model }, prices).usd !== null;
    const hears = HEARD.some((usage) =>
      costOf({ usage, model, transcriptionModel }, prices).parts.transcription !== null
    );
    const models = speaks ? [] : [model];
    if (transcriptionModel !== undefined && !hears) models.push(transcriptionModel);
    if (models.length > 0) unpriced.set(agent, models);
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
    "Set it with PRICES_FILE, or set no limit in dollars."
  );
}

const SPOKEN = { ...noUsage, inputText: 1, inputAudio: 1 };
/** Some models bill tokens, others minutes. */
const HEARD = [{ ...noUsage, transcriptionInput: 1 }, { ...noUsage, transcriptionSeconds: 1 }];
