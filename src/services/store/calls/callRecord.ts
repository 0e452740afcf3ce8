import type { ListeningRecord } from "./listeningRecord.ts";
import type { PhoneMenuRecord } from "./phoneMenuColumn.ts";
import type {
  CallEvent,
  MustHearProof,
  TranscriptTurn,
  TurnLatency,
} from "../../../call/callEvent.ts";
import type { RecordingRecord, RedactedSpanRecord } from "./recordingRecord.ts";
import type { ResponseUsageRecord } from "./responseUsageRecord.ts";
import type { CallAnalysis } from "../analyses/analysis.ts";
import type { CallUsage } from "../../../call/callUsage.ts";
import type { TransferRecord } from "./transferRecord.ts";
import type { FarEnd } from "../../../call/callInput.ts";
import type { CallDirection, CallEnd, CallRequest } from "../../../call/types.ts";

export type { CallUsage };

export const recordStatuses = ["queued", "ringing", "live", "ended"] as const;
export type RecordStatus = (typeof recordStatuses)[number];

/**
 * What became of a call that was placed. Answered: `human` by answering machine detection, `answered`
 * without detection or a result of it. A machine: `voicemail` where a message was left, `machine` where
 * the call was ended. `screened`: a screener asked who calls, and no person took the call. `failed` has its reason in the end's detail; `unknown` is a call of which it is not
 * known whether it was dialled, or how it ended.
 */
export const callOutcomes = [
  "answered",
  "human",
  "voicemail",
  "machine",
  "screened",
  "no_answer",
  "busy",
  "failed",
  "cancelled",
  "unknown",
] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** Who or what was found at the far end of a call, and one snake_case word why; since the call began. */
export interface PickupRecord {
  readonly who: FarEnd;
  readonly why: string;
  readonly atMs: number;
}

/** What took a call that was placed, as it was found last. */
export const answerers = ["human", "machine", "screener", "fax", "unknown"] as const;
export type AnsweredBy = (typeof answerers)[number];

/** Dollars; null for what was used and has no known price. */
export interface CallCost {
  readonly usd: number | null;
  readonly parts: {
    readonly text: number | null;
    readonly audio: number | null;
    readonly transcription: number | null;
    readonly telephony: number | null;
    /** Absent where no model has read the call after its end. */
    readonly analysis?: number | null;
  };
  /** No telephony price is set: that part is a high estimate. */
  readonly telephonyEstimated?: true;
}

/**
 * Input tokens that a model did not read, by estimate, because words took the place of sound; the cached
 * ones are part of them. Text and cached ones may be negative: more of these were read.
 */
export interface CallSavings
  extends Pick<CallUsage, "inputText" | "inputAudio" | "cachedText" | "cachedAudio"> {
  /** Dollars, negative where it cost more; known when the call has ended and the model has a price. */
  readonly usd?: number | null;
}

