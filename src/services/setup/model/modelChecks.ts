import type { Agents } from "../../../config/agents.ts";
import type { Settings } from "../../../config/settings.ts";
import type { Engine } from "../../openai.ts";
import { clockFinding } from "../place/clockFinding.ts";
import { askClock } from "../place/askClock.ts";
import { check, type SetupCheck } from "../setupCheck.ts";
import { modelFinding } from "./modelFinding.ts";
import { modelListFindings } from "./modelListFindings.ts";
import { modelUses } from "./modelUses.ts";
import { voiceFindings } from "./voiceFindings.ts";

/** What is asked of the model's server, and what its answer says of the clock here. Never rejects. */
export async function modelChecks(
  settings: Pick<Settings, "openai" | "analysis" | "phone">,
  { engine, agents, nowMs }: {
    readonly engine: Pick<Engine, "name" | "examine" | "models">;
    readonly agents: Pick<Agents, "names" | "get">;
    readonly nowMs: number;
  },
): Promise<readonly SetupCheck[]> {
  const [first, list] = await Promise.all([modelFinding(settings, engine), engine.models()]);
  const isReal = engine.name !== "rehearsal";
  const { host } = new URL(settings.openai.url);
  const clock = clockFinding(
    list?.clock ?? (settings.phone && await askClock(settings.phone.apiUrl)),
  );
  return [
    first,
    ...(isReal ? modelListFindings(list, modelUses(settings, agents), { host, nowMs }) : []),
    ...(isReal ? voiceFindings(agents, settings.openai.model) : []),
  ].map((finding) => check("model", finding))
    .concat(clock === undefined ? [] : [check("clock", clock)]);
}
