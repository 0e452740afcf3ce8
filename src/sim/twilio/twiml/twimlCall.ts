import type { CallEnd, PhoneEventDetail } from "../call/callEvents.ts";
import type { Exchange } from "../networkContext.ts";
import type { HttpMethod, StreamNoun } from "./verbs.ts";
import type { WebhookAnswer } from "../api/webhook.ts";

/** Where the call goes on: a document that is asked for, or one that is at hand. */
export type Step =
  | {
    readonly kind: "request";
    readonly url: string;
    readonly method: HttpMethod;
    readonly params: Readonly<Record<string, string>>;
    readonly fallbackUrl?: string | undefined;
  }
  | { readonly kind: "document"; readonly text: string; readonly baseUrl: string };

/** What following TwiML came to. */
export type Outcome = CallEnd;

/** What the verbs of a document can do with the call they run on. */
export interface Line {
  readonly exchange: Exchange;
  /** Aborts when the call is over, or when other TwiML takes its place. */
  readonly signal: AbortSignal;
  emit(event: PhoneEventDetail): void;
  report(code: number, message: string): void;
  /** Picks up, if nobody has. */
  answer(): void;
  request(
    url: string,
    method: HttpMethod,
    params: Readonly<Record<string, string>>,
  ): Promise<WebhookAnswer>;
  /** Runs a media stream until it is over. */
  stream(noun: StreamNoun): Promise<void>;
  /** The person's next digit; undefined when none comes in time. */
  digit(withinMs: number): Promise<string | undefined>;
  /** Lets that much simulated time pass. */
  wait(ms: number): Promise<void>;
}
