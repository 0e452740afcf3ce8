import type { MustHearProof, RecordingStatus, TranscriptTurn } from "./callEvent.ts";
import type { CallUsage } from "./callUsage.ts";
import type { FarEnd } from "./ending/answeringMachineInput.ts";
import type { ResumedTransfers } from "./transfer.ts";
import type { ToolCall } from "./realtimeClient.ts";
import type { CallEnd, Milliseconds } from "./types.ts";

/** A call in the middle of which a fresh session goes on: what another session had of it. */
export interface ResumedCall {
  /** Since the call began: the times of its turns and tools go on from here. */
  readonly elapsedMs: Milliseconds;
  /** Since its first leg joined; absent where none has, and so nothing has been heard. */
  readonly connectedMs?: Milliseconds;
  /** As far as they are known; one that is not final was broken off. */
  readonly turns: readonly TranscriptTurn[];
  readonly tools: readonly ResumedTool[];
  /** Who answers a placed call, where that is still being found out; no conversation is under way then. */
  readonly farEnd?: "undecided" | Exclude<FarEnd, "fax">;
  /** Sentences that the caller had to hear, and what is proven of them. */
  readonly mustHears?: readonly ResumedMustHear[];
  /** Absent where it is not, and was not, recorded. */
  readonly recordingStatus?: RecordingStatus;
  /** With which the call was to end when its last words had been heard. */
  readonly plannedEnd?: CallEnd;
  /** Absent where no agent has handed the call over. */
  readonly handoffs?: ResumedHandoffs;
  /** Absent where no one was to be put through. */
  readonly transferred?: ResumedTransfers;
  /** Observers go on counting from here. */
  readonly usage: CallUsage;
}

export type ResumedMustHear = MustHearProof & {
  readonly text: string;
  /** How often it was said, to its end or not. */
  readonly times: number;
};

/** Which agents have had the call. */
export interface ResumedHandoffs {
  /** Name of the agent that the call began with. */
  readonly first: string;
  readonly count: number;
  /** Position of the first line that the present agent is told of; absent for the first of all. */
  readonly historyFrom?: number;
  /** The latest, by which the present agent has got the call. */
  readonly latest: {
    readonly from: string;
    readonly atMs: Milliseconds;
    readonly why?: string;
    readonly facts?: string;
    readonly summary?: string;
  };
}

/** A tool call of an earlier session. */
export interface ResumedTool extends ToolCall {
  /** The agent that had the call then. */
  readonly agent?: string;
  readonly startedMs: Milliseconds;
  /** When it answered, where that is known. */
  readonly endedMs?: Milliseconds;
  /** Absent where it is not known whether it was carried out: it is never run again. */
  readonly output?: string;
}
