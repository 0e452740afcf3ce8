import type { CallEvent, OptOutWay } from "./callEvent.ts";
import type { SpeechPiece } from "./callLeg.ts";
import type { HeardSound, RecordingChange } from "./callTap.ts";
import type { KeptName } from "./keptSpeech.ts";
import type { HistoryItem } from "./modelSetup.ts";
import type { ModelRequest, SpeechRef, ToolCall } from "./realtimeClient.ts";
import type { TransferOrder } from "./transfer.ts";
import type { Milliseconds, SessionEnd } from "./types.ts";

/** What a call is to do, as its machine decides; carried out in order. */
export type CallCommand =
  | { readonly type: "model"; readonly request: ModelRequest }
  | { readonly type: "commitAudio" }
  | { readonly type: "clearInput" }
  /** From now on the caller's audio is kept from the model. */
  | { readonly type: "withholdAudio" }
  /** From now on the model gets it again, and what came since then. */
  | { readonly type: "releaseAudio"; readonly from: Milliseconds }
  /** The caller's audio is given to it from `audioFrom` on, as far as it is kept. */
  | {
    readonly type: "openModel";
    readonly history: readonly HistoryItem[];
    readonly audioFrom: Milliseconds;
  }
  /**
   * Opens a second connection, which gets nothing of the conversation until it takes over; for the agent
   * that has the call, or for one that is to get it.
   */
  | { readonly type: "prepareModel"; readonly agent?: string }
  /** The prepared connection takes the place of the present one, which is closed. */
  | {
    readonly type: "takeOver";
    readonly history: readonly HistoryItem[];
    readonly audioFrom: Milliseconds;
  }
  | { readonly type: "closeModel" }
  /** This agent has the call from now on; the present connection goes on with it, or the next one does. */
  | {
    readonly type: "useAgent";
    readonly agent: string;
    readonly connection: "same" | "other";
  }
  /** Speaks a sentence that is kept, if it is, under this name for its audio. */
  | {
    readonly type: "speakKept";
    readonly name: KeptName;
    /** Of an opening, as there may be several. */
    readonly text?: string;
    readonly ref: SpeechRef;
  }
  /** Records that the person who was called wants no more calls; answered by `optOutRecorded`. */
  | { readonly type: "recordOptOut"; readonly by: OptOutWay; readonly words: string }
  | { readonly type: "play"; readonly piece: SpeechPiece }
  | { readonly type: "mark"; readonly name: string }
  | { readonly type: "clear" }
  /** To the recording. */
  | { readonly type: "keepHeard"; readonly sound: HeardSound }
  | { readonly type: "record"; readonly change: RecordingChange; readonly at: Milliseconds }
  | { readonly type: "runTool"; readonly call: ToolCall }
  | { readonly type: "abortTools" }
  /** By the network, which takes the leg away for a moment, or as tones over the leg. */
  | { readonly type: "sendDigits"; readonly digits: string; readonly by: "network" | "tones" }
  /** Has the carrier put the caller through; what becomes of it comes as inputs. */
  | TransferOrder
  /** Plays the sound of a wait while the line is quiet, or takes it back. */
  | { readonly type: "waitingSound"; readonly on: boolean }
  | { readonly type: "endCall"; readonly end: SessionEnd }
  | { readonly type: "publish"; readonly event: CallEvent };
