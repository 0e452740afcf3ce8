import type { SessionUpdateEvent } from "openai/resources/realtime/realtime";
import type { ModelSetup } from "../../call/modelSetup.ts";
import type { ServerError } from "./wire/serverEventTypes.ts";
import { sessionUpdate, type SetupPart, toolServerKey } from "./wire/sessionUpdate.ts";
import type { RefusedParts } from "./refusedParts.ts";

/**
 * A session's set-up, less what its server refuses: what the refusal names; else all that is optional;
 * in the end everything that a conversation can do without, tools included.
 */
export class ReducedSetup {
  readonly #setup: ModelSetup;
  readonly #target: string;
  readonly #refused: RefusedParts;
  readonly #parts = new Set<SetupPart>();
  readonly #tools = new Set<string>();
  #refusals = 0;
  /** Every refusal so far said that something was wrong with what was sent. */
  #conclusive = true;

  constructor(setup: ModelSetup, target: string, refused: RefusedParts) {
    this.#setup = setup;
    this.#target = target;
    this.#refused = refused;
    for (const part of ALL_PARTS) {
      if (refused.has(target, setup, { part })) this.#parts.add(part);
    }
    for (const { key, claim } of claimsOf(setup)) {
      if (refused.has(target, setup, { tool: claim })) this.#tools.add(key);
    }
  }

  /** A refusal that was the server's own fault says nothing of the next try. */
  get conclusive(): boolean {
    return this.#conclusive;
  }

  get update(): SessionUpdateEvent {
    return sessionUpdate(this.#setup, { parts: this.#parts, tools: this.#tools });
  }

  /** Leaves out what was refused; false where nothing is left that could be. */
  refuse(error: ServerError, { hurried }: { readonly hurried: boolean }): boolean {
    this.#conclusive &&= !TRANSIENT.test(`${error.code} ${error.type}`);
    const bare = hurried || ++this.#refusals >= MAX_REFUSALS;
    return !bare && (this.#omit(this.#named(error)) || this.#omit({ parts: OPTIONAL_PARTS })) ||
      this.#omit({ parts: ALL_PARTS, tools: this.#toolKeys });
  }

  /**
   * The server has taken it: what was left out is not tried on it for some time. True where nothing is
   * left out, of this set-up or of any other that the server was sent of late.
   */
  accepted(): boolean {
    const isFull = JSON.stringify(this.update) === JSON.stringify(sessionUpdate(this.#setup));
    if (isFull) return !this.#refused.hasAny(this.#target);
    if (!this.#conclusive || this.#refusals === 0) return false;
    this.#refused.record(this.#target, this.#setup, [
      ...[...this.#parts].map((part) => ({ part })),
      ...claimsOf(this.#setup).filter(({ key }) => this.#tools.has(key))
        .map(({ claim }) => ({ tool: claim })),
    ]);
    return false;
  }

  /** Whether that changes anything in what is sent. */
  #omit({ parts = [], tools = [] }: Omission): boolean {
    const before = JSON.stringify(this.update);
    for (const part of parts) this.#parts.add(part);
    for (const tool of tools) this.#tools.add(tool);
    return JSON.stringify(this.update) !== before;
  }

  #named({ param, message }: ServerError): Omission {
    if (param !== undefined && param !== "") return this.#omissionOf(param, message);
    for (const [quote] of message.slice(0, MAX_SEARCHED).matchAll(QUOTED_PATH)) {
      const omission = this.#omissionOf(quote.slice(1, -1), message);
      if (omission.parts?.length || omission.tools?.length) return omission;
    }
    return { tools: this.#toolsNamedIn(message) };
  }

  /** What a path such as `session.audio.input.turn_detection.type` stands for, in GA or beta spelling. */
  #omissionOf(path: string, message: string): Omission {
    const names = path.slice(0, MAX_SEARCHED).toLowerCase().split(/[.[\]]+/);
    if (names.includes("tools")) {
      const index = Number(names[names.indexOf("tools") + 1] || NaN);
      const sent = this.#toolKeys.filter((key) => !this.#tools.has(key));
      const tool = sent[index];
      const tools = tool === undefined ? this.#toolsNamedIn(message) : [tool];
      return { tools: tools.length > 0 ? tools : sent };
    }
    if (names.includes("turn_detection")) return { parts: turnDetectionParts(names.at(-1) ?? "") };
    const part = names.flatMap((name) => PART_NAMES.get(name) ?? [])[0];
    return { parts: part === undefined ? [] : [part] };
  }

  #toolsNamedIn(message: string): readonly string[] {
    const words = new Set(message.slice(0, MAX_SEARCHED).split(/[^\w-]+/));
    return this.#toolKeys.filter((key) => words.has(key.replace(/^mcp:/, "")));
  }

  /** In the order in which they are sent. */
  get #toolKeys(): readonly string[] {
    return claimsOf(this.#setup).map(({ key }) => key);
  }
}

/** The tools of a set-up by their keys, each with what of it a server refuses. */
function claimsOf({ tools, toolServers = [] }: ModelSetup) {
  return [
    ...tools.map((tool) => ({ key: tool.name, claim: tool })),
    ...toolServers.map((server) => ({ key: toolServerKey(server), claim: server })),
  ];
}

interface Omission {
  readonly parts?: readonly SetupPart[];
  readonly tools?: readonly string[];
}

/** Refusals one by one may go on as long as the caller does not notice. */
const MAX_REFUSALS = 6;
const MAX_SEARCHED = 500;
const QUOTED_PATH = /['"`][\w.[\]]{1,120}['"`]/g;
/** Faults of the server's own say nothing of the set-up. */
const TRANSIENT = /server_error|internal|overloaded|rate_limit|timeout|unavailable/;

const OPTIONAL_PARTS: readonly SetupPart[] = [
  "noise_reduction",
  "transcription",
  "speed",
  "reasoning",
  "truncation",
  "vad_tuning",
  "semantic_vad",
];

const ALL_PARTS: readonly SetupPart[] = [
  ...OPTIONAL_PARTS,
  "voice",
  "tool_choice",
  "output_modalities",
  "vad_responses",
];

const PART_NAMES: ReadonlyMap<string, SetupPart> = new Map([
  ["noise_reduction", "noise_reduction"],
  ["input_audio_noise_reduction", "noise_reduction"],
  ["transcription", "transcription"],
  ["input_audio_transcription", "transcription"],
  ["speed", "speed"],
  ["voice", "voice"],
  ["reasoning", "reasoning"],
  ["truncation", "truncation"],
  ["retention_ratio", "truncation"],
  ["tool_choice", "tool_choice"],
  ["output_modalities", "output_modalities"],
  ["modalities", "output_modalities"],
  ["semantic_vad", "semantic_vad"],
]);

function turnDetectionParts(field: string): readonly SetupPart[] {
  if (field === "create_response" || field === "interrupt_response") return ["vad_responses"];
  return field === "type" || field === "turn_detection"
    ? ["semantic_vad", "vad_tuning"]
    : ["vad_tuning"];
}
