import type { TranscriptTurn } from "../call/callEvent.ts";
import type { CallDirection } from "../call/types.ts";
import type { HeardLine } from "./ear/heardLines.ts";
import type { CallerSpan, TurnTaking } from "./ear/turnTaking.ts";
import type { CallerStep } from "./scenario.ts";

/** What is known of a call that is over: from its far end, and from the server's record. */
export interface CallEvidence {
  readonly lines: readonly HeardLine[];
  /** Whose the words of the lines are, or `ear` where the sound was transcribed: when they sounded is told by it. */
  readonly wordsBy: "model" | "record" | "ear" | "nobody";
  /** Why the sound could not be transcribed; absent where it was, or was not to be. */
  readonly notTranscribed?: string;
  readonly taking: TurnTaking;
  /** What the caller said, typed or pressed. */
  readonly said?: readonly CallerSpan[];
  readonly missed: readonly MissedStep[];
  /** Milliseconds since the answer. */
  readonly endMs: number;
  /** How much the line itself brings the server's times and the ear's apart at most. */
  readonly lineWandersMs: number;
  /** How late the process was in which all of it ran; absent where that was not measured. */
  readonly late?: Lateness;
  /** Absent where the server has none, or does not give it. */
  readonly record?: RecordedCall;
}

/** A step of the caller's that did not come about, such as words that were waited for. */
export interface MissedStep {
  readonly what: string;
  /** Milliseconds since the answer. */
  readonly atMs: number;
  readonly step?: CallerStep;
}

export interface Lateness {
  /** By how much all that is due is late, at all times. */
  readonly steadyMs: number;
  /** Times in which the process stood still, beyond that. */
  readonly stalls: readonly LateMoment[];
}

/** A moment at which something that was due had to wait. */
export interface LateMoment {
  /** Milliseconds since the answer: when the waiting was over. */
  readonly atMs: number;
  readonly lateMs: number;
}

/** The part of a call's record that is looked at. Times are milliseconds since the call began. */
export interface RecordedCall {
  readonly id: string;
  readonly agent?: string;
  readonly direction?: CallDirection;
  /** When the far end took the call. */
  readonly answeredMs?: number;
  readonly durationMs?: number;
  readonly end?: { readonly reason: string; readonly detail?: string };
  readonly outcome?: string;
  readonly answeredBy?: string;
  readonly costUsd?: number;
  /** What its analysis has cost of that. */
  readonly analysisUsd?: number;
  /** Of each answer, from where the server found the end of the caller's turn. */
  readonly latenciesMs?: readonly number[];
  readonly turns: readonly RecordedTurn[];
  readonly tools: readonly RecordedTool[];
  readonly transfers: readonly {
    readonly alias: string;
    /** How far it came. */
    readonly step: string;
    /** Caller and person have talked with each other. */
    readonly isConnected: boolean;
    readonly why?: string;
    /** The place in its list of the one who was called last, from 0. */
    readonly target?: number;
    readonly spokeMs?: number;
  }[];
  readonly analysis?: Readonly<Record<string, unknown>>;
  /** How far it had come, where one was begun. */
  readonly analysisState?: string;
}

export interface RecordedTurn {
  readonly id: string;
  readonly role: "caller" | "agent";
  readonly text: string;
  readonly interrupted: boolean;
  /** What was cut off. */
  readonly unheard?: string;
  readonly by?: TranscriptTurn["by"];
  /** The server had the agent say it: a greeting, a goodbye, a question that it asks itself. */
  readonly isDictated?: boolean;
  readonly startedMs: number;
  readonly endedMs?: number;
}

export interface RecordedTool {
  readonly name: string;
  readonly arguments: unknown;
  readonly startedMs: number;
  readonly ok?: boolean;
  readonly output?: string;
  readonly durationMs?: number;
}
