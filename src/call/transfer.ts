/** How a caller is put through to a person. */
export const transferModes = [
  /** At once: the caller hears it ring. */
  "cold",
  /** The person is asked first, and told of the caller, who waits with the agent. */
  "warm",
  /** As warm, and the agent stays on the line with both. */
  "conference",
] as const;
export type TransferMode = (typeof transferModes)[number];

/** Who asked for a transfer. */
export type TransferAsker = "agent" | "operator";

/** Why a caller was not put through. */
export const transferFailures = [
  "busy",
  "no_answer",
  /** It cannot be reached. */
  "failed",
  "machine",
  /** A person does not want the call. */
  "declined",
  /** The caller or an operator has ended it. */
  "cancelled",
  /** Outside the hours of the transfer, or those in which such a number may be called. */
  "outside_hours",
  "do_not_call",
  /** The limits in minutes leave nothing for a talk, or enough people have been called. */
  "limit",
  /** The operator allows none of its numbers or addresses. */
  "not_allowed",
  /** The carrier did not say, or has refused it. */
  "unknown",
] as const;
export type TransferFailure = (typeof transferFailures)[number];

/** A transfer of a call, which may have several. */
export interface TransferRef {
  /** Counted from 1. */
  readonly number: number;
  readonly alias: string;
  readonly mode: TransferMode;
}

/** How far a transfer has come; `target` is the place in the transfer's list, from 0. */
export type TransferStep =
  | {
    readonly step: "requested";
    readonly by: TransferAsker;
    /** Several people are asked at the same time. */
    readonly atOnce?: true;
  }
  | { readonly step: "ringing"; readonly target: number }
  /** Someone or something has picked up. */
  | { readonly step: "answered"; readonly target: number }
  /** The person wants the call. */
  | { readonly step: "accepted"; readonly target: number }
  /** Caller and person talk with each other. */
  | { readonly step: "connected"; readonly target: number }
  /** The agent was to be a third with them, and cannot. */
  | { readonly step: "agent_absent" }
  /** The caller is with the agent again, or has left. */
  | { readonly step: "failed"; readonly why: TransferFailure }
  /** They have talked so long. */
  | { readonly step: "ended"; readonly spokeMs: number };

/** What observers of a call get of its transfers. */
export type TransferEvent = { readonly type: "transfer" } & TransferRef & TransferStep;

/** What became of a transfer at last. */
export type TransferResult =
  | { readonly kind: "failed"; readonly why: TransferFailure }
  /** `spokeMs` as the carrier counts it, where it does. */
  | { readonly kind: "talked"; readonly spokeMs?: number };

/** What is heard of a transfer that is under way; of another one it does not count. */
export type TransferInput =
  /** The caller or an operator wants nobody to be called any more. */
  | { readonly type: "transferCancelled" }
  /** The agent is to leave caller and person alone. */
  | { readonly type: "roomLeft" }
  /** The agent cannot come into the room of caller and person. */
  | { readonly type: "agentAbsent"; readonly number: number }
  | {
    readonly type: "transferProgress";
    readonly number: number;
    readonly step: "ringing" | "answered" | "accepted" | "connected";
    readonly target: number;
  }
  /** What has picked up was a machine after all, and another target is called. */
  | { readonly type: "transferGoesOn"; readonly number: number }
  | {
    readonly type: "transferOver";
    readonly number: number;
    readonly result: TransferResult;
  };

/** What the carrier is to do for a transfer. */
export type TransferOrder =
  | {
    readonly type: "transfer";
    readonly transfer: TransferRef;
    /** What the person is told of the caller, in the agent's words. */
    readonly brief?: string;
  }
  /** Nobody is to be called any more for a transfer that asks first. */
  | { readonly type: "cancelTransfer"; readonly number: number }
  /** The agent leaves the caller and a person alone. */
  | { readonly type: "leaveRoom"; readonly number: number };

/** Whoever is told what is heard of transfers. */
export interface TransferHandler {
  readonly state: TransferState | undefined;
  handle(input: TransferInput, nowMs: number): void;
}

/**
 * How it stands with transfers: one is announced to the caller; the person is being asked; the caller is with the
 * carrier; agent, caller and person are in a conference; or none can begin, as the call ends or has no caller yet.
 */
export type TransferState =
  | "requested"
  | "asking"
  | "away"
  | "together"
  | "ending"
  | "unanswered";

/** Why something cannot be done about transfers now. */
export const transferProblems = [
  "transfer_under_way",
  "call_ending",
  "call_unanswered",
  "no_transfer",
  "not_in_conference",
] as const;
export type TransferProblem = (typeof transferProblems)[number];

/**
 * Why the caller cannot be transferred, or the transfer not be taken back or left to the two; one transfer at a time,
 * and no other agent in the course of it.
 */
export function transferProblem(
  wanted: "transfer" | "handoff" | "cancelTransfer" | "leaveRoom",
  state: TransferState | undefined,
): TransferProblem | undefined {
  switch (wanted) {
    case "transfer":
      if (state === undefined) return undefined;
      if (state === "unanswered") return "call_unanswered";
      return state === "ending" ? "call_ending" : "transfer_under_way";
    case "handoff":
      return state === undefined || state === "unanswered" || state === "ending"
        ? undefined
        : "transfer_under_way";
    case "cancelTransfer":
      return state === "requested" || state === "asking" ? undefined : "no_transfer";
    case "leaveRoom":
      return state === "together" ? undefined : "not_in_conference";
  }
}

/** How an agent goes on after a transfer. */
export interface TransferPlan {
  readonly sentence?: string;
  readonly mode?: TransferMode;
  /** Several people are asked at the same time. */
  readonly atOnce?: true;
  /** What a caller who waits hears again and again, word for word. */
  readonly hold?: { readonly text: string; readonly everyMs: number };
  /** The caller comes back when the person has hung up; without it the call ends. */
  readonly returns?: true;
  /** What the agent does where nobody takes the call, in the operator's words. */
  readonly unanswered?: string;
}

/** The transfers that an earlier session of the call had. */
export interface ResumedTransfers {
  readonly count: number;
  /** The latest, where it is under way. */
  readonly open?: TransferRef & {
    readonly step: "requested" | "dialled" | "ringing" | "answered" | "accepted" | "connected";
    readonly target?: number;
    /** Since caller and person talk. */
    readonly connectedForMs?: number;
  };
  /** Whoever asked a person is gone, and with it the transfer; nobody has been told of that. */
  readonly lost?: TransferRef;
  /** The latest has failed, and the agent has not spoken since. */
  readonly untold?: TransferRef & { readonly why: TransferFailure };
}
