import type { ClearReport, MarkEcho } from "../media/playBuffer.ts";
import type { VerbOf } from "../twiml/twiml.ts";

/** Twilio's status words. */
export type TwilioCallStatus = "queued" | "ringing" | "in-progress" | FinalStatus;
export type FinalStatus = "completed" | "busy" | "failed" | "no-answer" | "canceled";

/** An entry of Twilio's debugger: one of its error codes, with a description. */
export interface PhoneError {
  readonly code: number;
  readonly message: string;
}

/** How and why a call ended. */
export interface SimulatedCallEnd {
  readonly status: FinalStatus;
  readonly reason: string;
}

/** How a media stream ended: the close code, and an error where it was not a clean close. */
export interface StreamEnd {
  readonly by: "app" | "twilio";
  /** Audio of the phone's end that the app was sent. */
  readonly sentMs: number;
  readonly code: number;
  readonly error?: PhoneError | undefined;
}

/** What happened on a simulated call, as Twilio saw it. */
export type PhoneEventDetail =
  | { readonly type: "ringing" }
  | { readonly type: "answered" }
  | {
    readonly type: "requested";
    readonly url: string;
    /** 0 when no answer came. */
    readonly status: number;
    /** The answer's first 500 characters. */
    readonly body: string;
    /** More than one where Twilio tried again. */
    readonly attempts: number;
  }
  /** The app put other TwiML in place of what ran, through the REST API. */
  | { readonly type: "updated"; readonly how: "Twiml" | "Url" }
  | { readonly type: "twiml"; readonly verbs: readonly string[] }
  | { readonly type: "streamStarted"; readonly streamSid: string; readonly url: string }
  | { readonly type: "media"; readonly ms: number; readonly startsAtMs: number }
  | { readonly type: "mark"; readonly name: string }
  | { readonly type: "echo"; readonly name: string; readonly reason: MarkEcho["reason"] }
  | { readonly type: "clear"; readonly report: ClearReport }
  | { readonly type: "speaking" }
  | { readonly type: "quiet" }
  | { readonly type: "streamClosed"; readonly end: StreamEnd }
  | ({ readonly type: "said" } & Pick<VerbOf<"say">, "text" | "language" | "voice">)
  | { readonly type: "played"; readonly url: string; readonly digits: string }
  | { readonly type: "dialed"; readonly targets: readonly string[]; readonly outcome: DialOutcome }
  | { readonly type: "redirected"; readonly url: string }
  | { readonly type: "joined"; readonly conference: string }
  | { readonly type: "left"; readonly conference: string; readonly reason: string }
  | { readonly type: "referred"; readonly target: string; readonly taken: boolean }
  | { readonly type: "gathered"; readonly digits: string; readonly speech?: string }
  | { readonly type: "recorded"; readonly seconds: number }
  /** What the far end of a placed call does, in words: `says "Hello?"`. */
  | { readonly type: "callee"; readonly does: string }
  | { readonly type: "callback"; readonly kind: string; readonly status: number }
  | { readonly type: "error"; readonly error: PhoneError }
  | { readonly type: "ended"; readonly end: SimulatedCallEnd };

export type DialOutcome = "completed" | "answered" | "busy" | "no-answer" | "failed" | "canceled";

/** An event with its time: simulated milliseconds since the call began. */
export type PhoneEvent = PhoneEventDetail & { readonly atMs: number };

export type PhoneEventType = PhoneEvent["type"];
export type PhoneEventOf<T extends PhoneEventType> = Extract<PhoneEvent, { readonly type: T }>;
