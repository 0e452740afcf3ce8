import type { Agents } from "../../../config/agents.ts";
import type { Settings } from "../../../config/settings.ts";

/** A model that settings or agents name, and what each of those is. */
export interface ModelUse {
  readonly kind: "voice" | "transcription" | "analysis";
  readonly model: string;
  /** Settings, and agents by name. */
  readonly places: readonly string[];
}

/** The models that the server of `OPENAI_REALTIME_URL` is asked for. */
export function modelUses(
  { openai, analysis }: Pick<Settings, "openai" | "analysis">,
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
  if (analysis !== undefined && isSameServer(analysis.url, openai.url)) {
    use("analysis", analysis.model, "ANALYSIS_MODEL");
  }
  return [...uses.values()];
}

/** Whether the lists of both would be one. */
function isSameServer(one: string, other: string): boolean {
  return new URL(one).host === new URL(other).host;
}
