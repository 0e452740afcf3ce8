import type { PhoneMenuPolicy } from "./phoneMenu.ts";
import type { AnswerWords, MustHear, OpeningSentence, ToolPolicy } from "./toolPolicy.ts";
import type { TransferPlan } from "./transfer.ts";

/** Monotonic time within a process, or a span of it, in milliseconds. */
export type Milliseconds = number;

export const callDirections = ["inbound", "outbound", "web"] as const;
export type CallDirection = (typeof callDirections)[number];

/** What is known of a call before it begins. */
export interface CallRequest {
  readonly direction: CallDirection;
  /** Name of the agent that takes the call. */
  readonly agent: string;
  /** The carrier's id of the call, where there is one. */
  readonly callSid?: string;
  /** The far end's number, for the record and for `{{variables}}`; kept out of logs. */
  readonly caller?: string;
  readonly called?: string;
  /** Whether the carrier vouches for the far end's number; others may be forged. */
  readonly callerProven?: boolean;
  /** Whether it is to be found out who answers a placed call; absent leaves that to its agent. */
  readonly machineDetection?: boolean;
  /** What the agent should know about this one call. */
  readonly context?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Names of the variables whose values anybody may have written: a visitor's page, or the caller in talk. */
  readonly unchecked?: readonly string[];
  /** Name of the API key that asked for the call. */
  readonly keyName?: string;
  /** Where this one call may not last as long as others. */
  readonly maxMs?: Milliseconds;
  /** The language of this call, where it is not the agent's: a code such as `de`. */
  readonly language?: string;
  /** What those who run the server know of the call; kept with its record, unknown to the model. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What came of asking them about the call before it began. */
  readonly precall?: PrecallNote;
}

/** Whether, and how, a question about a call was answered before the call began. */
export interface PrecallNote {
  /** One snake_case word. */
  readonly status: string;
  /** Names of what was wrong with the answer, and why; never its values. */
  readonly problems: readonly string[];
}

/** How one call behaves; made from the agent's definition and the settings. */
export interface CallPolicy {
  readonly direction: CallDirection;
  readonly agent: string;
  /** Of the agent's definition; for observers alone. */
  readonly agentVersion?: string;
  /** What is said before the greeting, in this order, whatever the caller does. */
  readonly opening?: readonly OpeningSentence[];
  /** How the agent opens; without it the caller speaks first. */
  readonly greeting?: string;
  /** Whether the model starts a response itself when the caller's turn ends. */
  readonly modelResponds: boolean;
  /** Whether the model cancels its response itself when the caller speaks. */
  readonly modelInterrupts: boolean;
  /** Speech shorter than this does not silence the agent, where the model does not interrupt. */
  readonly interruptAfterMs: Milliseconds;
  /** Whether the agent pauses until then, and goes on where it stopped after a false alarm. */
  readonly pausesOnSpeech: boolean;
  /** Whether Parley's own silence detection ends the caller's turns, as the model has none. */
  readonly commitsBySilence: boolean;
  /** Whether the model hears the line itself and reports when the caller speaks. */
  readonly modelListens: boolean;
  /** Whether the agent keeps silent until it is told who or what has answered. */
  readonly findsOutWhoAnswers?: boolean;
  /** Whether nothing that the caller does cuts the greeting off. */
  readonly greetingProtected: boolean;
  /** Whether the model has tools with which to do what it says. */
  readonly usesTools: boolean;
  /** By the tool's name; a tool that is absent runs at once. */
  /** The languages of the conversation, the agent's own first; absent or empty for any. */
  readonly languages?: readonly string[];
  /** Whether the caller's speech becomes known in words; absent means that it does. */
  readonly transcribes?: boolean;
  readonly toolPolicies?: Readonly<Record<string, ToolPolicy>>;
  /** Absent where nothing is recorded. */
  readonly recording?: RecordingPolicy;
  /** By name. */
  readonly mustHear?: Readonly<Record<string, MustHear>>;
  readonly fillerAfterMs: Milliseconds;
  readonly idleMs: Milliseconds;
  readonly maxMs: Milliseconds;
  readonly timeWarningMs: Milliseconds;
  /** When sound in the model's conversation gives way to its words; absent means never. */
  readonly compaction?: {
    /** Since the call began. */
    readonly afterMs: Milliseconds;
    /** So many of the caller's latest turns stay. */
    readonly audioTurns: number;
  };
  /** Absent for calls that do not lead into phone menus. */
  readonly phoneMenu?: PhoneMenuPolicy;
  /** How a called person ends all calls: by words, and by a key; `sentence` confirms it. */
  readonly optOut?: { readonly key?: string; readonly sentence: string };
  readonly digitTimeoutMs: Milliseconds;
  readonly digitsSensitive: boolean;
  /** By alias. */
  readonly transfers: Readonly<Record<string, TransferPlan>>;
  /** The one of them that a caller gets whose agent cannot go on. */
  readonly fallbackTransfer?: string;
}

export interface RecordingPolicy {
  /** Before anything is recorded: nothing, the announcement heard, or the caller's yes to it. */
  readonly consent: "none" | "announce" | "required";
  /** What the caller hears first; empty for `none`. */
  readonly announcement: string;
  /** How callers say yes and no, beside what is known of their languages. */
  readonly words?: AnswerWords;
}

export type CallPhase = "connecting" | "live" | "recovering" | "closing" | "ended";

export interface CallEnd {
  readonly reason: EndReason;
  /** One lower-case word or code, such as `busy` or `timeout`; never personal data. */
  readonly detail?: string;
  /** Alias of the transfer that follows, as the agent could not go on. */
  readonly transferTo?: string;
}

/**
 * How a session lets go of its call: the call has ended, or another process goes on with it. A leg that is
 * closed with `handed_over` leaves its human to that process: nothing tells them that the call is over.
 */
export type SessionEnd = CallEnd | HandedOver;

export interface HandedOver {
  readonly reason: "handed_over";
  /** The human is at the other process already, by another leg. */
  readonly detail?: "joined_elsewhere";
}

/** Whether the call itself is over, and not only the session that held it. */
export function isCallEnd(end: SessionEnd): end is CallEnd {
  return end.reason !== "handed_over";
}

/** Why a call ended: few reasons to count by, with the particulars in `CallEnd.detail`. */
export const endReasons = [
  "caller_hung_up",
  "agent_hung_up",
  "operator_hung_up",
  "transferred",
  "idle",
  "time_limit",
  "spend_limit",
  "not_answered",
  "outside_hours",
  "refused",
  "voicemail",
  "phone_menu",
  "model_failed",
  "leg_failed",
  "server_stopped",
  "internal_error",
] as const;
export type EndReason = (typeof endReasons)[number];
