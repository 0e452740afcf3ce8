import type { Agents } from "../../../config/agents.ts";
import type { Settings } from "../../../config/settings.ts";

/** A model that settings or agents name, and what each of those is. */
export interface ModelUse {
  readonly kind: "voice" | "transcription" | "analysis" | "embeddings";
  readonly model: string;
  /** Settings, and agents by name. */
  readonly places: readonly string[];
}

/** The models that the server of `OPENAI_REALTIME_URL` is asked for. */
export function modelUses(
  { openai }: Pick<Settings, "openai">,
  agents: Pick<Agents, "names" | "get">,
): readonly ModelUse[] {
  const uses = new Map<string, { kind: ModelUse["kind"]; model: string; places: string[] }>();
  const use = (kind: ModelUse["kind"], model: string, place: string) => {
    const key = `${kind} ${model}`;
    const known = uses.get(key) ?? { kind, model, places: [] };
    known.places.push(place);
    uses.set(key, known);
  };
  use("voice", openai.model, "OPENAI_MODEL");
  for (const name of agents.names) {
    const agent = agents.get(name);
    if (agent?.model !== undefined) use("voice", agent.model, name);
    if (agent !== undefined) use("transcription", agent.transcription, name);
  }
  return [...uses.values()];
}

/** A server of models that read texts, and the one that it is asked for. */
export interface TextUse {
  readonly use: ModelUse;
  /** Of its endpoint, such as `https://host/v1/chat/completions`. */
  readonly url: string;
  readonly apiKey?: string | undefined;
}

/** The models that read calls after their end, and documents. */
export function textUses(
  { analysis, embeddings }: Pick<Settings, "analysis" | "embeddings">,
): readonly TextUse[] {
  return [
    ...(analysis === undefined
      ? []
      : [{ ...analysis, use: useOf("analysis", analysis.model, "ANALYSIS_MODEL") }]),
    ...(embeddings === undefined ? [] : [{
      ...embeddings,
      use: useOf("embeddings", embeddings.model, "KNOWLEDGE_EMBEDDINGS_MODEL"),
    }]),
  ];
}

function useOf(kind: ModelUse["kind"], model: string, place: string): ModelUse {
  return { kind, model, places: [place] };
}
