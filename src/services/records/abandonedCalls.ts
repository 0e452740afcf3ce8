import type { CallEnd } from "../../call/types.ts";
import { isFinal, type TwilioCall, type TwilioCalls, TwilioProblem } from "../twilioOutbound.ts";
import type { Prices } from "../spending.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { CompletionDispatcher } from "./completionDispatcher.ts";
import { createAliveInstances } from "../cluster.ts";
import { endOf, outcomeOf } from "./callOutcome.ts";
import { endAbandonedCall } from "./endAbandonedCall.ts";
import type { CallRecord, Store } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface AbandonedCallsDeps {
  readonly store: Pick<Store, "calls" | "instances" | "dialQueue">;
  readonly prices: Prices;
  readonly completion: Pick<CompletionDispatcher, "enqueue">;
  /** Absent where there is no phone. */
  readonly twilio: Pick<TwilioCalls, "fetch"> | undefined;
  readonly settings: { readonly limits: { readonly callMs: number } };
  /** Undefined for a call that this process does not hold. */
  readonly registry: { get(callId: string): unknown };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonic?: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "info" | "warn">;
}

const POLL_MS = 10_000;

/** Ends the records of calls whose process has died, with what Twilio knows of how they ended. */
export function openAbandonedCalls(deps: AbandonedCallsDeps): { close(): Promise<void> } {
  const { store: { calls, instances, dialQueue }, prices, completion, twilio } = deps;
  const { settings, registry, now, setTimer, log } = deps;
  const { monotonic = () => performance.now() } = deps;
  const aliveOf = createAliveInstances({ now: monotonic });
  let closed = false;
  const poll = createPollLoop(async () => {
    await reconcile().catch((error) => log.warn("Abandoned calls not reconciled", { error }));
    return POLL_MS;
  }, setTimer);

  async function reconcile(): Promise<void> {
    const alive = aliveOf(await instances.beats());
    for (const call of await instances.abandonedCalls(alive)) {
      if (closed) return;
      if (registry.get(call.id) !== undefined) continue;
      // A failed request to Twilio delays no other call.
      await reconcileOne(call).catch((error) =>
        log.warn("Abandoned call not reconciled", { callId: call.id, error })
      );
    }
  }

  async function reconcileOne(call: CallRecord): Promise<void> {
    const queued = call.direction === "outbound" ? await dialQueue.find(call.id) : undefined;
    // It is still queued, or its CallSid is being searched for.
    if (queued !== undefined && call.callSid === undefined) return;
    const known = call.callSid === undefined ? undefined : await ask(call.callSid);
    const isTooOld = now() - call.startedAt > 2 * settings.limits.callMs;
    if (known !== undefined && !isFinal(known.status) && !isTooOld) return;
    await end(call, known);
    completion.enqueue(call.id);
    log.info("Abandoned call ended", { callId: call.id });
  }

  async function end(call: CallRecord, known: TwilioCall | undefined): Promise<void> {
    const { durationSeconds, endedAt = now() } = known ?? {};
    const isPlaced = call.direction === "outbound" && known !== undefined;
    await endAbandonedCall(calls, call, {
      end: endingOf(call, known),
      endedAt,
      ...(isPlaced && { outcome: outcomeOf(known.status, call.answeredBy) }),
      ...(durationSeconds !== undefined && { connectedMs: durationSeconds * 1000 }),
      prices,
    });
  }

  async function ask(callSid: string): Promise<TwilioCall | undefined> {
    try {
      return await twilio?.fetch(callSid);
    } catch (error) {
      if (error instanceof TwilioProblem && error.code === "unknown_call") return undefined;
      throw error;
    }
  }

  return {
    async close() {
      closed = true;
      await poll.close();
    },
  };
}

function endingOf(call: CallRecord, known: TwilioCall | undefined): CallEnd {
  if (known !== undefined && known.status !== "completed") return endOf(known.status);
  if (call.answeredAt === undefined && known !== undefined) return endOf(known.status);
  return { reason: "server_stopped", detail: "crashed" };
}
