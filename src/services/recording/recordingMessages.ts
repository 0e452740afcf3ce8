import type { RecordingChange } from "../../call/callTap.ts";
import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { FaultCode } from "./recordingFault.ts";
import type { Side } from "./sampleFile.ts";

/** What the thread that writes recordings is told first. */
export interface RecordingOptions {
  readonly dir: string;
  /** The first seals new files; any opens old ones. Without any, files are plain. */
  readonly keys: readonly Uint8Array[];
  readonly maxMs: number;
  /** With less room on the disk nothing is written. */
  readonly minFreeBytes: number;
}

/** To the thread; `tap` is the number of one session's recording. */
export type RecordingMessage =
  | { readonly type: "options"; readonly options: RecordingOptions }
  | {
    readonly type: "open";
    readonly tap: number;
    readonly callId: string;
    readonly format: AudioFormat;
  }
  | TapAudio
  | {
    readonly type: "change";
    readonly tap: number;
    readonly change: RecordingChange;
    readonly atMs: number;
  }
  | { readonly type: "close"; readonly tap: number; readonly atMs: number }
  | { readonly type: "ask"; readonly id: number; readonly question: RecordingQuestion };

/**
 * Audio of all calls: `pieces` has `PIECE_NUMBERS` numbers for each piece, which are its tap, its kind, its time
 * in the call in milliseconds, and how many of the `bytes` it has.
 */
export interface TapAudio {
  readonly type: "audio";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly pieces: Float64Array<ArrayBuffer>;
}

export const PIECE_NUMBERS = 4;
/** Kinds of pieces. */
export const CALLER_PIECE = 0;
export const AGENT_PIECE = 1;

export type RecordingQuestion =
  /** Bytes of the WAV file that the recording is, or was when it had so many `bytes`, however it is kept. */
  | {
    readonly kind: "read";
    readonly callId: string;
    readonly from: number;
    readonly to: number;
    readonly bytes: number;
  }
  | { readonly kind: "size"; readonly callId: string }
  /** How loud both sides are at their loudest between every two of these samples, which rise. */
  | { readonly kind: "peaks"; readonly callId: string; readonly edges: Float64Array<ArrayBuffer> }
  | {
    readonly kind: "silence";
    readonly callId: string;
    readonly side: Side;
    readonly fromMs: number;
    readonly toMs: number;
  }
  | { readonly kind: "remove"; readonly callIds: readonly string[] }
  /** The calls of which there are files, or of those alone that were last written before a time. */
  | { readonly kind: "list"; readonly before?: number }
  /** Whether files can be written. */
  | { readonly kind: "check" };

export interface RecordingSize {
  /** Of the WAV file. */
  readonly bytes: number;
  readonly durationMs: number;
  readonly modifiedAt: number;
  /** Of one side, and how many of them are a second. */
  readonly samples: number;
  readonly hz: number;
}

/** From the thread. */
export type RecordingNews =
  /** So many bytes of `audio` are done with. */
  | { readonly type: "taken"; readonly bytes: number }
  | { readonly type: "failed"; readonly tap: number; readonly code: FaultCode }
  | {
    readonly type: "closed";
    readonly tap: number;
    readonly bytes: number;
    readonly durationMs: number;
  }
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "refused"; readonly id: number; readonly code: FaultCode };
