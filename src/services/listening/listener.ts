import type { StereoPiece } from "./stereoMixer.ts";

/** One listener to one call. None of its methods throws or waits. */
export interface Listener {
  /** Of this listening: the same key has another one the next time. */
  readonly id: string;
  /** Name of the API key; absent where the server has none. */
  readonly by?: string;
  hear(piece: StereoPiece): void;
  /** Nothing more is heard. `moved` where the call may go on, in another process or out of reach of this one. */
  end(why: ListeningEnd): void;
}

export type ListeningEnd = "ended" | "moved";

/**
 * Why a call cannot be heard, or not by one more listener. `too_many_relayed` where its process sends as many calls
 * to others as it may.
 */
export const listeningRefusals = [
  "not_live",
  "too_many_of_call",
  "too_many",
  "too_many_relayed",
] as const;
export type ListeningRefusal = (typeof listeningRefusals)[number];
