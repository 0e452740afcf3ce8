import type { Base64 } from "../utils/audio/audioFormat.ts";
import type { ControlInput } from "./callInput.ts";
import type { CallLeg, LegInput } from "./callLeg.ts";
import type { CallEnd, CallRequest, Milliseconds } from "./types.ts";

/** One live call, as its leg and the API see it. None of its methods throws once joined. */
export interface CallSession {
  readonly id: string;
  readonly request: CallRequest;
  /**
   * Joins a leg: the first, or one in place of a lost or replaceable one. Throws if another one stays,
   * or the call has ended.
   */
  join(leg: CallLeg): void;
  /** A frame of the caller's audio in the leg's format; false where it is none: not base64, or empty. */
  hear(audio: Base64): boolean;
  /** Whether a leg is joined now. */
  readonly hasLeg: boolean;
  input(input: LegInput | ControlInput): void;
  /** The carrier's id of the call, once it is known. */
  callSid: string | undefined;
  /** Settles when the call has ended and let go of everything it held. */
  readonly ended: Promise<CallEnd>;
}

/** Every call of this process: admission, lookup, drain. */
export interface CallRegistry {
  readonly size: number;
  readonly accepting: boolean;
  /**
   * Starts a call and its model connection; the leg may join later. `callId` is for a call that was
   * known before. Throws `CallRefused`.
   */
  open(request: CallRequest, callId?: string): CallSession;
  get(callId: string): CallSession | undefined;
  byCallSid(callSid: string): CallSession | undefined;
  /** How a phone call ended, while that is remembered: the carrier asks how to go on. */
  endOf(callSid: string): EndedCall | undefined;
  list(): readonly CallSession[];
  /** Takes no more calls, waits for the live ones, ends those left after `deadlineMs`. */
  drain(deadlineMs: Milliseconds): Promise<void>;
}

export interface EndedCall {
  readonly id: string;
  readonly request: CallRequest;
  readonly end: CallEnd;
}

/** Thrown where no session can be opened; `code` is shown to API clients. */
export class CallRefused extends Error {
  override readonly name = "CallRefused";
  constructor(readonly code: "full" | "draining" | "unknown_agent" | "agent_unusable") {
    super(`Cannot take the call: ${code}`);
  }
}
