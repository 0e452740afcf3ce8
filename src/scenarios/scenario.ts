import type { NoiseKind } from "../sim/sound/backgroundNoise.ts";
import type { PersonSound } from "../sim/sound/personSounds.ts";
import type { Fault } from "../sim/openai/faults.ts";
import type { NumberPlan } from "../sim/twilio/phoneNetwork.ts";

/** One rehearsed conversation: who calls, what they do, and what has to come of it. */
export interface Scenario {
  /** The file's name without its ending, with the folders below `scenarios`: `receptionist/books-a-haircut`. */
  readonly name: string;
  readonly title: string;
  /** The file's path; absent for one that was never in a file. */
  readonly file?: string;
  /** The line of the file in which a step or an expectation of this scenario stands. */
  readonly lineOf?: (part: CallerStep | Expectation) => number | undefined;
  /** Absent where the call decides: by the called number, or the default agent. */
  readonly agent?: string;
  /** When it is acted out, as the agent's clocks show it: `2026-11-30T10:00`; absent for a time at which it is open. */
  readonly at?: string;
  readonly leg: "phone" | "browser";
  /** The server calls, instead of being called: what is at the number. */
  readonly called?: NumberPlan;
  readonly variables: Readonly<Record<string, string>>;
  readonly context?: string;
  /** What happens at further numbers that are dialled: those of transfers. */
  readonly numbers: Readonly<Record<string, NumberPlan>>;
  readonly callers: readonly ScenarioCaller[];
  /** What the built-in engine says and does, the first that fits; without a fit it answers by itself. */
  readonly model: readonly ModelRule[];
  /** What answers in the place of the agent's tools; others run as in a call. */
  readonly tools: readonly ToolStub[];
  /** What goes wrong at the model's end, in the first connection of each call or in every one. */
  readonly faults: { readonly first: readonly Fault[]; readonly every: readonly Fault[] };
  /** Each call is over then, whatever happens. */
  readonly maxMs: number;
  /** Held against each of the callers. */
  readonly expect: readonly Expectation[];
}

/** One of those who call, at the same time as the others. */
export interface ScenarioCaller {
  /** E.164; absent for a number of the rehearsal's. */
  readonly from?: string;
  readonly line: LineConditions;
  /** How much later than the scenario the call begins. */
  readonly afterMs: number;
  /** A voice of the built-in synthesizer. */
  readonly voice?: string;
  readonly steps: readonly CallerStep[];
}

/** How a line is: what is late, what is lost, what is heard in the background. */
export interface LineConditions {
  readonly delayMs: number;
  readonly jitterMs: number;
  /** The share of the caller's frames of 20 ms that are silent instead; from a browser they are late. */
  readonly lossPercent: number;
  /** Now and then nothing passes. */
  readonly stall?: { readonly everyMs: number; readonly ms: number };
  /** What is heard beside the caller, in dBFS. */
  readonly noise?: { readonly kind: NoiseKind; readonly levelDb: number };
}

/** What is said: words for the voice, or a file of sound. */
export type Utterance =
  | { readonly words: string; readonly voice?: string; readonly levelDb?: number }
  | { readonly audio: string; readonly words?: string };

/** When an utterance breaks in on the agent. */
export type CutIn =
  /** So long after the agent began to speak. */
  | { readonly afterMs: number }
  /** As a word begins at the ear: the first of these words to come, or word `number` of what the agent says next. */
  | { readonly word: string }
  | { readonly number: number };

/** What a caller does, one after the other. */
export type CallerStep =
  /** `turn` waits until the agent has finished, `now` for nothing. */
  | { readonly type: "say"; readonly what: Utterance; readonly when: "turn" | "now" | CutIn }
  | { readonly type: "sound"; readonly sound: PersonSound; readonly levelDb: number }
  | { readonly type: "silence"; readonly ms: number }
  | { readonly type: "keys"; readonly digits: string }
  /** A browser's typed line. */
  | { readonly type: "type"; readonly text: string }
  /** Waits for the words to leave the loudspeaker; fails where they do not in time. */
  | { readonly type: "hears"; readonly text: string; readonly withinMs: number }
  /** A text model plays the caller until it is content, or has spoken so often. */
  | {
    readonly type: "improvise";
    readonly persona: string;
    readonly goal: string;
    readonly maxTurns: number;
  }
  | { readonly type: "hangUp" };

/** What the built-in engine does where its caller says something, or a tool has answered. */
export interface ModelRule {
  readonly when:
    | { readonly hears: string }
    | { readonly tool: string };
  readonly says?: string;
  readonly calls: readonly {
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  }[];
  /** What goes wrong at the model's end with this answer, the first time. */
  readonly fault?: Fault;
  /** Once it has been used it fits no more. */
  readonly once: boolean;
}

/** One answer of a tool's, in the place of what the tool does. */
export interface ToolStub {
  readonly name: string;
  /** It fits calls that have at least these arguments. */
  readonly with: Readonly<Record<string, unknown>>;
  readonly result: { readonly output: unknown } | { readonly failure: string };
  readonly delayMs: number;
  /** Once it has been used it fits no more. */
  readonly once: boolean;
}

/** What has to be true when the call is over, as it was at the caller's ear. */
export type Expectation =
  | {
    readonly type: "heard";
    readonly text: string;
    readonly withinMs?: number;
    /** It counts from the end of these words, heard or the caller's, and not from the answer. */
    readonly after?: string;
  }
  | { readonly type: "neverHeard"; readonly text: string }
  /** By a judge: what was heard comes to this, or never does. */
  | { readonly type: "meant"; readonly meaning: string; readonly not: boolean }
  | { readonly type: "firstSoundWithin"; readonly ms: number }
  /** Between the caller's last sound and the agent's first, of each answer. */
  | { readonly type: "answersWithin"; readonly ms: number }
  /** Of each time that the caller broke in: silence after the caller's first sound, until the caller is done. */
  | { readonly type: "cutWithin"; readonly ms: number }
  | { readonly type: "deadAirUnder"; readonly ms: number }
  | {
    readonly type: "tool";
    readonly name: string;
    readonly with?: Readonly<Record<string, unknown>>;
    readonly times?: number;
    /** It was called after the caller had heard this to its last word. */
    readonly afterHeard?: string;
  }
  | { readonly type: "transferredTo"; readonly target: string }
  | { readonly type: "ended"; readonly because: readonly string[] }
  | { readonly type: "outcome"; readonly outcome: string }
  | { readonly type: "answeredBy"; readonly who: string }
  | { readonly type: "analysis"; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly type: "costUnder"; readonly usd: number }
  /** The record says what left the loudspeaker: the same words, cut at the same place within so much. */
  | { readonly type: "recordIsHeard"; readonly withinMs: number };
