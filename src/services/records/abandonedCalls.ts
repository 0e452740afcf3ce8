import type { CallEnd } from "../../call/types.ts";
import { isFinal, type TwilioCall, TwilioProblem } from "../twilioOutbound.ts";
import { createAliveInstances } from "../cluster.ts";
import { endOf, outcomeOf } from "./callOutcome.ts";
import type { Phone } from "../phone.ts";
import { endAbandoned } from "./endAbandonedCall.ts";
import type { Records } from "./openRecords.ts";
import type { CallRecord, Store } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface ReconcilerDeps {
  readonly records:
    & Pick<Records, "prices" | "endedCalls">
    & { readonly store: Pick<Store, "calls" | "instances" | "dialQueue"> };
  /** Absent where there is no phone. */
  readonly phone:
    | (Pick<Phone, "twilio" | "outbound"> & Partial<Pick<Phone, "transferredCalls">>)
    | undefined;
  /** No call lasts longer. */
  readonly maxCallMs: number;
  /** Whether this process holds a call. */
  readonly holds: (callId: string) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonic?: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "info" | "warn">;
}

const LOOK_MS = 10_000;

/** Looks after calls whose process has died: ends their records, with the phone network's word on how. */
export function startReconciler(deps: ReconcilerDeps): { close(): Promise<void> } {
  const { records, phone, maxCallMs, holds, now, setTimer, log } = deps;
  const { monotonic = () => performance.now() } = deps;
  const { store: { calls, instances, dialQueue } } = records;
  const aliveOf = createAliveInstances({ now: monotonic });
  let closed = false;
  let working: Promise<void> | undefined;
  let cancelTimer = setTimer(look, 0);

  function look(): void {
    working = reconcile()
      .catch((error) => log.warn("Abandoned calls not looked after", { error }))
      .finally(() => {
        if (!closed) cancelTimer = setTimer(look, LOOK_MS);
      });
  }

  async function reconcile(): Promise<void> {
    await phone?.outbound.reconcile()
      .catch((error) => log.warn("Placed calls not looked after", { error }));
    await phone?.transferredCalls?.reconcile()
      .catch((error) => log.warn("Transfers not looked after", { error }));
    const alive = aliveOf(await instances.beats());
    for (const call of await instances.abandonedCalls(alive)) {
      if (closed) return;
      if (holds(call.id)) continue;
      // One of which the phone network tells nothing keeps no other open.
      await reconcileOne(call).catch((error) =>
        log.warn("Abandoned call not looked after", { callId: call.id, error })
      );
    }
  }

  async function reconcileOne(call: CallRecord): Promise<void> {
    const queued = call.direction === "outbound" ? await dialQueue.find(call.id) : undefined;
    // It waits for its turn, or is being looked for.
    if (queued !== undefined && call.callSid === undefined) return;
    const known = call.callSid === undefined ? undefined : await ask(call.callSid);
    const isTooOld = now() - call.startedAt > 2 * maxCallMs;
    if (known !== undefined && !isFinal(known.status) && !isTooOld) return;
    await end(call, known);
    records.endedCalls.add(call.id);
    log.info("Abandoned call ended", { callId: call.id });
  }

  async function end(call: CallRecord, known: TwilioCall | undefined): Promise<void> {
    const { durationSeconds, endedAt = now() } = known ?? {};
    const isPlaced = call.direction === "outbound" && known !== undefined;
    await endAbandoned(calls, call, {
      end: endingOf(call, known),
      endedAt,
      ...(isPlaced && { outcome: outcomeOf(known.status, call.answeredBy) }),
      ...(durationSeconds !== undefined && { connectedMs: durationSeconds * 1000 }),
      prices: records.prices,
    });
  }

  async function ask(callSid: string): Promise<TwilioCall | undefined> {
    try {
      return await phone?.twilio.fetch(callSid);
    } catch (error) {
      if (error instanceof TwilioProblem && error.code === "unknown_call") return undefined;
      throw error;
    }
  }

  return {
    async close() {
      closed = true;
      cancelTimer();
      await working;
      cancelTimer();
    },
  };
}

function endingOf(call: CallRecord, known: TwilioCall | undefined): CallEnd {
  if (known !== undefined && known.status !== "completed") return endOf(known.status);
  if (call.answeredAt === undefined && known !== undefined) return endOf(known.status);
  return { reason: "server_stopped", detail: "crashed" };
}
