import type { ScriptReply } from "./scripts.ts";
import type { ClientEventOf } from "./clientLog.ts";
import type { ConversationEntry } from "./conversation.ts";
import type { Fault } from "./faults.ts";
import type { ClientEvent, ClientEventType, SessionConfig } from "./wire.ts";

/** One client's session, as tests watch and drive it. */
export interface RealtimeSession {
  readonly id: string;
  readonly model: string;
  readonly config: SessionConfig;
  /** The client's last events in order; appended audio is counted instead. */
  readonly received: readonly ClientEvent[];
  readonly appends: number;
  /** Audio that the client has sent. */
  readonly heardMs: number;
  /** The bytes of that audio, where the server keeps audio. */
  readonly heardAudio: Uint8Array;
  readonly conversation: readonly ConversationEntry[];
  /** Whether a response to the conversation is running. */
  readonly responding: boolean;
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The first event of a type that was not yet asked for; rejects once the session is closed. */
  next<Type extends ClientEventType>(type: Type): Promise<ClientEventOf<Type>>;
  /** Sends any event; `event_id` is added. */
  emit(event: { readonly type: string; readonly [field: string]: unknown }): void;
  /** Lets the model answer unasked; throws while it is answering already. */
  say(reply: string | ScriptReply): void;
  /** Pretends to hear speech begin, whatever the audio. */
  startSpeech(): void;
  /** Pretends to hear it end; the turn is at least `spokenMs` long. */
  stopSpeech(spokenMs?: number): void;
  fail(fault: Fault): void;
  close(code?: number, reason?: string): void;
}
