import type { AudioFormat, Base64 } from "../utils/audio/audioFormat.ts";
import type { CallEvent } from "./callEvent.ts";
import type { CallEnd, Milliseconds, SessionEnd } from "./types.ts";

/** The human's side of a call. None of its methods throws or waits, even where its socket has closed. */
export interface CallLeg {
  readonly format: AudioFormat;
  /** How the leg reports what was played: by echoing marks, or by reporting positions in items. */
  readonly reports: "marks" | "positions";
  play(piece: SpeechPiece): void;
  /** A mark with no audio before it; on an empty buffer its echo measures the round trip. */
  mark(name: string): void;
  /** Forgets everything that is buffered and not yet played. */
  clear(): void;
  /** Shows an event to a browser; does nothing on a phone. */
  notify(event: CallEvent): void;
  close(end: SessionEnd): void;
  /** Another leg takes its place; what this one still brings must not reach the call. Absent where none may. */
  onReplaced?(): void;
}

/** A stretch of the agent's speech, ready for a leg; pieces are played in the order they are given. */
export interface SpeechPiece {
  readonly itemId: string;
  readonly audio: Base64;
  readonly durationMs: number;
  /** Where it begins within its item; absent at the item's beginning. */
  readonly offsetMs?: number;
  /** Asks the leg to say when everything up to here has been played. */
  readonly mark?: string;
}

/** The leg broke off, but the human may still be there: another leg may join. */
export interface LegLost {
  readonly type: "lost";
  /** How long the call waits for another leg, where that is not as long as for a phone. */
  readonly rejoinMs?: Milliseconds;
  /** How the call ends where none comes; `leg_failed` unless given. */
  readonly end?: CallEnd;
}

/** What a leg reports. */
export type LegInput =
  | { readonly type: "joined"; readonly reports: CallLeg["reports"]; readonly format: AudioFormat }
  | { readonly type: "marked"; readonly mark: string }
  | {
    readonly type: "rendered";
    readonly itemId: string;
    readonly ms: Milliseconds;
    /** The leg's answer to `clear`: the exact place where the item fell silent. */
    readonly cleared?: boolean;
  }
  /** By the caller, or in their place by an operator, whose words agree to nothing. */
  | { readonly type: "typed"; readonly text: string; readonly byOperator?: true }
  | { readonly type: "digit"; readonly digit: string }
  | { readonly type: "interruptAsked" }
  | { readonly type: "turnCommitted" }
  | { readonly type: "turnCleared" }
  | LegLost
  | { readonly type: "left"; readonly end: CallEnd };
