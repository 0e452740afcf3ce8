import type { AudioFormat, Base64 } from "../utils/audioFormat.ts";

/** Monotonic time within a process, or a span of it, in milliseconds. */
export type Milliseconds = number;

export type CallDirection = "inbound" | "outbound" | "web";

/** Why a call ended: few reasons to count by, with the particulars in `CallEnd.detail`. */
export type EndReason =
  | "caller_hung_up"
  | "agent_hung_up"
  | "operator_hung_up"
  | "transferred"
  | "idle"
  | "time_limit"
  | "spend_limit"
  | "not_answered"
  | "voicemail"
  | "model_failed"
  | "leg_failed"
  | "server_stopped"
  | "internal_error";

export interface CallEnd {
  readonly reason: EndReason;
  /** One lower-case word or code, such as `busy` or `invalid_api_key`; never personal data. */
  readonly detail?: string;
}

/** Which piece of the model's speech some audio belongs to. */
export interface SpeechRef {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
}

/** A stretch of the agent's speech, ready for a leg; pieces are played in the order they are given. */
export interface SpeechPiece {
  readonly itemId: string;
  readonly audio: Base64;
  readonly durationMs: number;
  /** Asks the leg to say when everything up to here has been played. */
  readonly mark?: string;
}

/** The human's end of a call. None of its methods throws or waits, whatever became of its socket. */
export interface CallLeg {
  readonly format: AudioFormat;
  /** How the leg tells what was played: by echoing marks, or by reporting positions in items. */
  readonly reports: "marks" | "positions";
  play(piece: SpeechPiece): void;
  /** A mark with no audio before it; on an empty buffer its echo measures the round trip. */
  mark(name: string): void;
  /** Forgets everything that is buffered and not yet played. */
  clear(): void;
  /** Shows an event to a browser; does nothing on a phone. */
  notify(event: CallEvent): void;
  close(end: CallEnd): void;
}

/** The model's end of a call. Requests made before it is ready are kept and sent in order. */
export interface RealtimeClient {
  sendAudio(audio: Base64): void;
  commitAudio(): void;
  clearInputBuffer(): void;
  send(request: ModelRequest): void;
  /** Silent afterwards: no input comes from a closed client. */
  close(): void;
}

export interface ModelSink {
  input(input: ModelInput): void;
  speech(ref: SpeechRef, audio: Base64): void;
}

/** Opens the model's end; `setup` is complete, history included, so that every opening is alike. */
export type OpenModel = (setup: ModelSetup, sink: ModelSink) => RealtimeClient;

/**
 * Who ends the caller's turn. Where the model `interrupts`, it cancels its response when the caller
 * speaks and starts the next one by itself; otherwise Parley decides both, so that a cough need not
 * count.
 */
export type TurnDetection =
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
  /** Parley's own silence detection, or the browser's push-to-talk, commits each turn. */
  | { readonly kind: "manual" };

export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  /** A JSON Schema object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a fresh model session is told of the conversation so far, oldest first. */
export type HistoryItem =
  | { readonly type: "message"; readonly role: "user" | "agent" | "system"; readonly text: string }
  | {
    readonly type: "toolCall";
    readonly callId: string;
    readonly name: string;
    readonly arguments: string;
    readonly output: string;
  };

export interface ModelSetup {
  readonly model: string;
  readonly instructions: string;
  readonly voice?: string;
  readonly speed?: number;
  /** Both ways. */
  readonly format: AudioFormat;
  readonly turnDetection: TurnDetection;
  readonly noiseReduction?: "near_field" | "far_field";
  readonly transcription?: { readonly model: string; readonly language?: string };
  readonly tools: readonly ToolDeclaration[];
  readonly reasoningEffort?: "minimal" | "low" | "medium" | "high";
  /** A pseudonym of the caller, for the provider's abuse controls; never a phone number. */
  readonly safetyId?: string;
  readonly history: readonly HistoryItem[];
}

