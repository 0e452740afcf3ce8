import type { AudioFormat } from "../utils/audio/audioFormat.ts";
import type { CallEvent, OptOutWay } from "./callEvent.ts";
import type { ToolEffect } from "./callInput.ts";
import type { CallTap } from "./callTap.ts";
import type { JournalEntry } from "./journal.ts";
import type { KeptSpeech } from "./keptSpeech.ts";
import type { ModelSetup } from "./modelSetup.ts";
import type { OpenModel, ToolCall } from "./realtimeClient.ts";
import type { ResumedCall } from "./resumedCall.ts";
import type { CallSession } from "./sessionApi.ts";
import type { TransferOrder } from "./transfer.ts";
import type { CallPolicy, CallRequest, Milliseconds } from "./types.ts";
import type { Clock } from "../utils/clock.ts";

/** What came of a tool call. */
export interface ToolOutcome {
  /** What the model gets. */
  readonly output: string;
  readonly ok: boolean;
  readonly effect?: ToolEffect;
}

/** What a session needs of its surroundings. */
export interface SessionDependencies extends Clock {
  readonly openModel: OpenModel;
  /** Never rejects; stops early when the signal fires. */
  runTool(session: CallSession, call: ToolCall, signal: AbortSignal): Promise<ToolOutcome>;
  /** Plays keys into the phone call, which takes the leg away and brings another. */
  sendDigits(session: CallSession, digits: string): void;
  /** Records that this person wants no more calls; answers with `optOutRecorded`, as soon as that is certain. */
  recordOptOut?(
    session: CallSession,
    how: { readonly by: OptOutWay; readonly words: string },
  ): void;
  /** Has the carrier put the caller through; what becomes of it is an input of the session. */
  transfer(session: CallSession, order: TransferOrder): void;
  publish(session: CallSession, event: CallEvent): void;
  /** A fault of ours: the call ends, the process goes on. */
  onError(session: CallSession, error: unknown): void;
  /** Opens the recording of the call; undefined where none can be kept. */
  openTap?(session: CallSession, format: AudioFormat): CallTap | undefined;
  /** Sees the call's policy, and then every input before it is handled. */
  journal?(session: CallSession, entry: JournalEntry): void;
}

/** What a session needs of the agent that has its call. */
export interface AgentDescription {
  /** How people call it; its name where that is absent. */
  readonly title?: string;
  /** Content hash of its file. */
  readonly version?: string;
  readonly policy: CallPolicy;
  readonly setup: Omit<ModelSetup, "history">;
  /** How much of a quiet caller's audio goes to the model in one piece; 0 for every frame by itself. */
  readonly groupMs?: Milliseconds;
  /** What the agent can say without its model. */
  readonly kept?: KeptSpeech;
}

export interface SessionOptions extends AgentDescription {
  readonly id: string;
  readonly request: CallRequest;
  /** Describes an agent that is to get the call, by the request as that one has it; throws where it cannot. */
  readonly describe?: (request: CallRequest) => AgentDescription;
  /** Where the session goes on with a call that another one began. */
  readonly resumed?: ResumedCall | undefined;
}
