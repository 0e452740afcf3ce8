import type {
  ConversationItem,
  RealtimeClientEvent,
  RealtimeResponse,
  RealtimeServerEvent,
  ResponseCreateEvent,
} from "openai/resources/realtime/realtime";
import type { SessionConfig } from "./sessionConfig.ts";

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

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A new id as the real server makes them, such as `item_4f1c…`. */
export function newId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 21)}`;
}

type Retyped = "response.created" | "response.done" | "session.created" | "session.updated";

type Unstamped<Event> = Event extends { event_id: string } ? Omit<Event, "event_id"> : never;
