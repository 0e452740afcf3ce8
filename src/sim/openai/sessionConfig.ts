import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { unknownParameter } from "./jsonShapes.ts";
import {
  type ClientEvent,
  type Refusal,
  type SessionConfig,
  type TurnDetection,
  type WireFormat,
} from "./wire.ts";
import { isRecord } from "../../utils/isRecord.ts";

/** The part of a `session.update` that changes the session. */
export type SessionUpdate = Extract<ClientEvent, { type: "session.update" }>["session"];

/** What a session is before its first `session.update`. */
export function defaultConfig(model: string): SessionConfig {
  return {
    type: "realtime",
    model,
    instructions: "",
    output_modalities: ["audio"],
    audio: {
      input: {
        format: { type: "audio/pcm", rate: 24_000 },
        noise_reduction: null,
        transcription: null,
        turn_detection: serverVad,
      },
      output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "alloy", speed: 1 },
    },
    tools: [],
    tool_choice: "auto",
    max_output_tokens: "inf",
    truncation: "auto",
    tracing: null,
    include: null,
  };
}

/** Applies a well-formed update whole, or says why none of it is applied. */
export function updateConfig(
  current: SessionConfig,
  update: SessionUpdate,
  { spoken }: { readonly spoken: boolean },
): { readonly config: SessionConfig } | { readonly refusal: Refusal } {
  const config = merge(current, update) as unknown as SessionConfig;
  if (config.model !== current.model) {
    return refuse("invalid_value", "Cannot change the model of a session.", "session.model");
  }
  if (config.reasoning !== undefined && withoutReasoning.test(config.model)) {
    return { refusal: unknownParameter("session.reasoning") };
  }
  if (spoken && !sameJson(config.audio.output.voice, current.audio.output.voice)) {
    return refuse(
      "cannot_update_voice",
      "Cannot update a conversation's voice if assistant audio is present.",
      "session.audio.output.voice",
    );
  }
  return { config: withVadDefaults(config) };
}

/** The name of a wire format in `utils/audio/audioFormat.ts`. */
export function audioFormatOf(format: WireFormat): AudioFormat {
  switch (format.type) {
    case "audio/pcm":
      return "pcm24k";
    case "audio/pcmu":
      return "pcmu";
    case "audio/pcma":
      return "pcma";
  }
}

const serverVad: TurnDetection = {
  type: "server_vad",
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  idle_timeout_ms: null,
  create_response: true,
  interrupt_response: true,
};

const semanticVad: TurnDetection = {
  type: "semantic_vad",
  eagerness: "auto",
  create_response: true,
  interrupt_response: true,
};

// The models before gpt-realtime-2 do not know the parameter.
const withoutReasoning = /^(gpt-4o-.*|gpt-realtime(-mini|-1\.5)?(-\d{4}-\d\d-\d\d)?)$/;

// Replaced whole, since their fields depend on their `type`.
const replacedWhole = new Set(["turn_detection", "transcription", "noise_reduction"]);

function merge(current: unknown, update: unknown): unknown {
  if (!isRecord(current) || !isRecord(update)) return update;
  const merged: Record<string, unknown> = { ...current };
  for (const [name, value] of Object.entries(update)) {
    if (value === undefined) continue;
    if (name === "format") merged[name] = withRate(value);
    else merged[name] = replacedWhole.has(name) ? value : merge(current[name], value);
  }
  return merged;
}

function withVadDefaults(config: SessionConfig): SessionConfig {
  const given = config.audio.input.turn_detection;
  if (given === null) return config;
  const defaults = given.type === "server_vad" ? serverVad : semanticVad;
  const input = { ...config.audio.input, turn_detection: { ...defaults, ...given } };
  return { ...config, audio: { ...config.audio, input } };
}

function withRate(format: unknown): unknown {
  return isRecord(format) && format.type === "audio/pcm" ? { ...format, rate: 24_000 } : format;
}

function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function refuse(code: string, message: string, param: string): { readonly refusal: Refusal } {
  return { refusal: { code, message, param } };
}
