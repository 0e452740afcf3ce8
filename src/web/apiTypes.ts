import type { RecordedTransfer } from "./transferTypes.ts";
import type { TranscriptLine } from "../protocol/web.ts";
import type { Recording } from "./records/recordingTypes.ts";

/** The titles that people read, by the names of the agents. */
export type AgentTitles = ReadonlyMap<string, string>;

/** A call as the API lists it; null where a value is not known. */
export interface CallSummary {
  readonly id: string;
  readonly direction: Direction;
  readonly agent: string;
  readonly currentAgent: string;
  readonly agentVersion: string | null;
  readonly status: Status;
  readonly key: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** ISO 8601, as all times here. */
  readonly startedAt: string;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly connectedMs: number | null;
  readonly end: CallEnd | null;
  readonly outcome: string | null;
  readonly answeredBy: string | null;
  readonly model: string | null;
  readonly usage: Usage;
  readonly cost: Cost | null;
  /** Of a live call, in dollars; null where prices are not known. */
  readonly costSoFar: number | null;
  readonly savings: Savings | null;
  readonly latency:
    | { readonly turns: number; readonly p50Ms: number; readonly p95Ms: number }
    | null;
  /** Whether the criteria of its analysis were met. */
  readonly passed: boolean | null;
  /** What operators have filed it under. */
  readonly tags: readonly string[];
}

export type Direction = "inbound" | "outbound" | "web";
type Status = "queued" | "ringing" | "live" | "ended";

export interface CallEnd {
  readonly reason: string;
  readonly detail?: string | null;
  /** Name of the transfer that followed, where no agent could go on. */
  readonly transferTo?: string;
}

/** Tokens; the cached ones are part of the input. */
export interface Usage {
  readonly inputText: number;
  readonly inputAudio: number;
  readonly cachedText: number;
  readonly cachedAudio: number;
  readonly outputText: number;
  readonly outputAudio: number;
  readonly transcriptionInput: number;
  readonly transcriptionOutput: number;
  readonly transcriptionSeconds: number;
}

/** US dollars; null where a price is not known. */
interface Cost {
  readonly usd: number | null;
  readonly parts:
    & Readonly<Record<Exclude<CostPart, "analysis">, number | null>>
    & { readonly analysis?: number | null };
}

/** Tokens that the model would have read besides, and the dollars saved, which may be negative; an estimate. */
export interface Savings {
  readonly inputText: number;
  readonly inputAudio: number;
  readonly usd: number | null;
}

export type CostPart = "text" | "audio" | "transcription" | "telephony" | "analysis";

/** A transcript line; `startedMs` counts from the start of the call. */
export type TimedLine = Omit<TranscriptLine, "position" | "agent" | "by"> & {
  /** `whisper`: an operator told the agent alone. */
  readonly by: TranscriptLine["by"] | "whisper";
  readonly agent: string | null;
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** What the agent was to say besides, and nobody heard. */
  readonly unheard: string | null;
};

/** A sentence that the caller had to hear to its last word. */
export interface MustHear {
  readonly name: string;
  readonly text: string;
  readonly heard: boolean;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly times: number;
}

/** Who or what was at the far end, and one snake_case word for how that was found out. */
export interface Pickup {
  readonly who: "person" | "machine" | "screener" | "fax";
  readonly why: string;
  readonly atMs: number;
}

/** How the person who was called said that they want no more calls. */
export interface OptOut {
  readonly by: "word" | "key" | "agent";
  readonly words?: string | null;
  readonly atMs: number;
}

/** Something that the agent has committed to, and the caller has heard. */
export interface HeardPromise {
  readonly kind: "price" | "time" | "callback";
  readonly sentence: string;
  readonly fromMs: number;
}

export interface ToolUse {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it. */
  readonly arguments: string;
  readonly startedMs: number;
  readonly result:
    | {
      readonly ok: boolean;
      readonly output: string;
      readonly durationMs: number;
      readonly error: string | null;
    }
    | null;
}