/** Over the turns of one call, from the caller's last sound to the agent's first. */
export interface LatencySummary {
  readonly turns: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What the person who is called has agreed to; `at` is an ISO 8601 time. */
export interface CallConsent {
  readonly source: string;
  readonly at: string;
  readonly text?: string | undefined;
}

/** `atMs` since the call began. */
export interface CallOptOut extends Pick<Extract<CallEvent, { type: "optedOut" }>, "by" | "words"> {
  readonly atMs: number;
}

/** One call; times are milliseconds since 1970. */
export interface CallRecord {
  readonly id: string;
  readonly direction: CallDirection;
  readonly agent: string;
  /** The agent that has, or had, the call last; absent for the one that it began with. */
  readonly currentAgent?: string;
  /** Of the definition that the call's newest session runs; absent before its first. */
  readonly agentVersion?: string;
  readonly keyName?: string;
  readonly callSid?: string;
  readonly from?: string;
  readonly to?: string;
  /** Whether the carrier vouches for the far end's number; absent where it was not asked. */
  readonly callerProven?: boolean;
  readonly status: RecordStatus;
  readonly startedAt: number;
  readonly answeredAt?: number;
  readonly endedAt?: number;
  readonly durationMs?: number;
  /** How long the caller talked with people while the call lasted; absent where none was to be put through. */
  readonly personMs?: number;
  /** How long people were on the line who were asked to take the call, each of them counted. */
  readonly askedMs?: number;
  /** How long the caller talked on with one after it; known when all legs are over. */
  readonly transferredMs?: number;
  readonly end?: CallEnd;
  /** With which a live call ends when its last words have been heard. */
  readonly plannedEnd?: CallEnd;
  /** Only of outbound calls. */
  readonly outcome?: CallOutcome;
  readonly answeredBy?: AnsweredBy;
  /** How that was found out by listening, the last being what it was taken for. */
  readonly pickups?: readonly PickupRecord[];
  readonly model?: string;
  readonly transcriptionModel?: string;
  readonly usage: CallUsage;
  /** Known when the call has ended. */
  readonly cost?: CallCost;
  /** Absent where nothing was saved. */
  readonly savings?: CallSavings;
  readonly latency?: LatencySummary;
  /** Whether the criteria of its analysis were met; absent where that is not known. */
  readonly passed?: boolean;
  /** What operators have filed it under; absent where that is nothing. */
  readonly tags?: readonly string[];
  /** The process that holds, or held, the call. */
  readonly instanceId: string;
  readonly metadata?: NonNullable<CallRequest["metadata"]>;
  readonly precall?: NonNullable<CallRequest["precall"]>;
  /** Only of outbound calls, as whoever asked for the call said. */
  readonly consent?: CallConsent;
  /** That the person who was called wants no more calls. */
  readonly optOut?: CallOptOut;
  /** Of calls that were placed into phone systems. */
  readonly phoneMenu?: PhoneMenuRecord;
  /** What the agent was told of this call, for a process that goes on with it; of placed calls the queue has it. */
  readonly briefing?: CallBriefing;
}

export type CallBriefing = Pick<CallRequest, "language" | "context" | "variables" | "unchecked">;

/** One call of a tool by the model. */
export interface ToolRecord {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  /** Since the call began. */
  readonly startedMs: number;
  /** Absent while the tool runs, or when the call ended before it did. */
  readonly result?: {
    readonly ok: boolean;
    readonly output: string;
    readonly durationMs: number;
  };
}

/** How long the caller waited for one answer. */
export interface LatencyRecord extends TurnLatency {
  /** The agent's turn that the caller waited for. */
  readonly itemId: string;
}

/** How one agent handed the call over to another; `atMs` counts from the beginning of the call. */
export interface HandoffRecord {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  /** Content hash of the file of `to`. */
  readonly version?: string;
  readonly reason?: string;
  readonly facts?: string;
  /** What `to` was told in the place of the conversation. */
  readonly summary?: string;
  /** Position of the first line that `to` is told of; absent for the first of all. */
  readonly historyFrom?: number;
  /** What `to` is charged by. */
  readonly model?: string;
  readonly transcriptionModel?: string;
  /** Of the whole call until then. */
  readonly usageBefore: CallUsage;
}

/** Keys that the caller pressed; `atMs` counts from the beginning of the call. */
export interface DigitsRecord {
  readonly atMs: number;
  /** Absent where they are sensitive: those are never stored. */
  readonly digits?: string;
}

/** A sentence that the caller had to hear to its last word. */
export type MustHearRecord = {
  readonly name: string;
  readonly text: string;
  readonly times: number;
} & MustHearProof;

/** What was said and done during a call, each list in its order. */
export interface CallContent {
  readonly turns: readonly TranscriptTurn[];
  readonly tools: readonly ToolRecord[];
  readonly latencies: readonly LatencyRecord[];
  /** Absent where there are none, as of calls before this was recorded. */
  readonly responses?: readonly ResponseUsageRecord[];
  readonly digits: readonly DigitsRecord[];
  readonly mustHear: readonly MustHearRecord[];
  readonly handoffs: readonly HandoffRecord[];
  /** Absent where nothing was recorded, and nobody asked whether that may be. */
  readonly recording?: RecordingRecord;
  /** In the order of time; absent where there are none. */
  readonly redactedSpans?: readonly RedactedSpanRecord[];
  readonly transfers: readonly TransferRecord[];
  /** In the order of time; absent where nobody has listened in. */
  readonly listenings?: readonly ListeningRecord[];
  /** Absent where the call is not, or not yet, to be analysed. */
  readonly analysis?: CallAnalysis;
}

/** A call that begins. */
export interface NewCall
  extends
    Pick<CallRecord, "id" | "direction" | "agent" | "keyName" | "startedAt" | "instanceId">,
    Pick<CallRecord, "callSid" | "from" | "to" | "callerProven" | "model" | "transcriptionModel">,
    Pick<CallRecord, "metadata" | "precall" | "consent" | "briefing"> {
  readonly status: Exclude<RecordStatus, "ended">;
}

/**
 * What becomes known of a call after its beginning; replaces what was there. `status` never moves backwards;
 * the first `answeredAt` and the first `outcome` stay.
 */
export type CallChanges =
  & Partial<Pick<NewCall, "status" | "callSid" | "from" | "to" | "model" | "transcriptionModel">>
  & Partial<
    Pick<CallRecord, "agentVersion" | "answeredAt" | "outcome" | "answeredBy" | "usage" | "savings">
  >
  & Partial<Pick<CallRecord, "optOut" | "phoneMenu" | "pickups">>
  /** Null where it was taken back. */
  & { readonly plannedEnd?: CallEnd | null };

/** The terminal record of a call. */
export interface CallEnding
  extends Required<Pick<CallRecord, "end" | "endedAt" | "durationMs" | "usage" | "cost">> {
  /** Used where none has been set before. */
  readonly outcome?: CallOutcome;
  readonly savings?: CallSavings;
  readonly personMs?: number;
  readonly askedMs?: number;
  readonly latency?: LatencySummary;
  /** From the caller's last sound to the agent's first, turn by turn. */
  readonly latenciesMs: readonly number[];
}

export const noUsage: CallUsage = {
  inputText: 0,
  inputAudio: 0,
  cachedText: 0,
  cachedAudio: 0,
  outputText: 0,
  outputAudio: 0,
  responses: 0,
  transcriptionInput: 0,
  transcriptionOutput: 0,
  transcriptionSeconds: 0,
};
