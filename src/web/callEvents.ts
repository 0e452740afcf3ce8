import type { TranscriptLine } from "../protocol/web.ts";
import type { CallEnd, Direction, Latency, OptOut, Pickup } from "./apiTypes.ts";
import type { RecordingCourse } from "./records/recordingTypes.ts";
import type { TransferMode, TransferStep } from "./transferTypes.ts";

/** The call events that the page shows; the API sends more types than these. */
export type CallEvent =
  | { readonly type: "started"; readonly direction: Direction; readonly agent: string }
  | {
    readonly type: "resumed";
    readonly direction: Direction;
    readonly agent: string;
    readonly afterMs: number;
  }
  | { readonly type: "connected" }
  | { readonly type: "speaking"; readonly who: "caller" | "agent"; readonly on: boolean }
  | {
    readonly type: "turn";
    readonly turn: Omit<TranscriptLine, "by"> & {
      readonly by: TranscriptLine["by"] | "whisper";
      readonly startedMs: number;
    };
  }
  | {
    readonly type: "toolStarted";
    readonly toolCallId: string;
    readonly name: string;
    readonly arguments: string;
  }
  | {
    readonly type: "toolEnded";
    readonly toolCallId: string;
    readonly name: string;
    readonly ok: boolean;
    readonly waits?: true;
    readonly output: string;
    readonly durationMs: number;
  }
  | {
    readonly type: "latency";
    readonly itemId: string;
    readonly latency: Omit<Latency, "turnId" | "firstHeardMs"> & { readonly firstHeardMs?: number };
  }
  | { readonly type: "modelLost" }
  | { readonly type: "modelReady"; readonly again: boolean }
  | { readonly type: "notice"; readonly code: string }
  | {
    readonly type: "menu";
    readonly step: { readonly number: number; readonly heard: string; readonly keys?: string };
  }
  | { readonly type: "hold"; readonly on: boolean }
  | ({ readonly type: "pickup" } & Pickup)
  | ({ readonly type: "optedOut" } & Omit<OptOut, "atMs">)
  | ({ readonly type: "recording" } & RecordingCourse)
  | (
    & {
      readonly type: "transfer";
      /** Counts the transfers of the call, from 1. */
      readonly number: number;
      readonly alias: string;
      readonly mode: TransferMode;
    }
    & TransferStep
  )
  | { readonly type: "handoff"; readonly to: string; readonly title: string }
  | {
    readonly type: "listeningStarted" | "listeningEnded";
    readonly id: string;
    /** Name of the API key. */
    readonly by?: string;
  }
  | { readonly type: "handedOver" }
  | { readonly type: "ended"; readonly end: CallEnd; readonly durationMs: number };