/** How long the caller waited for a line of the agent; each part follows the one before. */
export interface Latency {
  readonly turnId: string;
  readonly responseMs: number;
  readonly firstAudioMs: number;
  readonly firstHeardMs: number | null;
  readonly totalMs: number;
}

/** What one response of the model has used; `usd` is null where a price is not known. */
export interface ResponseUsage {
  readonly atMs: number;
  readonly turnId: string | null;
  readonly usage: Omit<
    Usage,
    "transcriptionInput" | "transcriptionOutput" | "transcriptionSeconds"
  >;
  readonly usd: number | null;
}

export interface CallDetail extends CallSummary {
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly precall: { readonly status: string; readonly problems: readonly string[] } | null;
  readonly consent: {
    readonly source: string;
    readonly at: string;
    readonly text: string | null;
  } | null;
  /** Each corrects the one before. */
  readonly pickups: readonly Pickup[];
  readonly optOut: OptOut | null;
  readonly turns: readonly TimedLine[];
  readonly tools: readonly ToolUse[];
  readonly latencies: readonly Latency[];
  readonly responses: readonly ResponseUsage[];
  readonly mustHear: readonly MustHear[];
  readonly transfers: readonly RecordedTransfer[];
  /** To whom the caller may be transferred now. */
  readonly transferNames: readonly string[];
  readonly listeners: readonly {
    readonly id: string;
    /** Name of the API key. */
    readonly key: string | null;
    readonly fromMs: number;
    readonly toMs: number | null;
  }[];
  readonly promises: readonly HeardPromise[];
  readonly handoffs: readonly { readonly atMs: number; readonly to: string }[];
  readonly phoneMenu: {
    readonly steps: readonly {
      readonly atMs: number;
      readonly heard: string;
      readonly keys: string | null;
    }[];
    readonly holds: readonly {
      readonly fromMs: number;
      readonly toMs: number | null;
      readonly withheldMs: number;
    }[];
    readonly holdMs: number;
    readonly withheldMs: number;
  } | null;
  readonly recording: Recording | null;
  /** Those that were booked in it. */
  readonly appointments: readonly Appointment[];
  readonly analysis: Analysis | null;
}

/** An appointment as the API lists it. */
export interface Appointment {
  readonly id: string;
  readonly calendar: string;
  readonly service: string;
  /** ISO 8601, as all times here. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly state: "booked" | "cancelled";
  /** Empty once it is erased. */
  readonly name: string;
  readonly phone: string | null;
  readonly note: string | null;
  readonly callId: string | null;
}

export interface ListedCalendar {
  readonly name: string;
  readonly timeZone: string;
  /** Titles of its services, by their names. */
  readonly services: Readonly<Record<string, string>>;
}

export interface AppointmentPage {
  readonly appointments: readonly Appointment[];
  readonly more: boolean;
  readonly calendars: readonly ListedCalendar[];
}

/** Where something was said; `atMs` counts from the start of the call. */
export interface Citation {
  readonly turnId?: string;
  readonly atMs?: number;
}

export type CriterionResult = "pass" | "fail" | "unknown";

/** What a text model made of a call after its end. */
export interface Analysis {
  readonly state: "pending" | "done" | "skipped" | "failed";
  readonly reason: string | null;
  readonly summary: string | null;
  readonly fields: Readonly<
    Record<string, Citation & { readonly value: string | number | boolean | null }>
  >;
  readonly success: Readonly<
    Record<string, Citation & { readonly result: CriterionResult; readonly reason: string }>
  >;
  readonly passed: boolean | null;
}

export interface Analytics {
  readonly calls: number;
  readonly duration: { readonly totalMs: number };
  readonly latency: { readonly p50Ms: number | null };
  readonly cost: { readonly usd: number; readonly unknown: number };
  readonly analysis: { readonly passedShare: number | null };
}
