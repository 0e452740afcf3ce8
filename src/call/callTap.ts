import type { Milliseconds } from "./types.ts";

/** A stretch of the agent's speech of which it is known that it was heard, and when. */
export interface HeardSound {
  /** In the leg's format; stays as it is. */
  readonly audio: Uint8Array;
  /**
   * When its first sample was heard, by the clock of the call's inputs. Before the end of the stretch before it
   * where that turns out to have been heard earlier than was told.
   */
  readonly at: Milliseconds;
}

/** What becomes of a recording; `stop` is for good. */
export type RecordingChange = "start" | "pause" | "resume" | "stop";

/**
 * Takes a call's audio away to be kept: the caller's frames as they arrive, the agent's speech as it was
 * heard. Times are milliseconds since the call began. None of its methods throws or waits.
 */
export interface CallTap {
  /** A frame that has just arrived; its bytes are copied, as they change with the next frame. */
  caller(frame: Uint8Array, atMs: Milliseconds): void;
  agent(audio: Uint8Array, atMs: Milliseconds): void;
  change(change: RecordingChange, atMs: Milliseconds): void;
  /** The session is over; the recording is too, unless the call goes on elsewhere. */
  close(atMs: Milliseconds, goesOn: boolean): void;
}
