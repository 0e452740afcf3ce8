import type { RecordedSpeech, recordSpeech } from "../call/recordSpeech.ts";
import type { WebhookAnswer } from "../api/webhook.ts";
import type { PhoneEventDetail } from "../call/callEvents.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { StreamNoun } from "./twiml.ts";
import type { HttpMethod } from "./twimlElement.ts";

/** Where TwiML comes from: a URL to be requested, or a document at hand. */
export type TwimlSource =
  | {
    readonly kind: "request";
    readonly url: string;
    readonly method: HttpMethod;
    readonly params: Readonly<Record<string, string>>;
    /** For this document and all that follow it. */
    readonly fallbackUrl?: string | undefined;
  }
  | {
    readonly kind: "document";
    readonly text: string;
    readonly baseUrl: string;
    readonly fallbackUrl?: string | undefined;
  };

/** What the verbs of a document can do with the call they run on. */
export interface TwimlCall {
  readonly context: NetworkContext;
  /** Aborts when the call is over, or when other TwiML takes its place. */
  readonly signal: AbortSignal;
  /** Whether the call has been answered. */
  readonly isAnswered: boolean;
  emit(event: PhoneEventDetail): void;
  report(code: number, message: string): void;
  /** Answers the call, if it still rings. */
  answer(): void;
  request(
    url: string,
    method: HttpMethod,
    params: Readonly<Record<string, string>>,
  ): Promise<WebhookAnswer>;
  /** Runs a media stream until it is over. */
  stream(noun: StreamNoun): Promise<void>;
  /** The caller's next digit; undefined when none comes in time. */
  digit(withinMs: number): Promise<string | undefined>;
  /** Records what the caller says; also resolves where the call ends meanwhile. */
  record(limits: Parameters<typeof recordSpeech>[1]): Promise<RecordedSpeech>;
  /** Sends a callback, though the call may be over. */
  tell(kind: string, url: string, params: Readonly<Record<string, string>>): void;
  /** Lets that much simulated time pass. */
  wait(ms: number): Promise<void>;
}
