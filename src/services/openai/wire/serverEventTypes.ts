import type {
  ResponseStatus,
  SpeechRef,
  TokenUsage,
  ToolCall,
  TranscriptionUsage,
} from "../../../call/realtimeClient.ts";

/** An item of the conversation, as far as a bridge cares. */
export type ServerItem =
  | {
    readonly type: "message";
    readonly id: string;
    readonly role: "user" | "assistant" | "system";
  }
  | {
    readonly type: "function_call";
    readonly id: string;
    /** Absent while the call is unfinished, or was cut short. */
    readonly call?: ToolCall;
  }
  | { readonly type: "function_call_output"; readonly id: string; readonly callId: string };

export interface ServerError {
  readonly type?: string;
  readonly code?: string;
  readonly message: string;
  /** The path of the field that was refused, such as `session.tools[1].parameters`. */
  readonly param?: string;
  /** The client event that was refused. */
  readonly eventId?: string;
}

/** The server's events that a bridge uses, under their GA names. */
export type ServerEvent =
  | {
    readonly type: "session.created" | "session.updated";
    /** Unix seconds by the server's clock, as it says: anything may stand there. */
    readonly expiresAt?: number;
    /** In the same clock; not every server gives it. */
    readonly createdAt?: number;
  }
  | { readonly type: "error"; readonly error: ServerError }
  | {
    readonly type: "input_audio_buffer.speech_started" | "input_audio_buffer.speech_stopped";
    readonly itemId?: string;
  }
  | {
    readonly type: "input_audio_buffer.committed";
    readonly itemId: string;
    readonly previousItemId?: string;
  }
  | { readonly type: "input_audio_buffer.timeout_triggered" }
  | {
    readonly type: "conversation.item.added";
    readonly item: ServerItem;
    readonly previousItemId?: string;
  }
  | {
    readonly type: "conversation.item.input_audio_transcription.delta";
    readonly itemId: string;
    readonly delta: string;
  }
  | {
    readonly type: "conversation.item.input_audio_transcription.completed";
    readonly itemId: string;
    readonly transcript: string;
    readonly usage?: TranscriptionUsage;
  }
  | {
    readonly type: "conversation.item.input_audio_transcription.failed";
    readonly itemId: string;
    readonly error: ServerError;
  }
  | {
    readonly type: "response.created";
    readonly responseId: string;
    /** The response writes to no conversation. */
    readonly outOfBand: boolean;
    readonly purpose?: string;
  }
  /** The server is at work on a response of which nothing can be heard yet. */
  | { readonly type: "response.progress"; readonly responseId: string }
  | {
    readonly type: "response.output_text.delta";
    readonly place: SpeechRef;
    readonly delta: string;
  }
  | {
    readonly type: "response.output_audio.delta";
    readonly place: SpeechRef;
    readonly delta: string;
  }
  | { readonly type: "response.output_audio.done"; readonly place: SpeechRef }
  | {
    readonly type: "response.output_audio_transcript.delta";
    readonly place: SpeechRef;
    readonly delta: string;
  }
  | {
    readonly type: "response.output_audio_transcript.done";
    readonly place: SpeechRef;
    readonly transcript: string;
  }
  | {
    readonly type: "response.function_call_arguments.done";
    readonly responseId: string;
    readonly callId: string;
    /** Older servers leave it out here and give it in `response.output_item.done`. */
    readonly name?: string;
    readonly arguments: string;
  }
  | {
    readonly type: "response.output_item.done";
    readonly responseId: string;
    readonly item: ServerItem;
  }
  | {
    readonly type: "response.done";
    readonly responseId: string;
    readonly status: ResponseStatus;
    /** A reason such as `turn_detected`, or else the error's code. */
    readonly reason?: string;
    /** Of a failed response, where the server says why. */
    readonly error?: ServerError;
    /** Finished calls only: one that was cut short must not run. */
    readonly toolCalls: readonly ToolCall[];
    readonly usage?: TokenUsage;
  };

/** An event of a known type that lacks what the type promises. */
export interface MalformedEvent {
  readonly type: "malformed";
}
