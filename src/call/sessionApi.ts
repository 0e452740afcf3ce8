import type { Base64 } from "../utils/audio/audioFormat.ts";
import type { CallEvent, RecordingStatus } from "./callEvent.ts";
import type { CallEar, ListenedCall } from "./callEar.ts";
import type { ControlInput } from "./callInput.ts";
import type { CallLeg, LegInput } from "./callLeg.ts";
import type { ResumedCall } from "./resumedCall.ts";
import type { TransferState } from "./transfer.ts";
import type { CallRequest, SessionEnd } from "./types.ts";

/** One live call, as its leg and the API see it. None of its methods throws once joined. */
export interface CallSession {
  readonly id: string;
  /** With the name of the agent that has the call now. */
  readonly request: CallRequest;
  /** What an earlier session had of the call, where this one goes on with it. */
  readonly resumed?: ResumedCall | undefined;
  /**
   * Joins a leg: the first, or one in place of a lost or replaceable one. Throws if another one stays,
   * or the call has ended.
   */
  join(leg: CallLeg): void;
  /** Where the call stands, as the events that a leg which joins in the middle has missed. */
  snapshot(): readonly CallEvent[];
  /** A frame of the caller's audio in the leg's format; false where it is none: not base64, or empty. */
  hear(audio: Base64): boolean;
  /** How it stands with its recording; `waiting` before it has begun, undefined where there is none. */
  readonly recordingState?: RecordingStatus["state"] | "waiting" | undefined;
  /**
   * Calls back for each frame of the caller's audio, in the leg's format, until what it returns is called; one
   * listener at a time. The bytes change with the next frame.
   */
  listenToLine(listener: (bytes: Uint8Array) => void): () => void;
  /** Has one ear hear both sides, until it is stopped. */
  listenIn(ear: CallEar): ListenedCall;
  /** Whether a leg is joined now. */
  readonly hasLeg: boolean;
  /** Whether it has let go of its call, from the input on that ended it. */
  readonly hasEnded: boolean;
  /** Whether the caller is being put through to a person, or talks with one; also where it is let go of then. */
  readonly isAway: boolean;
  /** Undefined where the caller may be transferred. */
  readonly transferState?: TransferState | undefined;
  input(input: LegInput | ControlInput): void;
  /** The carrier's id of the call, once it is known. */
  callSid: string | undefined;
  /** Settles when the session has let go of its call and of everything it held. */
  readonly ended: Promise<SessionEnd>;
}
