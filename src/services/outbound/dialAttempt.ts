import { CallRefused } from "../../call/registry.ts";
import type { Agents } from "../../config/agents.ts";
import { agentRefusal } from "../calls.ts";
import { type CallBudget, type DialPolicy, limitCode } from "../spending.ts";
import { type BatchStore, type DialQueue, type ErasureStore, isOnlyReserved } from "../store.ts";
import { type TwilioCallOptions, type TwilioCalls, TwilioProblem } from "../twilioOutbound.ts";
import type { ActiveCalls } from "./activeCalls.ts";
import { batchTime } from "./batch/batchTime.ts";
import type { KeyRefusal } from "./keyRefusal.ts";
import {
  BudgetExceeded,
  CallWithdrawn,
  DestinationRefused,
  KeyRefused,
  OutcomeUnknown,
} from "./outboundErrors.ts";
import type { MachineDetection, OutboundJob } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { UnresolvedCalls } from "./unresolvedCalls.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { Clock } from "../../utils/clock.ts";

/** What is the same for all placed calls. */
export interface TwilioCallSettings {
  readonly publicUrl: string;
  readonly maxCallMs: number;
  /** How long a call may last after a transfer by the agent; 0 where it has no transfers. */
  readonly transferMs: (agent: string) => number;
}

export interface DialAttemptDeps extends TwilioCallSettings, Pick<Clock, "now"> {
  readonly policy: () => Promise<DialPolicy>;
  readonly keyRefusal: KeyRefusal;
  readonly agents: Pick<Agents, "get" | "unusable">;
  readonly batchStore: Pick<BatchStore, "head" | "hold" | "markPlaced">;
  readonly erasure: Pick<ErasureStore, "isDue">;
  readonly callBudget: Pick<CallBudget, "reserve" | "release">;
  readonly twilio: Pick<TwilioCalls, "create">;
  readonly queue: Pick<DialQueue, "postpone">;
  readonly activeCalls: ActiveCalls;
  readonly unresolvedCalls: Pick<UnresolvedCalls, "watch">;
  readonly callRecords: PlacedCallRecords;
  readonly log: Pick<Log, "info" | "warn">;
}

type DialTime =
  | { readonly now: true; readonly minutes: number }
  | { readonly now: false; readonly at: number };

const FULL_RETRY_MS = 2000;
const STORE_RETRY_MS = 5000;
/** How long a call is put back because Twilio is busy, before it fails. */
const MAX_WAIT_MS = 60 * 60_000;

/** How long the far end may ring. */
const RING_SECONDS = 60;
const GRACE_SECONDS = 60;

export type DialAttempt = ReturnType<typeof createDialAttempt>;

/** Hands claimed calls to Twilio. */
export function createDialAttempt(deps: DialAttemptDeps) {
  const { agents, queue, activeCalls, callRecords, callBudget, batchStore, now, log } = deps;

  return {
    /**
     * Resolves with Twilio's id, or with undefined for a call that has been put back into the queue.
     * Rejects where the call is not placed, or may not have been. `isChecked`: the checks of the
     * request were made a moment ago, and the minutes are reserved.
     */
    async dial(job: OutboundJob, isChecked: boolean): Promise<string | undefined> {
      const time = await dialTimeOf(job, isChecked).catch(postponed);
      if (time.now) return await create({ ...job, minutes: time.minutes });
      await queue.postpone(job.callId, await withinBatch(job, time.at));
      return undefined;
    },
    /**
     * Records that a call was not placed. Where Twilio was only busy, a call whose request has been
     * answered (`isAwaited` false) is queued again instead. Never rejects.
     */
    async recordFailure(job: OutboundJob, error: unknown, isAwaited: boolean): Promise<void> {
      if (error instanceof OutcomeUnknown) return;
      const { callId } = job;
      const code = codeOf(error);
      log.warn("Call not placed", { callId, code, error });
      const busySeconds = isAwaited ? undefined : busySecondsOf(error);
      try {
        await callBudget.release(callId);
        if (busySeconds !== undefined && now() - job.requestedAt < MAX_WAIT_MS) {
          const at = now() + busySeconds * 1000;
          if (job.batch !== undefined) await batchStore.hold(job.batch.id, at);
          return await queue.postpone(callId, at);
        }
      } catch (failure) {
        log.warn("Dial queue not written", { callId, error: failure });
      }
      if (error instanceof CallWithdrawn) {
        const detail = error.code === "batch_expired" ? { detail: error.code } : {};
        return callRecords.end(job, { reason: "operator_hung_up", ...detail }, "cancelled");
      }
      callRecords.end(job, { reason: "not_answered", detail: code }, "failed");
    },
  };

  /** Rejects for a call that may not be placed at all. */
  async function dialTimeOf(job: OutboundJob, isChecked: boolean): Promise<DialTime> {
    const refusal = deps.keyRefusal(job.keyName);
    if (refusal !== undefined) throw new KeyRefused(refusal);
    const opensAt = isChecked ? undefined : await checkAgain(job);
    if (opensAt !== undefined) return { now: false, at: opensAt };
    if (agents.get(job.agent) === undefined) throw agentRefusal(agents, job.agent);
    if (activeCalls.capacityRefusal() !== undefined) {
      return { now: false, at: now() + FULL_RETRY_MS };
    }
    if (isChecked && job.minutes !== undefined) return { now: true, minutes: job.minutes };
    const waits = canWait(job);
    const reserved = await callBudget.reserve({ ...job, waits }, deps.maxCallMs, now());
    if (reserved.ok) return { now: true, minutes: reserved.minutes };
    const { limit, retryAfterMs, scope } = reserved;
    // What calls under way have reserved is free again soon.
    if (isOnlyReserved(reserved) && waits) return { now: false, at: now() + FULL_RETRY_MS };
    if (limit.startsWith("daily")) {
      // Final for a request of its own: the next day would be long after it.
      if (job.batch === undefined) throw new BudgetExceeded(reserved);
      // What a key may use is used up for all that is left of the batch.
      if (scope !== "number") await batchStore.hold(job.batch.id, now() + retryAfterMs);
      return { now: false, at: now() + retryAfterMs };
    }
    if (limit === "concurrent") return { now: false, at: now() + FULL_RETRY_MS };
    if (job.batch !== undefined) await batchStore.hold(job.batch.id, now() + retryAfterMs);
    return { now: false, at: now() + retryAfterMs };
  }

  /**
   * Repeats the checks whose result can change while a call is queued: its batch, the erasure of its
   * number, the do-not-call list and calling hours. Resolves with the time at which calling hours begin
   * again, where the call can wait for it.
   */
  async function checkAgain(job: OutboundJob): Promise<number | undefined> {
    const policy = await deps.policy();
    const goesOnAt = job.batch &&
      batchTime(await batchStore.head(job.batch.id), job.to, { policy, now: now() });
    if (goesOnAt !== undefined) return goesOnAt;
    if (await deps.erasure.isDue(job.callId)) throw new CallWithdrawn("erased");
    const decision = await policy.check(job.to, now(), job);
    if (decision.ok) return undefined;
    if (decision.code !== "outside_hours" || decision.opensAt === undefined || !canWait(job)) {
      throw new DestinationRefused(decision);
    }
    return decision.opensAt;
  }

  /** A call of a batch waits no longer than its batch lasts: it expires then. */
  async function withinBatch({ batch }: OutboundJob, at: number): Promise<number> {
    const head = batch && await batchStore.head(batch.id);
    const endsAt = head?.endsAt ?? Infinity;
    return Math.min(at, endsAt);
  }

  /** A failure before dialling, for example of the store, is retried later. */
  function postponed(error: unknown): DialTime {
    if (isFinal(error)) throw error;
    log.warn("Call postponed", { error });
    return { now: false, at: now() + STORE_RETRY_MS };
  }

  async function create(job: OutboundJob): Promise<string> {
    const { callId, keyName, batch } = job;
    const call = activeCalls.register(job);
    const dialledAt = now();
    try {
      const { sid, status } = await deps.twilio.create(twilioCallOptions(job, deps));
      activeCalls.bindSid(call, sid);
      if (batch !== undefined) {
        batchStore.markPlaced(callId, now()).catch((error) =>
          log.warn("Batch not written", { error })
        );
      }
      log.info("Call placed", { callId, keyName });
      activeCalls.applyProgress(call, { status });
      return sid;
    } catch (error) {
      // A status callback can arrive before the response.
      if (call.callSid !== undefined) return call.callSid;
      if (isUnknown(error)) {
        call.unresolved = true;
        deps.unresolvedCalls.watch(call, dialledAt);
        throw new OutcomeUnknown(callId);
      }
      activeCalls.remove(callId);
      throw error;
    }
  }
}

