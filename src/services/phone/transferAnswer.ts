import type { TransferFailure } from "../../call/transfer.ts";
import type { CallRequest } from "../../call/types.ts";
import type { Agents } from "../../config/agents.ts";
import type { Log } from "../../utils/logger.ts";
import { isPhoneNumber } from "../../utils/phoneNumber.ts";
import { type AllowedTarget, failureOf, type TransferPolicy } from "../spending.ts";
import type { DialAnswer, DialTarget, ReferAnswer } from "../twilioOutbound.ts";
import type { TransferredCalls } from "./transferredCalls.ts";

export interface TransferAnswerDeps {
  readonly agents: Pick<Agents, "ofCall">;
  readonly transfers: Pick<TransferPolicy, "decide" | "take">;
  readonly transferredCalls: Pick<TransferredCalls, "reserve">;
  readonly ownNumber: string;
  readonly log: Pick<Log, "warn">;
}

/** A caller who is to be put through. */
export interface WantedTransfer {
  readonly callId: string;
  readonly request: CallRequest;
  readonly alias: string;
  /** Of the session that waits for the outcome; without it no session does. */
  readonly number?: number;
  /** Those before this place in the list have been called already. */
  readonly from?: number;
  /** Places of those that the limits of dials have let through. */
  readonly counted?: ReadonlySet<number>;
}

export type TransferAnswer =
  | {
    readonly ok: true;
    readonly answer: DialAnswer | ReferAnswer;
    /** For how long it may ring in all. */
    readonly ringMs: number;
  }
  | { readonly ok: false; readonly why: TransferFailure };

/** Creates the function that says what Twilio is to do for a transfer, by the rules as they are now. */
export function createTransferAnswer(
  { agents, transfers, transferredCalls, ownNumber, log }: TransferAnswerDeps,
) {
  return async function answerTransfer(
    { callId, request, alias, number, from = 0, counted }: WantedTransfer,
  ): Promise<TransferAnswer> {
    const agent = agents.ofCall(request);
    const decision = await transfers.decide(agent, alias);
    if (!decision.ok) {
      log.warn("Transfer refused", { callId, agent: request.agent, alias, code: decision.code });
      return { ok: false, why: failureOf(decision) };
    }
    const { transfer } = decision;
    const wanted = decision.targets.filter(({ index }) => index >= from);
    if (wanted.length === 0) return { ok: false, why: "not_allowed" };
    const known = wanted.filter(({ index }) => counted?.has(index));
    const others = wanted.filter((target) => !known.includes(target));
    const targets = [...known, ...others.length > 0 ? await transfers.take(callId, others) : []];
    const [first] = targets;
    if (first === undefined) return { ok: false, why: "limit" };
    const inTurn = transfer.order === "in_turn";
    const ringMs = transfer.ringSeconds * 1000 * (inTurn ? targets.length : 1);
    const uri = number === undefined ? undefined : referTo(first, request);
    if (uri !== undefined && number !== undefined) {
      const answer = { do: "refer", uri, transfer: { callId, number } } as const;
      return { ok: true, answer, ringMs };
    }
    const reserved = await transferredCalls.reserve(callId);
    if (reserved === undefined) return { ok: false, why: "limit" };
    return {
      ok: true,
      ringMs,
      answer: {
        do: "dial",
        targets: targets.map(dialled),
        inTurn,
        ringSeconds: transfer.ringSeconds,
        ...callerIdOf(request, ownNumber),
        timeLimitSeconds: Math.min(reserved, (transfer.maxMinutes ?? Infinity) * 60),
        ...(number !== undefined && {
          transfer: {
            callId,
            number,
            detectsMachines: transfer.machine === "return",
            endsOnStar: transfer.then === "return",
          },
        }),
      },
    };
  };
}

function dialled(target: AllowedTarget): DialTarget {
  const { index } = target;
  return target.kind === "number"
    ? { kind: "number", number: target.number, index }
    : { kind: "sip", uri: target.uri, index };
}

/** Twilio refers only callers who come by SIP. */
function referTo(target: AllowedTarget, { direction, caller }: CallRequest): string | undefined {
  const isSipCaller = direction === "inbound" && /^sips?:/.test(caller ?? "");
  return target.kind === "sip" && target.refer && isSipCaller ? target.uri : undefined;
}

/**
 * The number that a transfer shows. Twilio passes on an inbound caller's own number by itself; it
 * refuses (13214) to do so with the names of `sip:` and `client:` callers, with numbers that are none,
 * and with the far end of a call that was placed.
 */
function callerIdOf(
  { direction, caller, called }: CallRequest,
  ownNumber: string,
): { readonly callerId?: string } {
  if (direction === "inbound" && caller !== undefined && isPhoneNumber(caller)) return {};
  const isPlaced = direction === "outbound" && called !== undefined && isPhoneNumber(called);
  return { callerId: isPlaced ? called : ownNumber };
}
