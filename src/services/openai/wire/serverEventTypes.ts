import type { Base64 } from "../../../utils/audio/audioFormat.ts";
import type {
  ModelInput,
  SpeechRef,
  ToolCall,
  TranscriptionUsage,
} from "../../../call/realtimeClient.ts";
import type { McpEvent } from "./mcpEventTypes.ts";

type Input<Type extends ModelInput["type"]> = Extract<ModelInput, { type: Type }>;

/** What an event of the server says: in the call's own words, and with what only a connection needs. */
export type ServerEvent =
  | {
    readonly type: "sessionCreated" | "sessionUpdated";
    /** Unix seconds by the server's clock, as it says: anything may stand there. */
    readonly expiresAt?: number;
    /** In the same clock; not every server gives it. */
    readonly createdAt?: number;
  }
  | { readonly type: "error"; readonly error: ServerError }
  | { readonly type: "speech"; readonly ref: SpeechRef; readonly audio: Base64 }
  | McpEvent
  | { readonly type: "itemDeleted"; readonly itemId: string }
  | Input<"speechStarted" | "speechStopped" | "committed" | "modelIdled">
  /** With the label of the server whose tools the item lists. */
  | Input<"itemAdded"> & { readonly toolServer?: string }
  | Input<"responseStarted" | "responseProgress" | "speechText" | "speechDone">
  /** Text that is not spoken. */
  | { readonly type: "writtenText"; readonly ref: SpeechRef; readonly text: string }
  /** All that was said of an item, at its end. */
  | { readonly type: "wholeText"; readonly ref: SpeechRef; readonly text: string }
  /** An item of a response is done; with the call that it is, if it is a whole one. */
  | { readonly type: "itemDone"; readonly responseId: string; readonly call?: ToolCall }
  | Input<"callerText"> & { readonly usage?: TranscriptionUsage }
  | Input<"callerTextFailed"> & { readonly error: ServerError }
  /** Lists finished tool calls only: one that was cut short must not run. */
  | Input<"responseDone"> & { readonly error?: ServerError };

export interface ServerError {
  readonly type?: string;
  readonly code?: string;
  readonly message: string;
  /** The path of the field that was refused, such as `session.tools[1].parameters`. */
  readonly param?: string;
  /** The client event that was refused. */
  readonly eventId?: string;
}

/** An event of a known type that lacks what the type promises. */
export interface MalformedEvent {
  readonly type: "malformed";
}
