import type { Agents } from "../../../config/agents.ts";
import type { Settings } from "../../../config/settings.ts";
import { type Engine, listModels } from "../../openai.ts";
import { clockFinding } from "../place/clockFinding.ts";
import { askClock } from "../place/askClock.ts";
import { check, type Finding, type SetupCheck } from "../setupCheck.ts";
import { modelFinding } from "./modelFinding.ts";
import { modelListFindings } from "./modelListFindings.ts";
import { modelUses, type TextUse, textUses } from "./modelUses.ts";
import { voiceFindings } from "./voiceFindings.ts";

/** What is asked of the model's server, and what its answer says of the clock here. Never rejects. */
export async function modelChecks(
  settings: Pick<Settings, "openai" | "analysis" | "embeddings" | "phone">,
  { engine, agents, nowMs }: {
    readonly engine: Pick<Engine, "name" | "examine" | "models">;
    readonly agents: Pick<Agents, "names" | "get">;
    readonly nowMs: number;
  },
): Promise<readonly SetupCheck[]> {
  const [first, list, texts] = await Promise.all([
    modelFinding(settings, engine),
    engine.models(),
    Promise.all(textUses(settings).map((one) => textFindings(one, nowMs))),
  ]);
  const isReal = engine.name !== "rehearsal";
  const { host } = new URL(settings.openai.url);
  const clock = clockFinding(
    list?.clock ?? (settings.phone && await askClock(settings.phone.apiUrl)),
  );
  return [
    first,
    ...(isReal ? modelListFindings(list, modelUses(settings, agents), { host, nowMs }) : []),
    ...texts.flat(),
    ...(isReal ? voiceFindings(agents, settings.openai.model) : []),
  ].map((finding) => check("model", finding))
    .concat(clock === undefined ? [] : [check("clock", clock)]);
}

/** Endpoints of these have the list of their models beside them, as OpenAI does. */
async function textFindings(
  { use, url, apiKey }: TextUse,
  nowMs: number,
): Promise<readonly Finding[]> {
  const [, base] = /^(.*)\/(?:chat\/completions|embeddings)$/.exec(url) ?? [];
  if (base === undefined) return [];
  const headers = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
  const list = await listModels(`${base}/models`, headers, AbortSignal.timeout(PATIENCE_MS));
  return modelListFindings(list, [use], { host: new URL(url).host, nowMs });
}

const PATIENCE_MS = 10_000;
