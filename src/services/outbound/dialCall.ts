import { CallRefused } from "../../call/sessionApi.ts";
import type { DialPolicy } from "../spending.ts";
import { type BatchStore, type DialQueue, limitCode } from "../store.ts";
import { type TwilioCalls, TwilioProblem } from "../twilioOutbound.ts";
import type { Reservation } from "./reservation.ts";
import type { OutboundJob } from "./outboundJob.ts";
import type { KeyCheck } from "./keyCheck.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { ActiveCall, ActiveCalls } from "./activeCalls.ts";
import {
  BudgetExceeded,
  CallWithdrawn,
  DestinationRefused,
  KeyRefused,
  OutcomeUnknown,
} from "./outboundErrors.ts";
import { twilioCallOptions, type TwilioCallSettings } from "./twilioCallOptions.ts";
import type { Log } from "../../utils/logger.ts";

/** Brings calls whose turn it is to the phone network. */
export interface Placing {
  /** Never rejects: what goes wrong is written down, and told to whoever waits. */
  place(job: OutboundJob): Promise<void>;
  /** Settles with the phone network's id, or without one where the call has to wait once more. */
  outcome(callId: string): Promise<string | undefined>;
  /** Nobody waits for the outcome any more: what can be put right later is then put right later. */
  leave(callId: string): void;
}

export interface PlacingDeps {
  readonly policy: () => Promise<DialPolicy>;
  readonly keyCheck: KeyCheck;
  readonly batches: Pick<BatchStore, "isCancelled">;
  /** Whether nothing of a call is to be kept: then it is not made. */
  readonly isErased: (callId: string) => Promise<boolean>;
  readonly reservation: Reservation;
  readonly calls: Pick<TwilioCalls, "create">;
  readonly queue: Pick<DialQueue, "postpone">;
  readonly placed: ActiveCalls;
  readonly records: PlacedCallRecords;
  readonly wire: TwilioCallSettings;
  /** Why no call can be taken on now, if so. */
  readonly refusal: () => CallRefused | undefined;
  /** Why an agent can take no call at all, if so. */
  readonly agentRefusal: (agent: string) => CallRefused | undefined;
  /** The call may have been placed, or not. */
  readonly unknown: (call: ActiveCall, dialledAt: number) => void;
  /** The call has left the queue, for good or for a while. */
  readonly left: (job: OutboundJob) => void;
  readonly began: (job: OutboundJob) => void;
  readonly now: () => number;
  readonly log: Pick<Log, "info" | "warn">;
}

type Turn =
  | { readonly now: true; readonly minutes: number }
  | { readonly now: false; readonly at: number };

const FULL_RETRY_MS = 2000;
const STORE_RETRY_MS = 5000;
/** The phone network has been too busy for so long that nobody expects the call any more. */
const MAX_WAIT_MS = 60 * 60_000;

