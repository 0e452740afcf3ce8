import type { CallRefused } from "../../call/sessionApi.ts";
import type { DialPolicy } from "../spending.ts";
import type { StoredResponse } from "../store.ts";
import type { Reservation } from "./reservation.ts";
import type { Dialer } from "./dialer.ts";
import type { Idempotency } from "./idempotency.ts";
import type { MachineDetection, OutboundJob, RetryRule } from "./outboundJob.ts";
import type { Placing } from "./dialCall.ts";
import {
  BudgetExceeded,
  DestinationRefused,
  OutcomeUnknown,
  StoreUnavailable,
} from "./outboundErrors.ts";
import { stored } from "./placementDeadline.ts";

/** A call that somebody asks for. */
export interface OutboundRequest {
  readonly to: string;
  readonly agent: string;
  readonly keyName: string;
  readonly context?: string | undefined;
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly from?: string | undefined;
  readonly machineDetection?: MachineDetection | undefined;
  readonly retry?: RetryRule | undefined;
}

export interface Initiation {
  /**
   * Places a call, or puts it in the queue where it is not its turn yet, and gives what whoever asked
   * is to be answered. Requests with the same `requestKey` are one. Rejects with `DestinationRefused`,
   * `BudgetExceeded`, `CallRefused`, `OutcomeUnknown`, `StoreUnavailable` or a `TwilioProblem`.
   */
  place(request: OutboundRequest, requestKey?: string): Promise<StoredResponse>;
}

export interface InitiationDeps {
  readonly policy: () => Promise<DialPolicy>;
  readonly reservation: Reservation;
  readonly dialer: Pick<Dialer, "turn" | "leave">;
  readonly placing: Pick<Placing, "outcome" | "leave">;
  readonly requests: Idempotency;
  /** Writes a call down and puts it in the queue; gives its position. */
  readonly enqueue: (job: OutboundJob) => Promise<number>;
  readonly refusal: () => CallRefused | undefined;
  /** False while the store is known to fail. */
  readonly storeAnswers: () => boolean;
  readonly ownNumber: string;
  readonly perSecond: number;
  readonly newId: () => string;
  readonly now: () => number;
  /** Whoever asks waits so long for a call's turn before it is left to the queue. */
  readonly patienceMs?: number;
}

export function createInitiation(deps: InitiationDeps): Initiation {
  const { policy, reservation, dialer, placing, requests, enqueue, newId, now, patienceMs = 250 } =
    deps;

  return {
    async place(request, requestKey) {
      const callId = newId();
      if (requestKey === undefined) return await place(request, callId);
      const bodyHash = await hashOf(request);
      const { keyName } = request;
      return await requests.run(
        { keyName, requestKey, bodyHash, callId },
        () => place(request, callId),
      );
    },
  };

  async function place(request: OutboundRequest, callId: string): Promise<StoredResponse> {
    // It is known already: nobody need wait to be told so.
    if (!deps.storeAnswers()) throw new StoreUnavailable("Cannot place the call: no store");
    const decision = await stored((await policy()).check(request.to, now()));
    if (!decision.ok) throw new DestinationRefused(decision);
    const refused = deps.refusal();
    if (refused !== undefined) throw refused;
    const job: OutboundJob = {
      ...request,
      callId,
      to: decision.number,
      from: request.from ?? deps.ownNumber,
      attempt: 1,
      requestedAt: now(),
    };
    const allowed = await stored(reservation.reserve(job), () => reservation.release(callId));
    if (!allowed.ok) throw new BudgetExceeded(allowed);
    return await dial({ ...job, minutes: allowed.minutes });
  }

  async function dial(job: OutboundJob): Promise<StoredResponse> {
    const { callId } = job;
    const outcome = placing.outcome(callId);
    const turn = dialer.turn(callId, patienceMs);
    let position: number;
    try {
      position = await stored(enqueue(job));
    } catch (error) {
      leave(callId);
      // Where the store was only slow, the call is dialled yet.
      if (error instanceof StoreUnavailable && error.cause === undefined) {
        throw new OutcomeUnknown(callId);
      }
      await reservation.release(callId).catch(() => {});
      throw error;
    }
    const isNear = (position - 1) * 1000 / deps.perSecond <= patienceMs;
    const callSid = isNear && await turn ? await outcome : undefined;
    if (callSid !== undefined) return { status: 200, body: { success: true, callSid, callId } };
    leave(callId);
    return { status: 202, body: { success: true, callId, status: "queued", position } };
  }

  function leave(callId: string): void {
    dialer.leave(callId);
    placing.leave(callId);
  }
}

/** The same for the same request, however its fields are ordered. */
async function hashOf(request: OutboundRequest): Promise<string> {
  const text = JSON.stringify(
    request,
    (_, value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
        : value,
  );
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