/** Why a response is asked for; the reply to a spoken turn has none, the model starts it itself. */
export type ResponsePurpose =
  | "greeting"
  | "reply"
  | "tool_result"
  | "filler"
  | "idle_prompt"
  | "time_warning"
  | "goodbye"
  | "say";

export interface ResponseRequest {
  readonly purpose: ResponsePurpose;
  /** Replaces the session's instructions for this one response. */
  readonly instructions?: string;
  /** Beside the conversation: the model keeps nothing of it, and it may not call tools. */
  readonly aside?: boolean;
  readonly tools?: "none";
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
  | { readonly type: "message"; readonly role: "user" | "system"; readonly text: string };

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

export type ResponseStatus = "completed" | "cancelled" | "incomplete" | "failed";

export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** JSON as the model wrote it: not yet parsed, perhaps not valid. */
  readonly arguments: string;
}

/** Why the model's connection is gone, and whether another try can help. */
export interface ModelLoss {
  readonly code: string;
  readonly retry: "no" | "now" | "backoff";
}

/** What the model's end says, in the order it says it. */
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
  | { readonly type: "speechText"; readonly ref: SpeechRef; readonly text: string }
  | { readonly type: "speechDone"; readonly ref: SpeechRef }
  | {
    readonly type: "toolAnnounced";
    readonly responseId: string;
    readonly call: ToolCall;
  }
  | {
    readonly type: "responseDone";
    readonly responseId: string;
    readonly status: ResponseStatus;
    /** Why it did not complete, such as `turn_detected` or `rate_limit_exceeded`. */
    readonly reason?: string;
    readonly toolCalls: readonly ToolCall[];
    readonly usage?: TokenUsage;
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
  | {
    readonly type: "requestRefused";
    readonly request: ModelRequest;
    readonly code: string;
    /** The item's length by the model's own count, where it says so when refusing a truncate. */
    readonly availableMs?: Milliseconds;
  }
  /** The model's own idle time-out: it starts a response by itself. */
  | { readonly type: "modelIdled" };

/** What the human's end says. */
export type LegInput =
  | { readonly type: "joined"; readonly reports: CallLeg["reports"]; readonly format: AudioFormat }
  | { readonly type: "marked"; readonly mark: string }
  | {
    readonly type: "rendered";
    readonly itemId: string;
    readonly ms: Milliseconds;
    /** The leg's answer to `clear`: the exact place where the item fell silent. */
    readonly cleared?: boolean;
  }
  | { readonly type: "typed"; readonly text: string }
  | { readonly type: "digit"; readonly digit: string }
  | { readonly type: "interruptAsked" }
  | { readonly type: "turnCommitted" }
  | { readonly type: "turnCleared" }
  /** The leg broke off, but the human may still be there: another leg may join. */
  | { readonly type: "lost" }
  | { readonly type: "left"; readonly end: CallEnd };

/** What a tool wants of the call beside its output; carried out when the caller has heard the agent out. */
export type ToolEffect =
  | { readonly type: "endCall" }
  | { readonly type: "transfer"; readonly alias: string }
  | { readonly type: "sendDigits"; readonly digits: string };

/** What the server, an operator or a tool says. */
export type ControlInput =
  /** Somebody is on the line although the audio has not arrived yet: the greeting may be prepared. */
  | { readonly type: "answered" }
  | {
    readonly type: "toolReturned";
    readonly callId: string;
    readonly output: string;
    readonly ok: boolean;
    readonly effect?: ToolEffect;
  }
  | { readonly type: "sayAsked"; readonly text: string }
  | { readonly type: "transferAsked"; readonly alias: string }
  /** Ends the call after what is being said, and a goodbye where there is time for one. */
  | {
    readonly type: "endAsked";
    readonly end: CallEnd;
    /** The very words, or `true` for the agent's own, in the language of the conversation. */
    readonly goodbye?: string | true;
    /** Whether what is being said now gives way, as a greeting does to an answering machine. */
    readonly interrupts?: boolean;
  }
  /** Ends the call at once. */
  | { readonly type: "hangUp"; readonly end: CallEnd }
  | { readonly type: "callerLevel"; readonly speaking: boolean }
  | { readonly type: "tick" };

export type CallInput = ModelInput | LegInput | ControlInput;

export type CallCommand =
  | { readonly type: "model"; readonly request: ModelRequest }
  | { readonly type: "commitAudio" }
  | { readonly type: "clearInput" }
  | { readonly type: "openModel"; readonly history: readonly HistoryItem[] }
  | { readonly type: "closeModel" }
  | { readonly type: "play"; readonly piece: SpeechPiece }
  | { readonly type: "mark"; readonly name: string }
  | { readonly type: "clear" }
  | { readonly type: "runTool"; readonly call: ToolCall }
  | { readonly type: "abortTools" }
  | { readonly type: "sendDigits"; readonly digits: string }
  | { readonly type: "endCall"; readonly end: CallEnd }
  | { readonly type: "publish"; readonly event: CallEvent };

/** One line of the conversation as it was really heard. A later event with the same `id` replaces it. */
export interface TranscriptTurn {
  readonly id: string;
  readonly role: "caller" | "agent";
  /** Sorts the conversation, whatever order its turns became known in; not always whole. */
  readonly position: number;
  readonly text: string;
  /** Nothing about this turn will change any more. */
  readonly final: boolean;
  /** The caller stopped the agent here: `text` ends with the last word that was heard. */
  readonly interrupted: boolean;
  /** How the caller said it. */
  readonly by: "voice" | "text" | "keypad";
  readonly startedMs: Milliseconds;
  readonly endedMs?: Milliseconds;
}

/** Where the time went between the caller's last word and the agent's first, each from the one before. */
export interface TurnLatency {
  readonly responseMs: Milliseconds;
  readonly firstAudioMs: Milliseconds;
  /** Absent until the leg has told that the first sound was played. */
  readonly firstHeardMs?: Milliseconds;
  readonly totalMs: Milliseconds;
}

/** What everybody who watches a call is told; times are milliseconds since the call began. */
export type CallEvent =
  | { readonly type: "started"; readonly direction: CallDirection; readonly agent: string }
  | { readonly type: "connected"; readonly format: AudioFormat }
  | { readonly type: "modelReady"; readonly afterMs: Milliseconds; readonly again: boolean }
  | { readonly type: "modelLost"; readonly code: string; readonly recovering: boolean }
  | { readonly type: "speaking"; readonly who: "caller" | "agent"; readonly on: boolean }
  | { readonly type: "interrupted"; readonly itemId: string; readonly heardMs: Milliseconds }
  | { readonly type: "turn"; readonly turn: TranscriptTurn }
  | {
    readonly type: "toolStarted";
    readonly toolCallId: string;
    readonly name: string;
    readonly arguments: string;
  }
  | {
    readonly type: "toolEnded";
    readonly toolCallId: string;
    readonly name: string;
    readonly ok: boolean;
    readonly output: string;
    readonly durationMs: Milliseconds;
  }
  | { readonly type: "latency"; readonly itemId: string; readonly latency: TurnLatency }
  | { readonly type: "usage"; readonly usage: TokenUsage }
  | { readonly type: "transcriptionUsage"; readonly usage: TranscriptionUsage }
  | { readonly type: "digits"; readonly digits: string; readonly sensitive: boolean }
  | { readonly type: "notice"; readonly code: NoticeCode }
  | { readonly type: "transferring"; readonly alias: string }
  | { readonly type: "ended"; readonly end: CallEnd; readonly durationMs: Milliseconds };

/** Things worth a line in a log that change nothing about the call. */
export type NoticeCode =
  | "idle_prompt"
  | "filler"
  | "false_alarm"
  | "time_warning"
  | "response_retried"
  | "audio_refused"
  | "truncate_refused";

/** How one call behaves; made from the agent's definition and the settings. */
export interface CallPolicy {
  readonly direction: CallDirection;
  readonly agent: string;
  /** How the agent opens; without it the caller speaks first. */
  readonly greeting?: string;
  /** Whether the model starts a response itself when the caller's turn ends. */
  readonly modelResponds: boolean;
  /** Whether the model cancels its response itself when the caller speaks. */
  readonly modelInterrupts: boolean;
  /** Speech shorter than this does not silence the agent, where the model does not interrupt. */
  readonly interruptAfterMs: Milliseconds;
  /** Whether the agent falls silent meanwhile, and goes on where it stopped after a false alarm. */
  readonly pausesOnSpeech: boolean;
  /** Whether Parley's own silence detection ends the caller's turns, as the model has none. */
  readonly commitsBySilence: boolean;
  readonly fillerAfterMs: Milliseconds;
  readonly idleMs: Milliseconds;
  readonly maxMs: Milliseconds;
  readonly timeWarningMs: Milliseconds;
  readonly digitTimeoutMs: Milliseconds;
  readonly digitsSensitive: boolean;
  /** Sentences that are said before a hand-over, by alias. */
  readonly transfers: Readonly<Record<string, { readonly sentence?: string }>>;
}

export type CallPhase = "connecting" | "live" | "recovering" | "closing" | "ended";

/** What is known of a call before it begins. */
export interface CallRequest {
  readonly direction: CallDirection;
  /** Name of the agent that takes the call. */
  readonly agent: string;
  /** The phone network's own id, where there is one. */
  readonly callSid?: string;
  /** The far end's number, for the record and for `{{variables}}`; kept out of logs. */
  readonly caller?: string;
  readonly called?: string;
  /** What the agent should know about this one call. */
  readonly context?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Name of the API key that asked for the call. */
  readonly keyName?: string;
  /** Where this one call may not last as long as others. */
  readonly maxMs?: Milliseconds;
}

/** One live call, as those who hold one of its ends see it. None of its methods throws once joined. */
export interface CallSession {
  readonly id: string;
  readonly request: CallRequest;
  /** Hands in the human's end, the first or one in place of a lost one. Throws if there is one, or the call has ended. */
  join(leg: CallLeg): void;
  /** A frame of the caller's audio in the leg's format; tells whether it was one: base64, and not empty. */
  hear(audio: Base64): boolean;
  input(input: LegInput | ControlInput): void;
  /** The phone network's id, once it is known. */
  callSid: string | undefined;
  /** Settles when the call has ended and let go of everything it held. */
  readonly ended: Promise<CallEnd>;
}

export interface EndedCall {
  readonly id: string;
  readonly request: CallRequest;
  readonly end: CallEnd;
}

/** Every call of this process: admission, lookup, drain. */
export interface CallRegistry {
  readonly size: number;
  readonly accepting: boolean;
  /**
   * Starts a call and its model connection; the leg may join later. `callId` is for a call that was
   * known before. Throws `CallRefused`.
   */
  open(request: CallRequest, callId?: string): CallSession;
  get(callId: string): CallSession | undefined;
  byCallSid(callSid: string): CallSession | undefined;
  /** How a phone call ended, while that is remembered: the phone network asks how to go on. */
  endOf(callSid: string): EndedCall | undefined;
  list(): readonly CallSession[];
  /** Takes no more calls, waits for the live ones, ends those left after `deadlineMs`. */
  drain(deadlineMs: Milliseconds): Promise<void>;
}

export class CallRefused extends Error {
  override readonly name = "CallRefused";
  constructor(readonly code: "full" | "draining" | "unknown_agent") {
    super(`Cannot take the call: ${code}`);
  }
}
