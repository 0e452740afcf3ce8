import type { CallSession } from "../../call/sessionApi.ts";
import type { TransferFailure, TransferRef } from "../../call/transfer.ts";
import type { Transfer } from "../../config/transferSchema.ts";
import type { AllowedTarget } from "../spending.ts";
import type { CallStatus, SpokenMessage } from "../twilioOutbound.ts";

/** One call to a person who is asked to take a caller. */
export interface ConsultLeg {
  readonly target: AllowedTarget;
  /** Known once Twilio has answered, or called back. */
  sid: string | undefined;
  state: "calling" | "answered" | "taken" | "over";
  isMachine: boolean;
  /** Ends a call about which Twilio says nothing more. */
  cancelTimer: () => void;
}

/** A transfer that asks first: who is called, and how far it has come. */
export interface Consult {
  readonly session: CallSession;
  readonly ref: TransferRef;
  readonly brief: string | undefined;
  readonly transfer: Transfer;
  readonly timeLimitSeconds: number;
  /** The conference in which caller and person talk; its name says nothing about them. */
  readonly room: string;
  readonly legs: Map<number, ConsultLeg>;
  /** Those who are still to be called, where they are called in turn. */
  waiting: AllowedTarget[];
  /**
   * Nobody has taken the call; somebody has; the caller is on the way into the room; all are in it; it is over, and
   * the session knows.
   */
  phase: "asking" | "taken" | "moving" | "together" | "over";
  /** Why the last one did not take the call. */
  why: TransferFailure;
  /** What the person hears first who has taken the call. */
  notice?: SpokenMessage | undefined;
  /** The agent's own call into the room. */
  agentSid?: string;
}

/** The name of the room of a call's transfers, of which one is under way at a time; the same in every process. */
export function roomOf(callId: string, number: number): string {
  return `transfer-${callId}-${number}`;
}

/** The leg that has taken the call. */
export function takenLeg({ legs }: Consult): ConsultLeg | undefined {
  return [...legs.values()].find(({ state }) => state === "taken");
}

/** Why somebody has not taken a call that is over. */
export function whyOf(status: CallStatus): TransferFailure {
  switch (status) {
    case "busy":
      return "busy";
    case "no-answer":
    case "canceled":
      return "no_answer";
    case "completed":
      return "declined";
    default:
      return "failed";
  }
}
