import type { ConversationEntry } from "./conversation.ts";
import type { Fault } from "./faults.ts";

/** The input of a script when the engine has to respond. */
export interface ScriptTurn {
  readonly cause: TurnCause;
  /** Counts the answers of this session from 0. */
  readonly index: number;
  /** The session's instructions. */
  readonly instructions: string;
  /** The instructions for this response alone, where `response.create` gave some. */
  readonly request?: string;
  readonly tools: readonly ScriptTool[];
  readonly outOfBand: boolean;
  readonly history: readonly ConversationEntry[];
}

/** Why an answer is owed. */
export type TurnCause =
  /** `words` where the session was told what is said. */
  | { readonly type: "speech"; readonly spokenMs: number; readonly words?: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "toolOutputs"; readonly outputs: readonly ToolOutput[] }
  | { readonly type: "idle" }
  /** `response.create` with nothing new to answer, as for a greeting. */
  | { readonly type: "asked" };

export interface ToolOutput {
  readonly name: string;
  readonly callId: string;
  readonly output: string;
}

export interface ScriptTool {
  readonly name: string;
  /** JSON Schema. */
  readonly parameters: unknown;
}

/** What the engine answers; nothing at all is an empty response. */
export interface ScriptReply {
  readonly say?: string;
  /** Speaks a plain tone of this length in place of the text's own audio. */
  readonly audioMs?: number;
  readonly tools?: readonly ScriptCall[];
  /** How long the engine thinks first. */
  readonly delayMs?: number;
  /** Goes wrong from this response on. */
  readonly fault?: Fault;
  /** Ends the response early, with what it had so far. */
  readonly incomplete?: "max_output_tokens" | "content_filter";
}

export interface ScriptCall {
  readonly name: string;
  /** JSON, sent as it is, valid or not. */
  readonly arguments: string;
  readonly callId?: string;
}

/** Decides what the engine answers. */
export type Script = (turn: ScriptTurn) => ScriptReply | Promise<ScriptReply>;
