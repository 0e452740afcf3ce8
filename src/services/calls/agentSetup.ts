import type { ModelSetup, TurnDetection } from "../../call/modelSetup.ts";
import type { ToolPolicy } from "../../call/toolPolicy.ts";
import type { CallPolicy, CallRequest } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import { compactionOf, conversationLanguages, mainLanguage } from "../../config/agentSchema.ts";
import { fillTemplate, mentions, type TemplateValues } from "../../config/template.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import { present } from "../../utils/present.ts";
import { callOpening } from "./callOpening.ts";
import { callOptOut } from "./callOptOut.ts";
import { findsOutWhoAnswers } from "./pickupPolicy.ts";
import { uncheckedValues } from "./uncheckedValues.ts";
import { transferPlans } from "./transferPlans.ts";

/** The model setup and the policy of one call, without tools and history. */
interface AgentSetup {
  readonly setup: Omit<ModelSetup, "history" | "tools">;
  readonly policy: CallPolicy;
}

export interface CallDefaults {
  readonly model: string;
  readonly idleMs: number;
  readonly maxMs: number;
  readonly format: AudioFormat;
  readonly now: Date;
  /** A keyed hash of the caller's number; the number itself never goes to the model. */
  readonly pseudonym?: (caller: string) => string;
  /** By the tool's name. */
  readonly toolPolicies?: Readonly<Record<string, ToolPolicy>>;
}

/** Combines an agent's definition with what is known of a call. */
export function createAgentSetup(
  agent: Agent,
  request: CallRequest,
  defaults: CallDefaults,
): AgentSetup {
  const values = variables(agent, request, defaults.now);
  const { turn_detection: turns, interruption } = agent;
  const manual = turns.kind === "manual";
  const greetingProtected = agent.greeting !== undefined && !agent.greeting_interruptible;
  const opening = callOpening(agent, request, values);
  // A model that interrupts by itself cannot exempt its greeting, or what comes before it, nor keep silent.
  const findsOut = findsOutWhoAnswers(agent, request);
  const modelInterrupts = interruption === "model" && !manual && !greetingProtected &&
    opening === undefined && !findsOut;
  const maxMs = Math.min(
    defaults.maxMs,
    (agent.max_minutes ?? Infinity) * 60_000,
    request.maxMs ?? Infinity,
  );
  const compaction = compactionOf(agent);
  const safetyId = request.caller !== undefined && request.caller !== ""
    ? defaults.pseudonym?.(request.caller)
    : undefined;
  return {
    setup: {
      model: agent.model ?? defaults.model,
      instructions: instructions(agent, request, values),
      voice: agent.voice,
      ...present({ speed: agent.speed }),
      format: defaults.format,
      turnDetection: turnDetection(agent, modelInterrupts),
      ...(agent.noise_reduction !== "off" && { noiseReduction: agent.noise_reduction }),
      ...(agent.transcription !== "off" && {
        transcription: { model: agent.transcription, ...spokenLanguages(agent) },
      }),
      ...present({ reasoningEffort: agent.reasoning, safetyId }),
    },
    policy: {
      direction: request.direction,
      agent: agent.name,
      agentVersion: agent.version,
      languages: conversationLanguages(agent),
      transcribes: agent.transcription !== "off",
      ...present({ mustHear: mustHear(agent, values), opening }),
      ...present({ recording: recording(agent, values) }),
      ...present({ optOut: callOptOut(agent, request, { opening, values }) }),
      ...(agent.greeting !== undefined && { greeting: fillTemplate(agent.greeting, values) }),
      ...(findsOut && { findsOutWhoAnswers: true }),
      modelResponds: modelInterrupts,
      modelInterrupts,
      interruptAfterMs: interruption === "model" ? 0 : interruption.after_ms,
      pausesOnSpeech: interruption !== "model" && interruption.pause,
      // A phone has no button to end a turn with.
      commitsBySilence: manual && (turns.commits === "silence" || request.direction !== "web"),
      modelListens: !manual,
      greetingProtected,
      usesTools: agent.http_tools.length + Object.keys(agent.transfers).length > 0 ||
        Object.keys(agent.handoffs).length > 0 ||
        agent.mcp_servers.length > 0 || agent.calendar !== undefined ||
        agent.tools.some(({ name }) => !PASSIVE_TOOLS.has(name)),
      toolPolicies: filledPolicies(defaults.toolPolicies ?? {}, values),
      fillerAfterMs: agent.filler_after_ms,
      idleMs: agent.idle_seconds === undefined ? defaults.idleMs : agent.idle_seconds * 1000,
      maxMs,
      timeWarningMs: Math.min(60_000, maxMs / 4),
      ...(compaction && {
        compaction: {
          afterMs: compaction.after_minutes * 60_000,
          audioTurns: compaction.audio_turns,
        },
      }),
      digitTimeoutMs: agent.dtmf.timeout_ms,
      digitsSensitive: agent.dtmf.sensitive,
      transfers: transferPlans(agent, values),
      // A browser has no line that could be handed on.
      ...(request.direction !== "web" && present({ fallbackTransfer: agent.fallback?.transfer })),
    },
  };
}

