import type { ClosedDays } from "./hoursSchema.ts";
import type { RoleRule } from "./signInRoles.ts";
import type { ApiKey } from "../utils/auth.ts";
import type { Sentence } from "../utils/sentence.ts";

/** Everything the operator can set, checked and with its defaults filled in. */
export interface Settings {
  readonly server: ServerSettings;
  /** Absent where people use keys alone. */
  readonly signIn?: SignInSettings;
  readonly openai: OpenAISettings;
  /** Absent where no model reads calls after their end. */
  readonly analysis?: AnalysisSettings;
  /** Absent where documents are searched by their words alone. */
  readonly embeddings?: EmbeddingSettings;
  /** Absent where the phone is not set up; its routes then answer 503. */
  readonly phone?: PhoneSettings;
  readonly database: DatabaseSettings;
  readonly records: RecordSettings;
  readonly recordings: RecordingSettings;
  readonly agents: { readonly dir: string; readonly default: string };
  readonly outbound: OutboundSettings;
  readonly sms: SmsSettings;
  readonly limits: LimitSettings;
  /** Absent where no webhooks are sent. */
  readonly webhook?: WebhookSettings;
  /** Absent where nobody is asked about calls before they begin. */
  readonly callUrl?: CallUrlSettings;
  /** Sign webhooks and HTTP tool requests; each secret makes a signature. */
  readonly signingSecrets: readonly Uint8Array[];
  readonly tools: ToolSettings;
  readonly log: LogSettings;
  /** Warnings for the operator, one sentence each; the server starts all the same. */
  readonly hints: readonly SettingHint[];
}

/** A warning about settings. */
export interface SettingHint extends Sentence {
  /** Stable, as in `docs/doctor.md`. */
  readonly code: "setting_misspelt" | "setting_limit_off" | "keys_see_own_calls";
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

/** Sign-in of people by OpenID Connect. */
export interface SignInSettings {
  /** As the provider writes it: with or without a slash at its end. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  /** The claim of the ID token that lists a person's groups. */
  readonly groupsClaim: string;
  readonly rules: readonly RoleRule[];
  readonly sessionMs: number;
}

interface ToolSettings {
  /** Hosts of tools that may have private addresses. */
  readonly privateHosts: readonly string[];
  /** Whether Deno's own clients connect through a proxy. */
  readonly isProxied: boolean;
}

interface OpenAISettings {
  /** Without it the built-in engine is used. */
  readonly apiKey?: string;
  /** The header for the key; `auto` goes by the host. */
  readonly auth: "auto" | "bearer" | "api-key";
  readonly url: string;
  readonly model: string;
  readonly socket: "nodelay" | "native";
  /** How much of a quiet caller's audio goes to the model in one message. */
  readonly groupMs: number;
}

/** A chat completions endpoint as OpenAI has it. */
export interface AnalysisSettings {
  readonly model: string;
  readonly url: string;
  readonly apiKey?: string;
  readonly dailyUsd?: number;
}

/** An embeddings endpoint as OpenAI has it. */
export interface EmbeddingSettings {
  readonly apiKey: string;
  readonly url: string;
  readonly model: string;
}

export interface PhoneSettings {
  readonly accountSid: string;
  /** Signs webhooks; also the REST password where there is no API key. */
  readonly authToken: string;
  readonly number: string;
  readonly apiKey?: { readonly sid: string; readonly secret: string };
  readonly apiUrl: string;
  readonly publicUrl: string;
  /** TwiML on another host, which Twilio asks where this server does not answer. */
  readonly fallbackUrl?: string;
}

export type DatabaseSettings =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string };

/** A database in memory is gone with the process, and no other process sees it. */
export function isShared(database: DatabaseSettings): boolean {
  return database.kind === "postgres" || database.path !== ":memory:";
}

export interface RecordSettings {
  /** Older calls are erased; absent means never. */
  readonly retentionDays?: number;
  /** How long is kept who has done what. */
  readonly auditDays: number;
  /** How many entries of it at most. */
  readonly auditEntries: number;
  /** A JSON file that overrides some of the list prices. */
  readonly pricesFile?: string;
  /** Per minute on the phone, inbound and outbound. */
  readonly telephonyUsdPerMinute?: number;
  /** A folder for one file per call, which `deno task replay` runs again. */
  readonly journal?: { readonly dir: string; readonly texts: boolean };
}

