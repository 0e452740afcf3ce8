import { CallRefused, type CallRegistry } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import type { PhoneSettings, Settings } from "../../config/settings.ts";
import type { TwilioCalls } from "../twilioOutbound.ts";
import type { CallBudget, DialPolicy } from "../spending.ts";
import type { EventHub } from "../events.ts";
import type { Cluster } from "../cluster.ts";
import type { CompletionDispatcher, Recorder } from "../records.ts";
import type { CallRecord, Store } from "../store.ts";
import type { Handoff } from "../calls.ts";
import { createActiveCalls } from "./activeCalls.ts";
import { createOutboundBatches, type OutboundBatches } from "./batches.ts";
import { type Callbacks, createCallbacks } from "./callbacks.ts";
import { createCallFinalizer } from "./callFinalizer.ts";
import { createDialAttempt } from "./dialAttempt.ts";
import { createDialer } from "./dialer.ts";
import { Idempotency } from "./idempotency.ts";
import { createAgentRules, createKeyCheck, createRevokedKeyRefusal } from "./keyCheck.ts";
import { createPlacedCallControl, type PlacedCallControl } from "./placedCallControl.ts";
import { PlacedCallRecords } from "./placedCallRecords.ts";
import { type CallPlacement, createCallPlacement } from "./callPlacement.ts";
import { Reservation } from "./budgetReservation.ts";
import { createUnresolvedCalls } from "./unresolvedCalls.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Calls that this server places. A key cannot see the calls of another one. */
export interface OutboundCalls extends CallPlacement, PlacedCallControl, Callbacks {
  readonly batches: OutboundBatches;
  /** Finalizes a call whose record is complete. */
  ended(call: CallRecord): Promise<void> | undefined;
  /** Resolves calls whose process has died while it was dialling. */
  reconcile(): Promise<void>;
  /** Dials no more calls; those that are placed go on. */
  stop(): Promise<void>;
  /** Settles when there is nothing left to write. */
  settled(): Promise<void>;
  close(): void;
}

export interface OutboundCallsDeps extends Clock {
  readonly settings: Settings;
  readonly line: Pick<PhoneSettings, "publicUrl" | "number">;
  readonly agents: Agents;
  readonly registry: Pick<CallRegistry, "open" | "accepting" | "size">;
  readonly twilio: TwilioCalls;
  readonly store: Store;
  readonly recorder: Pick<Recorder, "openCall" | "updateCall" | "endCall" | "health">;
  readonly completion: Pick<CompletionDispatcher, "enqueue">;
  readonly cluster: Pick<Cluster, "instanceId" | "revocation" | "rpc">;
  readonly handoff: Handoff;
  readonly events: Pick<EventHub, "subscribe">;
  readonly policy: () => Promise<DialPolicy>;
  readonly callBudget: CallBudget;
  readonly patienceMs?: number | undefined;
  readonly log: Pick<Log, "info" | "warn" | "error">;
}

/** Composes placement, dialling, callbacks and batches; each part gets only parts made before it. */
export function openOutbound(deps: OutboundCallsDeps): OutboundCalls {
  const { settings: { limits, outbound, server }, line, registry, store, recorder, now } = deps;
  const { instanceId, revocation, rpc } = deps.cluster;
  const callRecords = new PlacedCallRecords({
    recorder,
    onEndedWithoutSession: deps.completion.enqueue,
    instanceId,
    now,
  });
  const common = {
    ...deps,
    ...createAgentRules({ agents: deps.agents, limits }),
    rpc,
    callRecords,
    callStore: store.calls,
    queue: store.dialQueue,
    batchStore: store.batches,
    budget: store.budget,
    maxCallMs: limits.callMs,
  };
  const activeCalls = createActiveCalls(common);
  const reservation = new Reservation(common);
  const finalizer = createCallFinalizer({ ...common, activeCalls });
  const unresolvedCalls = createUnresolvedCalls({
    ...common,
    activeCalls,
    reservation,
    finalizer,
  });
  const dialAttempt = createDialAttempt({
    ...common,
    keyCheck: createKeyCheck({
      keys: server.apiKeys,
      isRevoked: revocation.isRevoked,
      now: () => Date.now(),
    }),
    capacityRefusal,
    erasure: store.erasure,
    reservation,
    activeCalls,
    unresolvedCalls,
    publicUrl: line.publicUrl,
  });
  const dialer = createDialer({ ...common, dialAttempt, perSecond: outbound.perSecond });
  finalizer.onRetry(dialer.wake);
  const batches = createOutboundBatches({ ...common, dialer, maxPending: outbound.pending });
  const placement = createCallPlacement({
    ...common,
    reservation,
    dialer,
    idempotency: new Idempotency({ ...common, keys: store.idempotency, unresolvedCalls }),
    capacityRefusal,
    storeAnswers: () => recorder.health().status === "ok",
    ownNumber: line.number,
  });
  const refuseCallsOf = createRevokedKeyRefusal({ ...common, keyCalls: store.keyCalls });
  revocation.onRevoked(({ name }) => refuseCallsOf(name));
  const subscription = deps.events.subscribe(
    ({ callId }) => activeCalls.get(callId) !== undefined,
    ({ callId, event }) => activeCalls.handleEvent(callId, event),
  );

  return {
    ...placement,
    ...createPlacedCallControl({ ...common, activeCalls, finalizer }),
    ...createCallbacks({ ...common, activeCalls, unresolvedCalls }),
    batches,
    ended: finalizer.finalize,
    reconcile: unresolvedCalls.reconcile,
    async stop() {
      await batches.close();
      await dialer.close();
    },
    settled: finalizer.close,
    close() {
      subscription.close();
      unresolvedCalls.close();
      activeCalls.close();
    },
  };

  /** A call opens a session when it rings, so capacity is checked before it is dialled. */
  function capacityRefusal(): CallRefused | undefined {
    const isFull = registry.size + activeCalls.unopened >= limits.calls;
    if (registry.accepting && !isFull) return undefined;
    return new CallRefused(isFull ? "full" : "draining");
  }
}
