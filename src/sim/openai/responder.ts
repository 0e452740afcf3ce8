import type { ScriptReply, ScriptTurn, ToolOutput, TurnCause } from "./scripts.ts";
import { type Conversation, type ConversationEntry, StoredItem } from "./conversation.ts";
import { type Production, type ResponseSetup, RunningResponse } from "./runningResponse.ts";
import type { SessionState } from "./sessionState.ts";
import { fitContext } from "./contextWindow.ts";
import { PromptCache } from "./promptCache.ts";
import { promptOf, usageOf } from "./usage.ts";
import {
  type ConversationItem,
  newId,
  type Refusal,
  type ResponseParams,
  type SessionConfig,
} from "./wire.ts";
import { present } from "../../utils/present.ts";

/** Callbacks of a session at the beginning and end of responses. */
export interface ResponderEvents {
  onStarted(): void;
  /** `audioMs` is what the response to the default conversation leaves to be played. */
  onEnded(audioMs: number): void;
  dropConnection(): void;
}

/** The responses of a session: one at a time to its conversation, others beside it. */
export class Responder {
  readonly #state: SessionState;
  readonly #production: Production;
  readonly #events: ResponderEvents;
  readonly #conversationId = newId("conv");
  readonly #beside = new Set<RunningResponse>();
  #active: RunningResponse | undefined;
  #count = 0;
  #spoken = false;
  readonly #cache = new PromptCache();

  constructor(state: SessionState, production: Production, events: ResponderEvents) {
    this.#state = state;
    this.#production = production;
    this.#events = events;
  }

  /** Whether a response to the default conversation is running. */
  get busy(): boolean {
    return this.#active !== undefined;
  }

  /** Whether the model has been asked to speak, after which its voice is fixed. */
  get spoken(): boolean {
    return this.#spoken;
  }

  /** Starts a response, as `response.create` does; `cause` where the server knows it better. */
  respond(params: ResponseParams = {}, cause?: TurnCause): Refusal | void {
    const outOfBand = params.conversation === "none";
    const refusal = this.#refuse(params, outOfBand);
    if (refusal) return refusal;
    const setup = this.#setup(params, outOfBand, (history) => {
      const turn = this.#turn(params, cause ?? causeOf(history, this.#state), outOfBand);
      return () => this.#production.script(turn);
    });
    this.#run(setup, outOfBand);
  }

  /** Starts a response with this content, unasked. */
  say(reply: ScriptReply): Refusal | void {
    const refusal = this.#refuse({}, false);
    if (refusal) return refusal;
    this.#run(this.#setup({}, false, () => () => reply), false);
  }

  /** Cancels one response, or that of the default conversation. */
  cancel(
    reason: "turn_detected" | "client_cancelled",
    responseId?: string,
  ): Refusal | void {
    const response = responseId === undefined
      ? this.#active
      : [this.#active, ...this.#beside].find((candidate) => candidate?.id === responseId);
    if (!response) {
      return {
        code: "response_cancel_not_active",
        message: "Cancellation failed: no active response found",
      };
    }
    response.cancel(reason);
  }

  close(): void {
    this.#active?.drop();
    for (const response of this.#beside) response.drop();
    this.#beside.clear();
    this.#active = undefined;
  }

  #refuse(params: ResponseParams, outOfBand: boolean): Refusal | void {
    if (!outOfBand && this.#active) {
      return {
        code: "conversation_already_has_active_response",
        message: `Conversation already has an active response in progress: ${this.#active.id}. ` +
          "Wait until the response is finished before creating a new one.",
      };
    }
    if (outOfBand && this.#beside.size >= maxBeside) {
      return { code: "rate_limit_exceeded", message: "Too many out-of-band responses." };
    }
    for (const part of params.input ?? []) {
      const id = isReference(part) ? part.id : undefined;
      if (id !== undefined && !this.#state.conversation.find(id)) {
        return {
          code: "item_reference_not_found",
          message: `Item with item_id not found: '${id}'.`,
          param: "response.input",
        };
      }
    }
  }

  #setup(
    params: ResponseParams,
    outOfBand: boolean,
    prepare: (history: readonly StoredItem[]) => () => ScriptReply | Promise<ScriptReply>,
  ): ResponseSetup {
    const { conversation, faults } = this.#state;
    const config = requested(this.#state.config, params);
    const reply = prepare(outOfBand ? [] : conversation.unanswered());
    if (!outOfBand) fitContext(conversation, config);
    const read = this.#cache.read(promptOf(config, this.#entriesFor(params)));
    if (!outOfBand) conversation.markAnswered();
    return {
      responseId: newId("resp"),
      conversation: outOfBand ? undefined : conversation,
      conversationId: outOfBand ? null : this.#conversationId,
      config,
      metadata: params.metadata ?? null,
      production: this.#production,
      faults,
      mcp: this.#state.mcp,
      emit: (event) => this.#state.emit(event),
      reply,
      usage: (output) => usageOf(read, output),
      dropConnection: () => this.#events.dropConnection(),
      onEnded: (response) => this.#ended(response),
    };
  }

  /** What a response reads: the conversation, unless it is given an input of its own. */
  #entriesFor({ input }: ResponseParams): readonly ConversationEntry[] {
    const { conversation } = this.#state;
    return input?.flatMap((part) =>
      isReference(part)
        ? conversation.find(part.id) ?? []
        : new StoredItem(JSON.stringify(part), part)
    ) ?? conversation.entries;
  }

  #run(setup: ResponseSetup, outOfBand: boolean): void {
    const response = new RunningResponse(setup);
    if (setup.config.output_modalities[0] === "audio") this.#spoken = true;
    this.#count++;
    if (outOfBand) this.#beside.add(response);
    else {
      this.#active = response;
      this.#events.onStarted();
    }
    response.start();
  }

  #ended(response: RunningResponse): void {
    if (this.#beside.delete(response) || this.#active !== response) return;
    this.#active = undefined;
    this.#events.onEnded(response.audioMs);
  }

  #turn(params: ResponseParams, cause: TurnCause, outOfBand: boolean): ScriptTurn {
    const { config, conversation, mcp } = this.#state;
    const tools = requested(config, params).tools;
    return {
      cause,
      index: this.#count,
      instructions: config.instructions,
      ...present({ request: params.instructions }),
      tools: [
        ...tools.flatMap((tool) =>
          tool.type === "function" ? [{ name: tool.name, parameters: tool.parameters }] : []
        ),
        ...mcp.tools,
      ],
      outOfBand,
      history: conversation.entries.map(snapshot),
    };
  }
}

