import type { CallEffect } from "../callInput.ts";
import { type Handoff, type HandoffAsked, withFacts } from "../handoff.ts";
import type { ModelSetup } from "../modelSetup.ts";
import type { AgentDescription, ToolOutcome } from "../sessionSetup.ts";
import type { CallRequest } from "../types.ts";
import { present } from "../../utils/present.ts";
import { HAS_CALL, UNAVAILABLE } from "./handoffPrompts.ts";

/** The request of a call as its agent has it, and what a session needs of that agent. */
interface CallAgent {
  readonly request: CallRequest;
  readonly description: AgentDescription;
}

/** What came of a tool call, with the definition of the agent that it hands the call to. */
export interface ResolvedOutcome extends Omit<ToolOutcome, "effect"> {
  readonly effect?: CallEffect;
}

/** The agent that has a call, and those that tools have asked for. */
export class CallAgents {
  readonly #describe: ((request: CallRequest) => AgentDescription) | undefined;
  #present: CallAgent;
  /** By name; no more than there are agents. */
  readonly #asked = new Map<string, CallAgent>();

  /** Without `describe` the call stays with the first. */
  constructor(
    first: CallAgent,
    describe: ((request: CallRequest) => AgentDescription) | undefined,
  ) {
    this.#present = first;
    this.#describe = describe;
  }

  get request(): CallRequest {
    return this.#present.request;
  }

  get description(): AgentDescription {
    return this.#present.description;
  }

  /** The set-up of an agent that was asked for, or of the one that has the call. */
  setupOf(agent?: string): AgentDescription["setup"] {
    const asked = agent === undefined ? undefined : this.#asked.get(agent);
    return (asked ?? this.#present).description.setup;
  }

  /** The agent has the call from now on. */
  use(agent: string): void {
    this.#present = this.#asked.get(agent) ?? this.#present;
    this.#asked.clear();
  }

  /** Finds the agent that a tool hands the call to: one that cannot be had is an error of the tool's. */
  resolve({ effect, ...outcome }: ToolOutcome): ResolvedOutcome {
    if (effect?.type !== "handoff") return { ...outcome, ...present({ effect }) };
    if (effect.agent === this.request.agent) return { output: HAS_CALL, ok: false };
    const found = this.#find(effect);
    if (found === undefined) return { output: UNAVAILABLE, ok: false };
    this.#asked.set(effect.agent, found);
    return { ...outcome, effect: this.#handoffTo(found, effect) };
  }

  #find({ agent, facts }: HandoffAsked): CallAgent | undefined {
    const request = { ...withFacts(this.request, facts), agent };
    try {
      const description = this.#describe?.(request);
      return description && { request, description };
    } catch {
      // Its file has gone, or is invalid now.
      return undefined;
    }
  }

  #handoffTo({ description }: CallAgent, asked: HandoffAsked): Handoff {
    const { policy, title = asked.agent, version, setup } = description;
    const { title: fromTitle = this.request.agent, setup: before } = this.description;
    // A connection remembers all that was said over it.
    const isSame = asked.lastLines === undefined && isSameConnection(before, setup);
    return {
      ...asked,
      title,
      fromTitle,
      policy,
      ...present({ version }),
      connection: isSame ? "same" : "other",
    };
  }
}

/** Whether a session of the model can change from one set-up to the other. */
function isSameConnection(a: AgentDescription["setup"], b: AgentDescription["setup"]): boolean {
  return JSON.stringify(lastingParts(a)) === JSON.stringify(lastingParts(b));
}

/** What a session has for as long as it lasts. A model that has spoken keeps its voice. */
function lastingParts(setup: Omit<ModelSetup, "history">) {
  const { model, voice, speed, format, noiseReduction, transcription, reasoningEffort } = setup;
  return [
    [model, voice, speed, format, noiseReduction, transcription, reasoningEffort],
    setup.turnDetection.kind === "manual",
  ];
}
