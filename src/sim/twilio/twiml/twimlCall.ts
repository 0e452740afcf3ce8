import type { RecordedSpeech, recordSpeech } from "../call/recordSpeech.ts";
import type { WebhookAnswer } from "../api/webhook.ts";
import type { Exchange } from "../legs/exchange.ts";
import type { Leg } from "../legs/leg.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { StreamNoun } from "./twiml.ts";
import type { HttpMethod } from "./twimlElement.ts";

/** What the verbs of a document can do with the call they run on. */
export interface TwimlCall extends Leg {
  readonly context: NetworkContext;
  readonly exchange: Exchange;
  readonly from: string;
  readonly to: string;
  readonly isInbound: boolean;
  /** Whether this is what a callee hears before being connected. */
  readonly isWhisper: boolean;
  /** Whether the call has been answered. */
  readonly isAnswered: boolean;
  /** Answers the call, if it still rings. */
  answer(): void;
  request(
    url: string,
    method: HttpMethod,
    params: Readonly<Record<string, string>>,
  ): Promise<WebhookAnswer>;
  /** Runs a media stream until it is over. */
  stream(noun: StreamNoun): Promise<void>;
  /** Plays audio to the person; resolves at its end, rejects when `until` aborts. */
  play(audio: Uint8Array, until?: AbortSignal): Promise<void>;
  /** What a recognizer understood since it was asked last. */
  words(): string;
  /** Records what the caller says; also resolves where the call ends meanwhile. */
  record(limits: Parameters<typeof recordSpeech>[1]): Promise<RecordedSpeech>;
  /** Sends a callback, though the call may be over. */
  tell(kind: string, url: string, params: Readonly<Record<string, string>>): void;
  /** Lets that much simulated time pass. */
  wait(ms: number): Promise<void>;
}
