import type { CallRequest } from "../../call/types.ts";
import type { Agent, Agents, AgentSet } from "../../config/agents.ts";
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
  agents: Pick<Agents, "ofCall">,
  settings: Pick<Settings, "openai">,
): (request: Pick<CallRequest, "agent">) => CallModels {
  return (request) => modelsOfAgent(agents.ofCall(request), settings);
}

/** Creates the function that says whether the models of a call have known prices. */
export function createIsPriced(
  agents: Pick<Agents, "ofCall">,
  settings: Pick<Settings, "openai">,
  prices: Prices,
): (request: Pick<CallRequest, "agent">) => boolean {
  const known = new WeakMap<Agent, boolean>();
  return function isPriced(request) {
    const agent = agents.ofCall(request);
    if (agent === undefined) return true;
    let priced = known.get(agent);
    if (priced === undefined) {
      priced = unpricedOf(modelsOfAgent(agent, settings), prices).length === 0;
      known.set(agent, priced);
    }
    return priced;
  };
}

function modelsOfAgent(
  { model, transcription }: Partial<Agent> = {},
  { openai }: Pick<Settings, "openai">,
): CallModels {
  return {
    model: model ?? openai.model,
    transcriptionModel: transcription === "off" ? undefined : transcription,
  };
}

/** The models without a known price, by the name of the agent that uses them. */
export function findUnpriced(
  settings: Pick<Settings, "openai">,
  agents: Pick<AgentSet, "names" | "get">,
  prices: Prices,
): ReadonlyMap<string, readonly string[]> {
  const unpriced = new Map<string, readonly string[]>();
  for (const agent of agents.names) {
    const models = unpricedOf(modelsOfAgent(agents.get(agent), settings), prices);
    if (models.length > 0) unpriced.set(agent, models);
  }
  return unpriced;
}

function unpricedOf(
  { model, transcriptionModel }: CallModels,
  prices: Prices,
): readonly string[] {
  const speaks = costOf({ usage: SPOKEN, model }, prices).usd !== null;
  const hears = HEARD.some((usage) =>
    costOf({ usage, model, transcriptionModel }, prices).parts.transcription !== null
  );
  const models = speaks ? [] : [model];
  if (transcriptionModel !== undefined && !hears) models.push(transcriptionModel);
  return models;
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
