import type {
  ConversationItem,
  RealtimeClientEvent,
  RealtimeResponse,
  RealtimeServerEvent,
  RealtimeToolsConfigUnion,
  ResponseCreateEvent,
} from "openai/resources/realtime/realtime";

export type { ConversationItem };

/** What a client may send, once `readClientEvent` has found it well formed. */
export type ClientEvent = RealtimeClientEvent;

export type ClientEventType = ClientEvent["type"];

/** The `response` part of `response.create`. */
export type ResponseParams = NonNullable<ResponseCreateEvent["response"]>;

/** A response as the events carry it; out-of-band ones belong to no conversation. */
export type WireResponse =
  & Omit<RealtimeResponse, "conversation_id" | "metadata">
  & { conversation_id: string | null; metadata: Readonly<Record<string, string>> | null };

/** `audio/pcm` is 24 kHz; the telephone formats are 8 kHz. */
export type WireFormat =
  | { readonly type: "audio/pcm"; readonly rate: 24000 }
  | { readonly type: "audio/pcmu" }
  | { readonly type: "audio/pcma" };

/** Voice detection; the fields past `type` depend on it. */
export interface TurnDetection {
  readonly type: "server_vad" | "semantic_vad";
  readonly threshold?: number;
  readonly prefix_padding_ms?: number;
  readonly silence_duration_ms?: number;
  readonly idle_timeout_ms?: number | null;
  readonly eagerness?: "low" | "medium" | "high" | "auto";
  readonly create_response: boolean;
  readonly interrupt_response: boolean;
}

/** A function that the model may call. */
export interface FunctionTool {
  readonly type: "function";
  readonly name: string;
  readonly description?: string;
  readonly parameters?: unknown;
}

/** A server of tools that the session finds and runs by itself. */
export type WireMcpTool = RealtimeToolsConfigUnion.Mcp;

/** The whole configuration of a session as the server holds it. */
export interface SessionConfig {
  readonly type: "realtime";
  readonly model: string;
  readonly instructions: string;
  readonly output_modalities: readonly ["audio"] | readonly ["text"];
  readonly audio: {
    readonly input: {
      readonly format: WireFormat;
      readonly noise_reduction: JsonObject | null;
      readonly transcription: { readonly model: string; readonly language?: string } | null;
      readonly turn_detection: TurnDetection | null;
    };
    readonly output: {
      readonly format: WireFormat;
      readonly voice: string | { readonly id: string };
      readonly speed: number;
    };
  };
  readonly tools: readonly (FunctionTool | WireMcpTool)[];
  readonly tool_choice: "auto" | "none" | "required" | JsonObject;
  readonly parallel_tool_calls?: boolean;
  readonly reasoning?: { readonly effort?: string };
  readonly max_output_tokens: number | "inf";
  readonly truncation: "auto" | "disabled" | JsonObject;
  readonly tracing: JsonObject | "auto" | null;
  readonly include: readonly string[] | null;
}

/** A session as the events carry it. */
export type WireSession = SessionConfig & {
  readonly id: string;
  readonly object: "realtime.session";
  readonly expires_at: number;
};

/** What the server may send, before it gets its `event_id`. */
export type ServerEvent =
  | Unstamped<Exclude<RealtimeServerEvent, { type: Retyped }>>
  | { readonly type: "response.created" | "response.done"; readonly response: WireResponse }
  | { readonly type: "session.created" | "session.updated"; readonly session: WireSession }
  | {
    readonly type: "conversation.item.added" | "conversation.item.done";
    readonly previous_item_id: string | null;
    readonly item: SpokenItem;
  };

/** The user's speech before it is transcribed: the real server then says `"transcript": null`. */
export interface SpokenItem {
  readonly type: "message";
  readonly id: string;
  readonly object: "realtime.item";
  readonly status: "completed";
  readonly role: "user";
  readonly content: readonly [{ readonly type: "input_audio"; readonly transcript: null }];
}

/** Why the server will not do what a client asked; the body of an `error` event. */
export interface Refusal {
  readonly code: string | null;
  readonly message: string;
  readonly param?: string;
}

export type JsonObject = { readonly [key: string]: unknown };

/** A new id as the real server makes them, such as `item_4f1c…`. */
export function newId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 21)}`;
}

type Retyped = "response.created" | "response.done" | "session.created" | "session.updated";

type Unstamped<Event> = Event extends { event_id: string } ? Omit<Event, "event_id"> : never;
