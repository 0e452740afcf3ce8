import { readSettings } from "../../../config/env.ts";
import type { Environment } from "../../../config/settingReader.ts";
import { EngineWords } from "../../../scenarios/run/model/engineWords.ts";
import { credentialsFor } from "../../../services/openai.ts";
import type { Fault } from "../../../sim/openai/faults.ts";
import { startRealtimeServer } from "../../../sim/openai/realtimeServer.ts";
import type { Script } from "../../../sim/openai/scripts.ts";
import type { Voice } from "../../../sim/voice/voice.ts";

/** Who answers the callers of a scenario. */
export interface ModelEnd {
  readonly url: string;
  readonly tellWords?: (callId: string, words: string) => void;
  close(): Promise<void>;
}

/** Answers as the scenario says. */
export function builtInEngine(
  { script, faults, voice }: {
    readonly script: Script;
    readonly faults: readonly Fault[];
    readonly voice: Voice | undefined;
  },
): ModelEnd {
  const engine = startRealtimeServer({ voice: voice ?? "flite", script, faults });
  const told = new EngineWords();
  const follow = async (): Promise<void> => {
    for (;;) told.follow(await engine.nextSession());
  };
  follow().catch(() => {});
  return {
    url: engine.url,
    tellWords: (callId, words) => told.tell(callId, words),
    close: engine.close,
  };
}

/** The model of the settings. */
export function realModel(environment: Environment): ModelEnd {
  const { openai: { url } } = readSettings(environment);
  return { url, close: () => Promise.resolve() };
}

/** The header of the key, which follows the host of the model: that of the tap tells nothing. */
export function keyHeaderOf(environment: Environment): string {
  const { openai: { url, apiKey = "", auth } } = readSettings(environment);
  return "api-key" in credentialsFor(url, apiKey, auth) ? "api-key" : "bearer";
}
