import type { MusicStyle } from "../../sound/holdMusic.ts";

/** What happens at a number once it is answered: who is there, and how the line sounds. */
export type CalleePlan =
  & (PersonPlan | MachinePlan | ScreenerPlan | FaxPlan | HoldMusicPlan | MenuPlan | StepsPlan)
  & LinePlan;

/** What every far end may have. */
export interface LinePlan {
  /** One of the network's voices by its name; without, its only one. */
  readonly voice?: string;
  /** The level of the noise on the line, in dBFS; a quiet line has none. */
  readonly noiseDb?: number;
  /** Rings on before anything else, though the call counts as answered. */
  readonly ringbackMs?: number;
}

/** A sound from the far end: text for the voice, or any of the others. */
export type Sound =
  | string
  | { readonly audio: Uint8Array }
  | { readonly silenceMs: number }
  | { readonly tone: ToneSound }
  | { readonly musicMs: number; readonly style?: MusicStyle }
  | { readonly ringbackMs: number };

/** Sines that sound together. */
export interface ToneSound {
  readonly hz: number | readonly number[];
  readonly ms: number;
  /** The level of the whole, in dBFS. */
  readonly levelDb?: number;
}

/** One thing that the far end does. */
export type CalleeStep =
  | Sound
  | HoldStep
  /** Until the other side has spoken and is silent; or, where it does not begin in time, no longer. */
  | { readonly listen: { readonly maxMs?: number; readonly silenceMs?: number } }
  /** Keeps what the other side says from here on; ends after that long, or that much silence. */
  | { readonly record: { readonly maxMs?: number; readonly silenceMs?: number } }
  | { readonly press: string }
  | { readonly hangUp: true }
  /** Does nothing until the call ends. */
  | { readonly stay: true };

export interface PersonPlan {
  readonly kind: "person";
  /** How long until the person speaks. */
  readonly afterMs?: number;
  /** Nothing for a person who says nothing first. */
  readonly greeting?: readonly Sound[];
  /** Each is said when the other side has spoken and is silent. */
  readonly replies?: readonly Sound[];
  /** Hangs up that long after the greeting, whatever happens. */
  readonly hangsUpAfterMs?: number;
}

export interface MachinePlan {
  readonly kind: "machine";
  readonly afterMs?: number;
  /** Several parts have `partGapMs` of silence between them. */
  readonly greeting?: readonly Sound[];
  readonly partGapMs?: number;
  /** Null for a machine that does not beep. */
  readonly beep?: ToneSound | null;
  readonly beforeBeepMs?: number;
  /** How much it records; it hangs up then, or after that much silence. */
  readonly recordMs?: number;
  readonly recordSilenceMs?: number;
  /** Says that it cannot take messages, and hangs up. */
  readonly isFull?: boolean;
  /** A person takes the call that long after the answer, whatever the machine does. */
  readonly pickedUpAfterMs?: number;
  readonly person?: PersonPlan;
}

export interface ScreenerPlan {
  readonly kind: "screener";
  readonly style?: "ios" | "pixel";
  readonly afterMs?: number;
  readonly prompt?: readonly Sound[];
  /** How long it waits for an answer before it asks again, and then hangs up. */
  readonly patienceMs?: number;
  /** Said once it has an answer. */
  readonly thanks?: readonly Sound[];
  /** How long the callee takes to decide, and what is said or played meanwhile. */
  readonly decidesAfterMs?: number;
  readonly hold?: readonly Sound[];
  readonly decision?: "accept" | "decline" | "voicemail";
  readonly person?: PersonPlan;
  readonly machine?: MachinePlan;
}

export interface FaxPlan {
  readonly kind: "fax";
}

export interface HoldMusicPlan {
  readonly kind: "music";
  readonly musicMs?: number;
  /** Who takes the call after it. */
  readonly person?: PersonPlan;
}

/** Anything else, step by step. */
export interface StepsPlan {
  readonly kind: "steps";
  readonly steps: readonly CalleeStep[];
}

/** A phone menu, or several that lead to each other. */
export interface MenuPlan {
  readonly kind: "menu";
  /** By name; the call begins with `start`, or else with the first of them. */
  readonly menus: Readonly<Record<string, Menu>>;
  readonly start?: string;
}

/** One menu: its options are read out, a key or a word is waited for, and then again. */
export interface Menu {
  readonly prompt: readonly Sound[];
  /** What a key does, or several keys in a row, such as an extension. */
  readonly keys?: Readonly<Record<string, MenuTarget>>;
  /** What anything does that is said. */
  readonly spoken?: MenuTarget;
  /** How long it waits after the prompt. */
  readonly timeoutMs?: number;
  /** How long it waits for a further key where there may be one. */
  readonly interDigitMs?: number;
  /** How often the prompt is read. */
  readonly reads?: number;
  /** Said for a key that is no option, before the prompt is read again. */
  readonly invalid?: readonly Sound[];
  /** What follows where no choice was made; without, it hangs up. */
  readonly otherwise?: MenuTarget;
}

export type MenuTarget =
  | { readonly menu: string }
  | { readonly steps: readonly CalleeStep[] };

/** Waiting in a queue: music, and announcements in between. */
export interface HoldStep {
  readonly hold: {
    readonly ms: number;
    readonly style?: MusicStyle;
    /** After so much music one of them is said, each in turn. */
    readonly everyMs?: number;
    readonly announcements?: readonly Sound[];
  };
}
