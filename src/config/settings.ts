import type { ApiKey } from "../utils/auth.ts";

/** Everything the operator can set, checked and with its defaults filled in. */
export interface Settings {
  readonly server: ServerSettings;
  readonly openai: OpenAISettings;
  /** Absent when the phone is not set up; its routes then say so. */
  readonly phone?: PhoneSettings;
  readonly database: DatabaseSettings;
  readonly records: RecordSettings;
  readonly agents: { readonly dir: string; readonly default: string };
  readonly outbound: OutboundSettings;
  readonly limits: LimitSettings;
  /** Absent where nobody is to be told of calls. */
  readonly webhook?: WebhookSettings;
  /** Sign what goes to the operator's own services; each makes a signature. */
  readonly signingSecrets: readonly Uint8Array[];
  readonly log: LogSettings;
  /** Sentences for the operator about settings that look misspelt or incomplete; nothing is wrong enough to stop. */
  readonly hints: readonly string[];
}

export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  /** An origin without a trailing slash: the only source of the URLs given to Twilio. */
  readonly publicUrl?: string;
  /** Exact origins, lower case, without a trailing slash. */
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: boolean;
  readonly drainMs: number;
  readonly apiKeys: readonly ApiKey[];
}

export interface OpenAISettings {
  /** Without it the built-in engine answers. */
  readonly apiKey?: string;
  /** The header for the key; `auto` goes by the host. */
  readonly auth: "auto" | "bearer" | "api-key";
  readonly url: string;
  readonly model: string;
  readonly socket: "native" | "ws";
}

export interface PhoneSettings {
  readonly accountSid: string;
  /** Signs webhooks; also the REST password where there is no API key. */
  readonly authToken: string;
  readonly number: string;
  readonly apiKey?: { readonly sid: string; readonly secret: string };
  readonly apiUrl: string;
  readonly publicUrl: string;
}

export type DatabaseSettings =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string };

export interface RecordSettings {
  /** Older calls are forgotten; absent means never. */
  readonly retentionDays?: number;
  /** JSON that replaces some of the list prices. */
  readonly pricesFile?: string;
  /** Of every minute on the phone, whoever placed the call. */
  readonly telephonyUsdPerMinute?: number;
  /** A folder for one file per call, from which it can be lived through again. */
  readonly journal?: { readonly dir: string; readonly texts: boolean };
}

export interface OutboundSettings {
  /** ISO codes; absent means the country of the server's own phone number. */
  readonly countries?: readonly string[];
  /** Beginnings of numbers, such as +1415: where there are some, nothing else may be dialled. */
  readonly allow: readonly string[];
  /** Beginnings of numbers that may not be dialled; stronger than all that allows. */
  readonly deny: readonly string[];
  /** Numbers beside the server's own that calls may be placed from. */
  readonly from: readonly string[];
  /** When people may be called, by the clock where they are. */
  readonly hours?: CallingHours;
  /** Calls from one number. */
  readonly perSecond: number;
  readonly perMinute: number;
  readonly concurrent: number;
  readonly dailyMinutes?: number;
  readonly dailyUsd?: number;
  /** Calls to one number, whoever asks for them. */
  readonly perNumberDaily?: number;
  /** Calls of batches of one key that have not been dialled yet. */
  readonly pending: number;
}

/** Minutes since midnight; the second is not part of it any more. */
export interface CallingHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface LimitSettings {
  readonly calls: number;
  readonly callMs: number;
  /** What one call may cost before it is ended. */
  readonly callUsd?: number;
  readonly idleMs: number;
  /** How long a caller may talk on after a transfer. */
  readonly transferMs: number;
  /** Live calls from browsers. */
  readonly webCallsPerKey?: number;
  readonly webCallsPerVisitor?: number;
  /** Of all calls, in every direction. */
  readonly server: DayLimits;
  /** Of all calls that came in by phone. */
  readonly inbound: DayLimits;
  /** Of all calls of one API key, in every direction. */
  readonly key: DayLimits;
  /** Of one number that calls in; those that are withheld count as one. */
  readonly caller: DayLimits;
  /** Of one address that browsers call from. */
  readonly visitor: DayLimits;
  /** Names of the limits in dollars that the operator has set himself. */
  readonly chosenUsd: readonly string[];
}

/** What may be used from midnight to midnight, UTC; absent means without limit. */
export interface DayLimits {
  readonly dailyMinutes?: number;
  readonly dailyUsd?: number;
}

export interface WebhookSettings {
  readonly url: string;
  /** Every message is signed with each of them, so that one can take the place of another. */
  readonly secrets: readonly Uint8Array[];
}

export interface LogSettings {
  readonly level: "debug" | "info" | "warn" | "error";
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  readonly format: "json" | "pretty" | "auto";
}
