import type { ListeningInput } from "./callEar.ts";
import type { LegInput } from "./callLeg.ts";
import type { AnsweringMachineInput } from "./ending/answeringMachineInput.ts";
export type { FarEnd } from "./ending/answeringMachineInput.ts";
import type { Handoff, HandoffAsked } from "./handoff.ts";
import type { KeptSpeechInput } from "./keptSpeech.ts";
import type { LineSoundInput } from "./phoneMenu.ts";
import type { ModelInput, ModelLoss } from "./realtimeClient.ts";
import type { TransferInput } from "./transfer.ts";
import type { CallEnd, Milliseconds, SessionEnd } from "./types.ts";

/** Everything that happens to a call, except audio. */
export type CallInput = ModelInput | StandbyInput | LegInput | ControlInput;

/** What becomes of the connection that is to take the present one's place. */
export type StandbyInput =
  | { readonly type: "standbyReady"; readonly expiresInMs?: Milliseconds }
  | { readonly type: "standbyLost"; readonly loss: ModelLoss };

/** What the server, an operator or a tool asks for or reports. */
export type ControlInput =
  | AnsweringMachineInput
  | KeptSpeechInput
  | LineSoundInput
  /** The person who wants no more calls may be told so. */
  | { readonly type: "optOutRecorded" }
  | TransferInput
  /** The call was answered although the audio has not arrived yet: the greeting may be prepared. */
  | { readonly type: "answered" }
  | {
    readonly type: "toolReturned";
    readonly callId: string;
    readonly output: string;
    readonly ok: boolean;
    readonly effect?: CallEffect;
  }
  | { readonly type: "sayAsked"; readonly text: string }
  /** The agent is told something about the call, in the middle of it. */
  | { readonly type: "noteGiven"; readonly text: string }
  /** An operator tells the agent what to do from its next answer on; the caller hears nothing of it. */
  | { readonly type: "whispered"; readonly text: string }
  | RecordingInput
  | ListeningInput
  | { readonly type: "transferAsked"; readonly alias: string }
  /** Ends the call after what is being said, and a goodbye where there is time for one. */
  | {
    readonly type: "endAsked";
    readonly end: CallEnd;
    /** The very words, or `true` for the agent's own, in the language of the conversation. */
    readonly goodbye?: string | true;
  }
  /** Gives the call to another process: at a quiet moment, at the latest after `withinMs`. */
  | { readonly type: "handoverAsked"; readonly withinMs: Milliseconds }
  /** Ends the session at once, and the call with it unless another process has it. */
  | { readonly type: "hangUp"; readonly end: SessionEnd }
  | { readonly type: "callerLevel"; readonly speaking: boolean }
  /** Frames of the line are late: speech and keys of the caller may not have been read yet. */
  | { readonly type: "framesLate" }
  /** The line has nothing but a busy tone: nobody is there, or nobody any more. */
  | { readonly type: "busyTone" }
  | { readonly type: "tick" };

/** `stop` is for good; `fail` where nothing more can be kept. */
export type RecordingInput =
  & { readonly type: "recordingAsked"; readonly by?: "agent" | "operator" }
  & (
    | { readonly change: "pause" | "resume" | "stop" }
    | { readonly change: "fail"; readonly reason: string }
  );

/** What a tool does to the call besides its output; an end, a transfer or a handoff waits for the agent's last words. */
export type ToolEffect =
  | { readonly type: "endCall" }
  | { readonly type: "transfer"; readonly alias: string; readonly brief?: string }
  | { readonly type: "cancelTransfer" }
  | { readonly type: "leaveRoom" }
  | { readonly type: "sendDigits"; readonly digits: string }
  /** Nothing is to be said or done until more is heard of a phone system. */
  | { readonly type: "keepSilent" }
  | { readonly type: "recording"; readonly change: "pause" | "resume" }
  /** The person wants no more calls, and that is recorded. */
  | { readonly type: "optedOut"; readonly words?: string }
  | HandoffAsked;

/** The same as the call gets it. */
export type CallEffect = Exclude<ToolEffect, HandoffAsked> | Handoff;
