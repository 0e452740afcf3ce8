import type {
  RealtimeAudioFormats,
  RealtimeAudioInputTurnDetection,
  RealtimeSessionCreateRequest,
  SessionUpdateEvent,
} from "openai/resources/realtime/realtime";

/** What a session is set up with. */
export interface SessionSettings {
  readonly instructions: string;
  readonly voice?: string;
  readonly speed?: number;
  readonly format: "pcmu" | "pcma" | "pcm24k";
  readonly turnDetection:
    | {
      readonly kind: "server";
      readonly threshold?: number;
      readonly silenceMs?: number;
      readonly prefixMs?: number;
      readonly interrupts: boolean;
    }
    | {
      readonly kind: "semantic";
      readonly eagerness?: "low" | "medium" | "high" | "auto";
      readonly interrupts: boolean;
    }
    | { readonly kind: "manual" };
  readonly noiseReduction?: "near_field" | "far_field";
  readonly transcription?: { readonly model: string; readonly language?: string };
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  }[];
  readonly reasoningEffort?: "minimal" | "low" | "medium" | "high";
}

/**
 * Sets the session up. With `essential`, only with what no server refuses and no call can do without:
 * one field that a model does not know voids the whole event.
 */
export function sessionUpdate(
  settings: SessionSettings,
  { essential = false }: { readonly essential?: boolean } = {},
): SessionUpdateEvent {
  const format = wireFormat(settings.format);
  const { voice, speed, noiseReduction, transcription, reasoningEffort } = settings;
  const optional = !essential;
  const session: RealtimeSessionCreateRequest = {
    type: "realtime",
    instructions: settings.instructions,
    output_modalities: ["audio"],
    audio: {
      input: {
        format,
        turn_detection: wireTurnDetection(settings.turnDetection, optional),
        ...(optional && noiseReduction && { noise_reduction: { type: noiseReduction } }),
        ...(optional && transcription && { transcription: { ...transcription } }),
      },
      output: {
        format,
        ...(voice !== undefined && { voice }),
        ...(optional && speed !== undefined && { speed }),
      },
    },
    tools: settings.tools.map((tool) => ({ type: "function", ...tool })),
    tool_choice: "auto",
    ...(optional && reasoningEffort && { reasoning: { effort: reasoningEffort } }),
    // Drops more at once than `auto`, so that the cached prefix of a long call lasts longer.
    ...(optional && { truncation: { type: "retention_ratio", retention_ratio: 0.8 } }),
  };
  return { type: "session.update", session };
}

function wireFormat(format: SessionSettings["format"]): RealtimeAudioFormats {
  // Only PCM has a rate: servers refuse one beside G.711.
  return format === "pcm24k" ? { type: "audio/pcm", rate: 24000 } : { type: `audio/${format}` };
}

function wireTurnDetection(
  detection: SessionSettings["turnDetection"],
  tuned: boolean,
): RealtimeAudioInputTurnDetection | null {
  switch (detection.kind) {
    case "manual":
      return null;
    case "semantic":
      return {
        type: "semantic_vad",
        create_response: detection.interrupts,
        interrupt_response: detection.interrupts,
        ...(tuned && detection.eagerness && { eagerness: detection.eagerness }),
      };
    case "server": {
      const { threshold, silenceMs, prefixMs } = detection;
      return {
        type: "server_vad",
        create_response: detection.interrupts,
        interrupt_response: detection.interrupts,
        ...(tuned && threshold !== undefined && { threshold }),
        ...(tuned && silenceMs !== undefined && { silence_duration_ms: silenceMs }),
        ...(tuned && prefixMs !== undefined && { prefix_padding_ms: prefixMs }),
      };
    }
    default:
      return detection satisfies never;
  }
}
