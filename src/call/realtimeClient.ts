import type { Base64 } from "../utils/audio/audioFormat.ts";
import type { ModelSetup } from "./modelSetup.ts";
import type { Milliseconds } from "./types.ts";

/** A call's connection to a model. Requests made before it is ready are kept and sent in order. */
export interface RealtimeClient {
  sendAudio(audio: Base64): void;
  commitAudio(): void;
  clearInputBuffer(): void;
  send(request: ModelRequest): void;
  /**
   * Goes on with another agent of the same model, voice and transcription: its instructions and tools, and
   * its turn detection where that differs. A connection that cannot do that is lost.
   */
  changeSetup(setup: Omit<ModelSetup, "history">): void;
  /** The conversation so far, for a connection that was opened without one and has been given nothing else. */
  giveHistory(history: ModelSetup["history"]): void;
  /** Silent afterwards: no input comes from a closed client. */
  close(): void;
}

/**
 * Opens a connection; `setup` is complete, history included where it is known by then. `callId` is absent where
 * no call asks for it.
 */
export type OpenModel = (setup: ModelSetup, sink: ModelSink, callId?: string) => RealtimeClient;

export interface ModelSink {
  onInput(input: ModelInput): void;
  onSpeech(ref: SpeechRef, audio: Base64): void;
  /** Whether the connection is still wanted: one that is not, and was not closed, is found by this. */
  inUse(): boolean;
}

/** Which piece of the model's speech some audio belongs to. */
export interface SpeechRef {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
}

export type ModelRequest =
  | { readonly type: "respond"; readonly request: ResponseRequest }
  | { readonly type: "cancel"; readonly responseId?: string }
  | {
    readonly type: "truncate";
    readonly itemId: string;
    readonly contentIndex: number;
    /** Whole milliseconds of the model's own audio, from the item's beginning. */
    readonly audioEndMs: number;
  }
  | { readonly type: "delete"; readonly itemId: string }
  | { readonly type: "toolOutput"; readonly callId: string; readonly output: string }
  /** Lets the model run a tool that it has asked for; with an output, which says why, it is not to run. */
  | { readonly type: "toolLeave"; readonly callId: string; readonly output?: string }
  | { readonly type: "message"; readonly role: "user" | "system"; readonly text: string }
  /**
   * The agent has said this without the model, which is to remember it before all else, and in place of
   * what it was told of the same item; an empty text takes that back.
   */
  | { readonly type: "said"; readonly itemId: string; readonly text: string }
  /**
   * These words take the place of an item of sound. Answered by `replaced`, or refused; until then, and by
   * a server that cannot do this, the sound is kept.
   */
  | {
    readonly type: "replace";
    readonly itemId: string;
    readonly role: "user" | "agent";
    readonly text: string;
  };

export interface ResponseRequest {
  readonly purpose: ResponsePurpose;
  /** Replaces the session's instructions for this one response. */
  readonly instructions?: string;
  /** Beside the conversation: the model keeps nothing of it, and it may not call tools. */
  readonly aside?: boolean;
  /** `required`: it may only call tools, and say nothing. */
  readonly tools?: "none" | "required";
  /** A name for the sentence that it says word for word, of which the call follows how much is heard. */
  readonly exact?: string;
}

/** Why a response is asked for; the reply to a spoken turn has none, the model starts it itself. */
export const responsePurposes = [
  "opening",
  "greeting",
  "reply",
  "tool_result",
  "filler",
  "idle_prompt",
  "time_warning",
  "goodbye",
  "say",
  "handoff",
] as const;
export type ResponsePurpose = (typeof responsePurposes)[number];