/** The parameters of Twilio's create request, with the addresses of the webhooks. */
export function twilioCallOptions(
  { callId, to, from, agent, machineDetection, minutes }: OutboundJob,
  { publicUrl, maxCallMs, transferMs }: TwilioCallSettings,
): TwilioCallOptions {
  return {
    to,
    from,
    url: `${publicUrl}/twilio/voice?call=${callId}`,
    statusCallback: `${publicUrl}/twilio/status?call=${callId}`,
    statusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
    timeout: RING_SECONDS,
    // Our own limit comes first and is announced; this one applies where the process has died.
    timeLimit: Math.ceil(
      (Math.min(maxCallMs, (minutes ?? Infinity) * 60_000) + transferMs(agent)) / 1000,
    ) + GRACE_SECONDS,
    ...(machineDetection !== undefined && machineDetection !== false && {
      machineDetection: "DetectMessageEnd",
      // Asynchronous, so that a human never waits for the result.
      asyncAmd: "true",
      asyncAmdStatusCallback: `${publicUrl}/twilio/amd?call=${callId}`,
      ...(machineDetection !== true && detectionOptions(machineDetection)),
    }),
  };
}

function detectionOptions(
  settings: Exclude<MachineDetection, boolean>,
): Partial<TwilioCallOptions> {
  return present({
    machineDetectionTimeout: settings.timeoutSeconds,
    machineDetectionSpeechThreshold: settings.speechThresholdMs,
    machineDetectionSpeechEndThreshold: settings.speechEndThresholdMs,
    machineDetectionSilenceTimeout: settings.silenceTimeoutMs,
  });
}

/** Single requests fail outside calling hours; calls of batches and further attempts wait. */
function canWait({ batch, attempt }: OutboundJob): boolean {
  return batch !== undefined || attempt > 1;
}

/** Whether a retry would fail in the same way. */
function isFinal(error: unknown): boolean {
  return error instanceof DestinationRefused || error instanceof BudgetExceeded ||
    error instanceof KeyRefused || error instanceof CallWithdrawn || error instanceof CallRefused;
}

function isUnknown(error: unknown): boolean {
  return !(error instanceof TwilioProblem) || error.code === "outcome_unknown";
}

function busySecondsOf(error: unknown): number | undefined {
  return error instanceof TwilioProblem ? error.retryAfterSeconds : undefined;
}

function codeOf(error: unknown): string {
  if (error instanceof TwilioProblem) return error.code;
  if (error instanceof DestinationRefused) return error.refusal.code;
  if (error instanceof BudgetExceeded) return limitCode(error.refusal);
  return error instanceof CallRefused || error instanceof KeyRefused ||
      error instanceof CallWithdrawn
    ? error.code
    : "internal_error";
}