/** How calls are recorded, where their agents have them recorded. */
export interface RecordingSettings {
  readonly dir: string;
  /** The first encrypts, each decrypts; without any, recordings are not encrypted. */
  readonly keys: readonly Uint8Array[];
  readonly maxMs: number;
  /** With less room on the disk nothing is recorded. */
  readonly minFreeBytes: number;
  /** Older recordings are removed; absent means with their calls. */
  readonly retentionDays?: number;
}

export interface OutboundSettings {
  /** ISO codes; absent means the country of the server's own phone number. */
  readonly countries?: readonly string[];
  /** Number prefixes, such as +1415: where there are some, no other numbers may be dialled. */
  readonly allow: readonly string[];
  /** Number prefixes that may not be dialled; take precedence over `allow` and `countries`. */
  readonly deny: readonly string[];
  /** Hosts of SIP addresses that callers may be transferred to, in lower case. */
  readonly sipHosts: readonly string[];
  /** Numbers other than the server's own that calls may be placed from. */
  readonly from: readonly string[];
  /** Hours in which people may be called, in their local time; `country` for those of each country. */
  readonly hours?: CallingHours | "country";
  /** Days on which nobody is called, by the callee's clock. */
  readonly closed?: readonly ClosedDays[];
  /** Calls from one number. */
  readonly perSecond: number;
  readonly perMinute: number;
  readonly concurrent: number;
  readonly dailyMinutes?: number;
  readonly dailyUsd?: number;
  /** Calls to one number, of all keys. */
  readonly perNumberDaily?: number;
  /** Queued batch calls of one key. */
  readonly pending: number;
}

/** Text messages that agents send; an absent limit is none. */
export interface SmsSettings {
  /** A number of the account, or a messaging service; absent for the server's own number. */
  readonly from?: string;
  /** Messages a day in all, and to one number. */
  readonly daily?: number;
  readonly perNumberDaily?: number;
}

/** In minutes since midnight; `toMinute` is exclusive. */
export interface CallingHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface LimitSettings {
  readonly calls: number;
  readonly callMs: number;
  /** How long an agent that has called somebody waits on hold, in one call. */
  readonly holdMs: number;
  /** People who listen in on live calls at a time. */
  readonly listeners: { readonly perCall: number; readonly all: number };
  /** A call that costs more is ended. */
  readonly callUsd?: number;
  readonly idleMs: number;
  /** The longest time of a call after a transfer. */
  readonly transferMs: number;
  /** People who are called by the transfers of one call, and by all transfers in a minute. */
  readonly transferDials?: number;
  readonly transferDialsPerMinute?: number;
  /** Concurrent calls from browsers. */
  readonly webCallsPerKey?: number;
  readonly webCallsPerVisitor?: number;
  /** Limits of all calls, in every direction. */
  readonly server: DayLimits;
  /** Limits of all inbound phone calls. */
  readonly inbound: DayLimits;
  /** Limits of all calls of one API key, in every direction. */
  readonly key: DayLimits;
  /** Limits of one calling number; all withheld numbers count as one. */
  readonly caller: DayLimits;
  /** Limits of one browser address. */
  readonly visitor: DayLimits;
  /** Names of the limits in dollars that are set explicitly. */
  readonly chosenUsd: readonly string[];
}

/** Limits per UTC day; absent means no limit. */
export interface DayLimits {
  readonly dailyMinutes?: number;
  readonly dailyUsd?: number;
}

export interface WebhookSettings {
  readonly url: string;
  /** Every message is signed with each of them, so that secrets can be rotated. */
  readonly secrets: readonly Uint8Array[];
}

export interface CallUrlSettings {
  readonly url: string;
  /** How long a caller waits for an answer. */
  readonly timeoutMs: number;
  /** The calls that are asked about. */
  readonly directions: readonly ("inbound" | "outbound" | "web")[];
  readonly secrets: readonly Uint8Array[];
}

interface LogSettings {
  readonly level: "debug" | "info" | "warn" | "error";
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  readonly format: "json" | "pretty" | "auto";
}