/** What a model connection reports, in this order. */
export type ModelInput =
  | { readonly type: "modelReady"; readonly expiresInMs?: Milliseconds }
  | { readonly type: "modelLost"; readonly loss: ModelLoss }
  | { readonly type: "speechStarted"; readonly itemId?: string }
  | { readonly type: "speechStopped"; readonly itemId?: string }
  | { readonly type: "committed"; readonly itemId: string; readonly previousItemId?: string }
  | {
    readonly type: "itemAdded";
    readonly itemId: string;
    readonly role: "user" | "agent" | "system" | "tool";
    readonly previousItemId?: string;
    /** For a tool's output that the model has taken in. */
    readonly callId?: string;
  }
  | {
    readonly type: "responseStarted";
    readonly responseId: string;
    readonly purpose?: ResponsePurpose;
    readonly aside: boolean;
  }
  /** A sign of life: the model is at work on a response of which nothing can be heard yet. */
  | { readonly type: "responseProgress"; readonly responseId: string }
  | { readonly type: "speechText"; readonly ref: SpeechRef; readonly text: string }
  | { readonly type: "speechDone"; readonly ref: SpeechRef }
  | {
    readonly type: "toolAnnounced";
    readonly responseId: string;
    readonly call: ToolCall;
  }
  /** A response holds the call of a tool that the model runs by itself, whatever becomes of that. */
  | { readonly type: "remoteToolPlanned"; readonly responseId: string }
  /** The model runs a tool by itself: one that it need not ask for, or that it was let run. */
  | {
    readonly type: "remoteToolStarted";
    readonly responseId?: string;
    readonly call: ToolCall;
  }
  | {
    readonly type: "remoteToolEnded";
    readonly callId: string;
    readonly output: string;
    readonly ok: boolean;
  }
  | {
    readonly type: "responseDone";
    readonly responseId: string;
    readonly status: ResponseStatus;
    /** Why it did not complete, in the server's own word: for logs and records alone. */
    readonly reason?: string;
    /** Every further response would fail likewise, over whatever connection. */
    readonly fatal?: boolean;
    /** The server cancelled it by itself, as it heard the caller. */
    readonly callerSpoke?: boolean;
    readonly toolCalls: readonly ToolCall[];
    readonly usage?: TokenUsage;
    /** How long to wait before another try, where the model says so. */
    readonly retryAfterMs?: Milliseconds;
  }
  | {
    readonly type: "callerText";
    readonly itemId: string;
    readonly text: string;
    /** Final text replaces all that came before it; other text is added to it. */
    readonly final: boolean;
  }
  | { readonly type: "callerTextFailed"; readonly itemId: string }
  | { readonly type: "transcriptionUsed"; readonly usage: TranscriptionUsage }
  /** The model has the words of a `replace` request in the place of the item's sound. */
  | { readonly type: "replaced"; readonly itemId: string }
  | {
    readonly type: "requestRefused";
    readonly request: ModelRequest;
    readonly kind: RefusalKind;
    /** The server's own word: for logs and records alone. */
    readonly code: string;
    /** With `tooShort`: the item's length by the model's own count. */
    readonly availableMs?: Milliseconds;
    readonly retryAfterMs?: Milliseconds;
  }
  /** The model's own idle time-out: it starts a response by itself. */
  | { readonly type: "modelIdled" };

/**
 * Why a request is refused: another response is running (`busy`), there is nothing of that kind to do
 * it to (`unsupported`), an item has less audio than the truncate keeps (`tooShort`), the response to
 * cancel has ended (`over`), or the conversation has no such item (`gone`).
 */
export type RefusalKind = "busy" | "unsupported" | "tooShort" | "over" | "gone" | "other";

export type ResponseStatus = "completed" | "cancelled" | "incomplete" | "failed";

export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** JSON as the model wrote it: not yet parsed, perhaps not valid. */
  readonly arguments: string;
  /** The model runs it by itself: an announced one waits for `toolLeave`. */
  readonly by?: "model";
}

export interface TokenUsage {
  readonly inputText: number;
  readonly inputAudio: number;
  /** Part of `inputText`. */
  readonly cachedText: number;
  /** Part of `inputAudio`. */
  readonly cachedAudio: number;
  readonly outputText: number;
  readonly outputAudio: number;
}

export type TranscriptionUsage =
  | { readonly unit: "tokens"; readonly input: number; readonly output: number }
  | { readonly unit: "seconds"; readonly seconds: number };

/** Why the model's connection is gone, and whether another try can help. */
export interface ModelLoss {
  readonly code: string;
  readonly retry: "no" | "now" | "backoff";
  /** How long the server asks to wait before the next try. */
  readonly retryAfterMs?: Milliseconds;
}
