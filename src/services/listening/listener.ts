import type { StereoPiece } from "./stereoMixer.ts";

/** Somebody who listens to a call. None of its methods throws or waits. */
export interface Listener {
  /** Of this time that they listen. */
  readonly id: string;
  /** Name of the API key; absent where the server has none. */
  readonly by?: string;
  hear(piece: StereoPiece): void;
  /** Nothing more is heard. `moved` where the call may go on, in another process or out of reach of this one. */
  end(why: ListeningEnd): void;
}

export type ListeningEnd = "ended" | "moved";

/** Why nobody can listen, or nobody more. */
export const listeningRefusals = ["not_live", "too_many_of_call", "too_many"] as const;
export type ListeningRefusal = (typeof listeningRefusals)[number];
