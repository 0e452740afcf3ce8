import type { ModelList } from "../../openai.ts";
import type { Finding } from "../setupCheck.ts";
import type { ModelUse } from "./modelUses.ts";

const DAY_MS = 86_400_000;
/** As long as it takes to try another model; generally available ones are given six months' notice. */
const WARN_DAYS = 90;

/** Whether the server has the models that are named, and for how long; nothing where it has no list. */
export function modelListFindings(
  list: Pick<ModelList, "shutdowns"> | undefined,
  uses: readonly ModelUse[],
  { host, nowMs }: { readonly host: string; readonly nowMs: number },
): readonly Finding[] {
  if (list === undefined || list.shutdowns.size === 0) return [];
  return uses.flatMap((use): readonly Finding[] => {
    const values = { model: use.model, places: use.places.slice(0, 10).join(", "), host };
    if (!list.shutdowns.has(use.model)) {
      // The model of the settings is asked for by itself.
      return use.places.every((place) => place === "OPENAI_MODEL") ? [] : [absent(use, values)];
    }
    const date = list.shutdowns.get(use.model);
    return date === undefined ? [] : shutdownOf(date, values, nowMs);
  });
}

type Values = Readonly<Record<"model" | "places" | "host", string>>;

function absent({ kind }: ModelUse, values: Values): Finding {
  switch (kind) {
    case "voice":
      return {
        code: "agent_model_unknown",
        state: "broken",
        text: "{host} does not have the model {model}, or the key may not use it: {places}.",
        remedy: "Correct model in the file of the agent, or give the key's project access to it.",
        values,
      };
    case "transcription":
      return {
        code: "transcription_model_unknown",
        state: "warning",
        text: "{host} does not have {model}, which is to transcribe callers: {places}.",
        remedy: "Correct transcription in the file of the agent, or give the project access to it.",
        values,
      };
    case "analysis":
      return {
        code: "analysis_model_unknown",
        state: "broken",
        text: "{host} does not have {model}, which is to read calls after their end: {places}.",
        remedy: "Correct ANALYSIS_MODEL, or give the key's project access to it.",
        values,
      };
    case "embeddings":
      return {
        code: "embeddings_model_unknown",
        state: "warning",
        text: "{host} does not have {model}, which is to search documents by meaning: {places}.",
        remedy: "Correct KNOWLEDGE_EMBEDDINGS_MODEL, or give the key's project access to it.",
        values,
      };
  }
}

function shutdownOf(date: string, of: Values, nowMs: number): readonly Finding[] {
  const days = Math.ceil((Date.parse(date) - nowMs) / DAY_MS);
  const values = { ...of, date, days };
  if (days <= 0) {
    return [{
      code: "model_shut_down",
      state: "broken",
      text: "{host} switched {model} off on {date}: {places}.",
      remedy: "Name another model there.",
      values,
    }];
  }
  if (days > WARN_DAYS) return [];
  return [{
    code: "model_shuts_down",
    state: "warning",
    text: "{host} switches {model} off on {date}, in {days} days: {places}.",
    remedy: "Try another model (deno task rehearse), and name it there before that day.",
    values,
  }];
}
