import type { AudioFormat, Base64 } from "../utils/audio/audioFormat.ts";
import type { HeardSound } from "./callTap.ts";
import type { Milliseconds } from "./types.ts";

/**
 * Hears both sides of a call as it goes on, for people who listen in. None of its methods throws or waits: they are
 * called on the way of the audio.
 */
export interface CallEar {
  /** A frame that has just arrived, in the leg's format; its bytes change with the next. */
  caller(frame: Uint8Array): void;
  /** The caller is played this next, after all that came before it. */
  agent(audio: Base64): void;
  /** What the caller has not been played yet is dropped. */
  clear(): void;
}

/** A call that is listened to. */
export interface ListenedCall {
  readonly format: AudioFormat;
  /** When the call began, by the clock of its session. */
  readonly startedAt: Milliseconds;
  /** What the leg has been given and is yet to play, and when it is thought to. */
  readonly queued: readonly HeardSound[];
  stop(): void;
}

/** A listener joins a call, or leaves it. */
export interface ListeningInput {
  readonly type: "listening";
  readonly on: boolean;
  /** Of this listening. */
  readonly id: string;
  /** Name of the API key; absent where the server has none. */
  readonly by?: string;
}
