import type {
  RealtimeAudioFormats,
  RealtimeAudioInputTurnDetection,
  RealtimeSessionCreateRequest,
  SessionUpdateEvent,
} from "openai/resources/realtime/realtime";
import type { AudioFormat } from "../../../utils/audio/audioFormat.ts";
import type { ModelSetup, ToolServer, TurnDetection } from "../../../call/modelSetup.ts";
import { mcpTool } from "./mcpTool.ts";
import { present } from "../../../utils/present.ts";

/** What a session is set up with. */
export type SessionSettings = Omit<ModelSetup, "model" | "safetyId" | "history">;

/** What a set-up can do without, by the names that servers refuse it under. */
export type SetupPart =
  | "noise_reduction"
  | "transcription"
  | "speed"
  | "reasoning"
  | "truncation"
  /** What tunes turn detection beyond its type. */
  | "vad_tuning"
  | "voice"
  | "tool_choice"
  | "output_modalities"
  /** Without it, and with turn detection that is semantic, `server_vad` takes its place. */
  | "semantic_vad"
  /** Whether the server answers and interrupts by itself, which it does unless disabled. */
  | "vad_responses";

interface SetupOmissions {
  readonly parts: ReadonlySet<SetupPart>;
  /** Names of tools, and `toolServerKey` of servers of tools. */
  readonly tools: ReadonlySet<string>;
}

const NOTHING: SetupOmissions = { parts: new Set(), tools: new Set() };

/** Sets the session up; one field that a server does not know voids the whole event. */
export function sessionUpdate(
  settings: SessionSettings,
  omitted: SetupOmissions = NOTHING,
): SessionUpdateEvent {
  const format = wireFormat(settings.format);
  const { voice, speed, noiseReduction, transcription, reasoningEffort } = settings;
  const sends = (part: SetupPart) => !omitted.parts.has(part);
  const session: RealtimeSessionCreateRequest = {
    type: "realtime",
    instructions: settings.instructions,
    ...(sends("output_modalities") && { output_modalities: ["audio"] }),
    audio: {
      input: {
        format,
        turn_detection: wireTurnDetection(settings.turnDetection, sends),
        ...(noiseReduction && sends("noise_reduction") &&
          { noise_reduction: { type: noiseReduction } }),
        ...(transcription && sends("transcription") &&
          { transcription: wireTranscription(transcription) }),
      },
      output: {
        format,
        ...(voice !== undefined && sends("voice") && { voice }),
        ...(speed !== undefined && sends("speed") && { speed }),
      },
    },
    tools: [
      ...settings.tools.filter(({ name }) => !omitted.tools.has(name))
        .map((tool) => ({ type: "function" as const, ...tool })),
      ...(settings.toolServers ?? []).filter((server) => !omitted.tools.has(toolServerKey(server)))
        .map(mcpTool),
    ],
    ...(sends("tool_choice") && { tool_choice: "auto" }),
    ...(reasoningEffort && sends("reasoning") && { reasoning: { effort: reasoningEffort } }),
    // Drops more at once than `auto`, so that the cached prefix of a long call lasts longer.
    ...(sends("truncation") && {
      truncation: { type: "retention_ratio", retention_ratio: 0.8 },
    }),
  };
  return { type: "session.update", session };
}

/** What a server of tools is called among the tools of a set-up. */
export function toolServerKey({ label }: Pick<ToolServer, "label">): string {
  return `mcp:${label}`;
}

/** What another agent of the same voice changes of a session; one that has spoken is sent no voice. */
export function changeOf(
  { session }: SessionUpdateEvent,
  before: TurnDetection,
  after: TurnDetection,
): SessionUpdateEvent {
  if (session.type !== "realtime") {
    throw new TypeError("Cannot change the session: it is no conversation");
  }
  const { instructions, tools, audio } = session;
  const detection = audio?.input?.turn_detection;
  const isSame = detection === undefined || JSON.stringify(before) === JSON.stringify(after);
  return {
    type: "session.update",
    session: {
      type: "realtime",
      ...present({ instructions, tools }),
      ...(!isSame && { audio: { input: { turn_detection: detection } } }),
    },
  };
}

function wireTranscription(
  { languages, ...transcription }: NonNullable<SessionSettings["transcription"]>,
) {
  return { ...transcription, ...(languages !== undefined && { languages: [...languages] }) };
}

function wireFormat(format: AudioFormat): RealtimeAudioFormats {
  // Only PCM has a rate: servers refuse one beside G.711.
  return format === "pcm24k" ? { type: "audio/pcm", rate: 24000 } : { type: `audio/${format}` };
}

function wireTurnDetection(
  detection: TurnDetection,
  sends: (part: SetupPart) => boolean,
): RealtimeAudioInputTurnDetection | null {
  if (detection.kind === "manual") return null;
  const { interrupts } = detection;
  const responses = sends("vad_responses")
    ? { create_response: interrupts, interrupt_response: interrupts }
    : {};
  const tuned = sends("vad_tuning");
  if (detection.kind === "semantic") {
    if (!sends("semantic_vad")) return { type: "server_vad", ...responses };
    const { eagerness } = detection;
    return { type: "semantic_vad", ...responses, ...(tuned && eagerness && { eagerness }) };
  }
  const { threshold, silenceMs, prefixMs } = detection;
  return {
    type: "server_vad",
    ...responses,
    ...(tuned &&
      present({ threshold, silence_duration_ms: silenceMs, prefix_padding_ms: prefixMs })),
  };
}
