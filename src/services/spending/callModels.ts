import type { CallRequest } from "../../call/types.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";

/** The models that a call is charged by. */
export interface CallModels {
  readonly model?: string | undefined;
  /** Absent where the caller's speech is not transcribed. */
  readonly transcriptionModel?: string | undefined;
}

/** Creates the function that gives the models of a call. */
export function createModelsOf(
  agents: Agents,
  { openai }: Pick<Settings, "openai">,
): (request: Pick<CallRequest, "agent">) => CallModels {
  return function modelsOf(request) {
    const agent = agents.get(request.agent);
    const transcription = agent?.transcription;
    return {
      model: agent?.model ?? openai.model,
      transcriptionModel: transcription === "off" ? undefined : transcription,
    };
  };
}