const maxBeside = 16;

/** The last unanswered item is the cause of a response. */
function causeOf(unanswered: readonly StoredItem[], state: SessionState): TurnCause {
  const last = unanswered.at(-1);
  const outputs = unanswered.flatMap(({ item }) => outputOf(item, state.conversation) ?? []);
  if (last !== undefined && outputOf(last.item, state.conversation) !== undefined) {
    return { type: "toolOutputs", outputs };
  }
  if (last?.item.type === "message" && last.item.role === "user") {
    return last.audioMs > 0
      ? {
        type: "speech",
        spokenMs: last.spokenMs,
        ...(last.spokenWords !== "" && { words: last.spokenWords }),
      }
      : { type: "text", text: last.text };
  }
  return { type: "asked" };
}

/** What an item tells the model of a tool that it has called. */
function outputOf(item: ConversationItem, conversation: Conversation): ToolOutput | undefined {
  switch (item.type) {
    case "function_call_output": {
      const { call_id: callId, output } = item;
      return { name: conversation.toolOf(callId) ?? "", callId, output };
    }
    case "mcp_call":
      return item.output == null && item.error == null ? undefined : {
        name: item.name,
        callId: item.id,
        output: item.output ?? item.error?.message ?? "",
      };
    case "mcp_approval_response": {
      const asked = conversation.find(item.approval_request_id)?.item;
      if (item.approve || asked?.type !== "mcp_approval_request") return undefined;
      return { name: asked.name, callId: asked.id, output: item.reason ?? "" };
    }
    default:
      return undefined;
  }
}

/** The session's configuration with what a request changes for its own response. */
function requested(config: SessionConfig, params: ResponseParams): SessionConfig {
  const { instructions, output_modalities, audio, tools, max_output_tokens } =
    params as unknown as Partial<Pick<SessionConfig, RequestSetting>>;
  return {
    ...config,
    ...present({ instructions, output_modalities, tools, max_output_tokens }),
    audio: { ...config.audio, output: { ...config.audio.output, ...audio?.output } },
  };
}

type RequestSetting =
  | "instructions"
  | "output_modalities"
  | "audio"
  | "tools"
  | "max_output_tokens";

function isReference(part: object): part is { readonly id: string } {
  return "type" in part && part.type === "item_reference" && "id" in part;
}

function snapshot({ id, item, audioMs, text, audioEndMs }: ConversationEntry): ConversationEntry {
  return { id, item, audioMs, text, audioEndMs };
}