/** What the templates of a call are filled with. */
export function variables(agent: Agent, request: CallRequest, now: Date): TemplateValues {
  return {
    ...request.variables,
    caller: request.caller,
    called: request.called,
    context: request.context,
    direction: request.direction,
    date: new Intl.DateTimeFormat(mainLanguage(agent), {
      timeZone: agent.timezone,
      dateStyle: "full",
      timeStyle: "short",
    }).format(now),
    timezone: agent.timezone,
  };
}

/** Tools whose work an agent does not announce: no caller waits for them. */
const PASSIVE_TOOLS: ReadonlySet<string> = new Set([
  ...["end_call", "get_current_time", "do_not_call", "pause_recording", "resume_recording"],
]);

/** The `context` of an API request reaches the model also where the instructions have no `{{context}}`. */
function instructions(agent: Agent, request: CallRequest, values: TemplateValues): string {
  const context = request.context !== undefined && !mentions(agent.instructions, "context")
    ? "\n\n# About this call\n{{context}}"
    : "";
  return fillTemplate(agent.instructions + context, values) + uncheckedValues(agent, request);
}

/** The languages that transcription expects: one, several where the model takes them, or any. */
function spokenLanguages(
  { language, languages, transcription }: Agent,
): Pick<NonNullable<ModelSetup["transcription"]>, "language" | "languages"> {
  const several = [...new Set((languages ?? []).map(baseLanguage))];
  if (several.length > 1) return TAKES_SEVERAL.test(transcription) ? { languages: several } : {};
  if (language === "auto") return {};
  return { language: several[0] ?? baseLanguage(language ?? "en") };
}

/** Undefined where the agent has none. */
function mustHear({ must_hear }: Agent, values: TemplateValues): CallPolicy["mustHear"] {
  const sentences = Object.entries(must_hear);
  if (sentences.length === 0) return undefined;
  return Object.fromEntries(
    sentences.map(([name, { text, at }]) => [name, { text: fillTemplate(text, values), at }]),
  );
}

/** Undefined where calls are not recorded. */
function recording(
  { recording, confirm_words: words }: Agent,
  values: TemplateValues,
): CallPolicy["recording"] {
  if (recording?.on !== true) return undefined;
  const { consent, announcement = "" } = recording;
  return {
    consent,
    announcement: fillTemplate(announcement, values),
    ...(words && { words: present(words) }),
  };
}

const TAKES_SEVERAL = /^gpt-(?:live-)?transcribe(?:-\d|$)/;

function baseLanguage(language: string): string {
  return new Intl.Locale(language).language;
}

function turnDetection(agent: Agent, interrupts: boolean): TurnDetection {
  const wanted = agent.turn_detection;
  switch (wanted.kind) {
    case "manual":
      return { kind: "manual" };
    case "semantic":
      return {
        kind: "semantic",
        ...present({ eagerness: wanted.eagerness }),
        interrupts,
      };
    case "server":
      return {
        kind: "server",
        ...present({
          threshold: wanted.threshold,
          silenceMs: wanted.silence_ms,
          prefixMs: wanted.prefix_ms,
        }),
        interrupts,
      };
  }
}

/** A question has the tool's arguments filled in, once they are known. */
function filledPolicies(
  policies: Readonly<Record<string, ToolPolicy>>,
  values: TemplateValues,
): Readonly<Record<string, ToolPolicy>> {
  return Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [
      name,
      policy.say === undefined ? policy : { ...policy, say: fillTemplate(policy.say, values) },
    ]),
  );
}
