import type { AudioFormat } from "../../utils/audio/audioFormat.ts";

/** One thing that the agent has to say, as it came from the model: its sound, and the words of it. */
export interface SpokenItem {
  readonly id: string;
  readonly format: AudioFormat;
  readonly audio: Uint8Array;
  /** Pieces of the text, each with how many bytes of sound had come before it. */
  readonly texts: readonly { readonly text: string; readonly atByte: number }[];
  /** Whether each piece of the text begins where its sound begins, as the built-in engine sends them. */
  readonly isInStep: boolean;
  /** More of its sound or of its text may come. */
  readonly isOpen?: boolean;
}

/** Sound as it was played to the caller. */
export interface EarPiece {
  /** When its first sample sounded: milliseconds since the call was answered. */
  readonly atMs: number;
  readonly audio: Uint8Array;
}
