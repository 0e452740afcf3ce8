import { isLoopback } from "../../utils/http/loopback.ts";
import type { SimClock } from "./simClock.ts";
import type { LinkOptions } from "./media/delayLine.ts";
import type { CallerConditions } from "./media/callerFrames.ts";
import type { Random } from "./random.ts";
import type { CalleePlan } from "./callee/calleePlan.ts";
import type { Voice } from "../voice/voice.ts";

/** The account whose calls are simulated. */
export interface PhoneAccount {
  readonly accountSid: string;
  readonly authToken: string;
  /** The account's number, E.164. */
  readonly number: string;
  readonly apiKeySid?: string | undefined;
  readonly apiKeySecret?: string | undefined;
}

/** What happens when a number is dialled. */
export interface NumberPlan {
  readonly answer: "human" | "machine" | "fax" | "busy" | "no-answer" | "failed";
  /** What is there once it is answered; without, a person who does what the test or the script says. */
  readonly callee?: CalleePlan;
  /** What machine detection says; without, it listens to the callee, or knows the answer where there is none. */
  readonly answeredBy?: string;
  /** How long it rings first. */
  readonly afterMs?: number;
  /** After a <Dial> is answered: how long the far end talks before it hangs up. */
  readonly talkMs?: number;
  /** How long machine detection takes. */
  readonly detectMs?: number;
  /** Refuses the create request with this error code of Twilio. */
  readonly errorCode?: number;
}

/** Delay, loss and timing of simulated calls; perfect by default. */
export interface LineQuality extends CallerConditions {
  readonly toApp?: LinkOptions;
  readonly fromApp?: LinkOptions;
  /** How late the first audio after silence plays: a figure, or one drawn for each burst. */
  readonly startupDelayMs?: number | ((random: Random) => number);
  /** How fast <Say> reads. */
  readonly sayMsPerCharacter?: number;
  /** How long a second of <Pause> lasts. */
  readonly pauseMsPerSecond?: number;
  /** How much of what was heard is kept; 0 keeps nothing. */
  readonly keepHeardMs?: number;
  /** How much of what callers said is kept; nothing by default. */
  readonly keepSaidMs?: number;
}

/** How the delivery of status callbacks fails. */
export interface CallbackFaults {
  /** `shuffled` delivers each up to `lateMs` late, on its own; otherwise one waits for the other. */
  readonly order?: "inOrder" | "shuffled";
  readonly lateMs?: number;
  /** The share of callbacks delivered twice, and of those never delivered. */
  readonly duplicateRate?: number;
  readonly dropRate?: number;
}

export type HostedDocument = (
  url: URL,
  params: Readonly<Record<string, string>>,
) => string | undefined;

/** What all calls of one simulated network share. */
export interface NetworkContext {
  readonly account: PhoneAccount;
  readonly clock: SimClock;
  readonly random: Random;
  readonly line: LineQuality;
  readonly callbackFaults: CallbackFaults;
  /** Says what callers say as text. */
  readonly voice?: Voice | undefined;
  /** Further voices, by name. */
  readonly voices?: Readonly<Record<string, Voice>> | undefined;
  /** The origin that webhooks and streams are signed for. */
  readonly publicUrl: string;
  /** Aborts when the network closes. */
  readonly signal: AbortSignal;
  /** What Twilio's own servers answer, by their hosts: TwiML, or undefined where there is none. */
  readonly hosted: Map<string, HostedDocument>;
  /** What the account may not do in calls. */
  readonly restrictions: Set<"streams">;
  /** Where to really connect for a URL of the app's; undefined for one that is not the app's. */
  route(url: URL): URL | undefined;
  plan(address: string): NumberPlan;
}

/** Maps the app's public URLs onto where it really listens; only loopback is ever reached. */
export function routeToApp(
  url: URL,
  publicUrls: Iterable<string>,
  baseUrl: string,
): URL | undefined {
  const isApp = [...publicUrls].some((publicUrl) => url.host === new URL(publicUrl).host);
  if (!isApp) return isLoopback(url.hostname) ? url : undefined;
  const target = new URL(baseUrl);
  const secure = target.protocol === "https:";
  const protocol = url.protocol.startsWith("ws") ? (secure ? "wss:" : "ws:") : target.protocol;
  return new URL(`${protocol}//${target.host}${url.pathname}${url.search}`);
}