export function createPlacing(deps: PlacingDeps): Placing {
  const { calls, queue, placed, records, wire, refusal, now, log } = deps;
  const waiting = new Map<string, PromiseWithResolvers<string | undefined>>();

  return {
    async place(job) {
      try {
        const turn = await turnOf(job).catch(orLater);
        if (turn.now) await create({ ...job, minutes: turn.minutes });
        else await postpone(job, turn.at);
      } catch (error) {
        await fail(job, error);
      } finally {
        deps.left(job);
      }
    },
    outcome(callId) {
      const answer = Promise.withResolvers<string | undefined>();
      // Whoever asked may have been answered meanwhile.
      answer.promise.catch(() => {});
      waiting.set(callId, answer);
      return answer.promise;
    },
    leave: (callId) => void waiting.delete(callId),
  };

  /**
   * Rejects for a call that may not be placed at all. What was allowed when it was asked for is asked
   * again: keys run out, hours pass, and people ask not to be called.
   */
  async function turnOf(job: OutboundJob): Promise<Turn> {
    const keyRefusal = deps.keyCheck(job.keyName);
    if (keyRefusal !== undefined) throw new KeyRefused(keyRefusal);
    if (job.batch !== undefined && await deps.batches.isCancelled(job.batch.id)) {
      throw new CallWithdrawn("batch_cancelled");
    }
    if (await deps.isErased(job.callId)) throw new CallWithdrawn("erased");
    const decision = await (await deps.policy()).check(job.to, now());
    if (!decision.ok) {
      if (decision.code !== "outside_hours" || decision.opensAt === undefined || !canWait(job)) {
        throw new DestinationRefused(decision);
      }
      return { now: false, at: decision.opensAt };
    }
    const agentRefusal = deps.agentRefusal(job.agent);
    if (agentRefusal !== undefined) throw agentRefusal;
    if (refusal() !== undefined) return { now: false, at: now() + FULL_RETRY_MS };
    const allowed = await deps.reservation.reserve(job);
    if (allowed.ok) return { now: true, minutes: allowed.minutes };
    const { limit, retryAfterMs } = allowed;
    // Daily limits are final: the next UTC day would be long after the call was asked for.
    if (limit.startsWith("daily")) throw new BudgetExceeded(allowed);
    return { now: false, at: now() + (limit === "concurrent" ? FULL_RETRY_MS : retryAfterMs) };
  }

  /** What failed before anything was dialled, such as the store, may work a little later. */
  function orLater(error: unknown): Turn {
    if (isFinal(error)) throw error;
    log.warn("Call put off", { error });
    return { now: false, at: now() + STORE_RETRY_MS };
  }

  async function create(job: OutboundJob): Promise<void> {
    const call = placed.add(job);
    const dialledAt = now();
    try {
      const { sid, status } = await calls.create(twilioCallOptions(job, wire));
      placed.bind(call, sid);
      answer(job, sid);
      deps.began(job);
      log.info("Call placed", { callId: job.callId, keyName: job.keyName });
      placed.take(call, { status });
    } catch (error) {
      // A status callback may have told of the call before the answer could.
      if (call.callSid !== undefined) return answer(job, call.callSid);
      if (isUnknown(error)) {
        call.unknown = true;
        deps.unknown(call, dialledAt);
        throw new OutcomeUnknown(job.callId);
      }
      placed.forget(job.callId);
      throw error;
    }
  }

  async function postpone(job: OutboundJob, dueAt: number): Promise<void> {
    await queue.postpone(job.callId, dueAt);
    answer(job, undefined);
  }

  function answer({ callId }: OutboundJob, callSid: string | undefined): void {
    waiting.get(callId)?.resolve(callSid);
    waiting.delete(callId);
  }

  async function fail(job: OutboundJob, error: unknown): Promise<void> {
    const { callId } = job;
    const asked = waiting.get(callId);
    waiting.delete(callId);
    asked?.reject(error);
    if (error instanceof OutcomeUnknown) return;
    const code = codeOf(error);
    log.warn("Call not placed", { callId, code, error });
    const busyFor = asked === undefined ? busySeconds(error) : undefined;
    try {
      await deps.reservation.release(callId);
      if (busyFor !== undefined && now() - job.requestedAt < MAX_WAIT_MS) {
        return await queue.postpone(callId, now() + busyFor * 1000);
      }
    } catch (failure) {
      log.warn("Dial queue not written", { callId, error: failure });
    }
    if (error instanceof CallWithdrawn) {
      return records.ended(job, { reason: "operator_hung_up" }, "cancelled");
    }
    records.ended(job, { reason: "not_answered", detail: code }, "failed");
  }
}

/** Whoever asks for one call wants it now, as at the door; a batch, or another attempt, has time. */
function canWait({ batch, attempt }: OutboundJob): boolean {
  return batch !== undefined || attempt > 1;
}

/** Whether waiting would change nothing. */
function isFinal(error: unknown): boolean {
  return error instanceof DestinationRefused || error instanceof BudgetExceeded ||
    error instanceof KeyRefused || error instanceof CallWithdrawn || error instanceof CallRefused;
}

function isUnknown(error: unknown): boolean {
  return !(error instanceof TwilioProblem) || error.code === "outcome_unknown";
}

function busySeconds(error: unknown): number | undefined {
  return error instanceof TwilioProblem ? error.retryAfterSeconds : undefined;
}

function codeOf(error: unknown): string {
  if (error instanceof TwilioProblem) return error.code;
  if (error instanceof DestinationRefused) return error.refusal.code;
  if (error instanceof BudgetExceeded) {
    return limitCode(error.refusal);
  }
  return error instanceof CallRefused || error instanceof KeyRefused ||
      error instanceof CallWithdrawn
    ? error.code
    : "internal_error";
}
