import type { CallEvent, RecordingStatus } from "../../../call/callEvent.ts";

/** How it stands with the recording of a call. */
export interface RecordingRecord extends RecordingStatus {
  /** The process that wrote it last. */
  readonly instanceId: string;
  /** Of the WAV file, once the call is over. */
  readonly bytes?: number;
  readonly durationMs?: number;
  /** When it was told of; before that, it may still have to be. */
  readonly finishedAt?: number;
  readonly removedAt?: number;
}

/** Writes about the recording of a call; times are in milliseconds since 1970. */
export type RecordingWrite =
  | {
    readonly type: "recording";
    readonly status: RecordingStatus;
    readonly instanceId: string;
  }
  | {
    readonly type: "recordingFinished";
    readonly bytes: number;
    readonly durationMs: number;
  }
  /** All who want to know have been told, durably, that it is whole. */
  | { readonly type: "recordingTold"; readonly at: number }
  | { readonly type: "recordingRemoved"; readonly at: number };

/** A span of a call in which one side said something that is blacked out; recordings are silent there. */
export type RedactedSpanRecord = Omit<Extract<CallEvent, { type: "redacted" }>, "type">;
