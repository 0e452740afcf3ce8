import type { CallRegistry } from "../../call/registry.ts";
import type { Agents } from "../../config/agents.ts";
import type { PhoneSettings, Settings } from "../../config/settings.ts";
import { type SpokenMessage, spokenMessage, type TwilioCalls } from "../twilioOutbound.ts";
import type { CallBudget, DialPolicy } from "../spending.ts";
import type { Routing } from "../routing.ts";
import type { EventHub } from "../events.ts";
import type { Cluster } from "../cluster.ts";
import type { CompletionDispatcher, Recorder } from "../records.ts";
import type { Store } from "../store.ts";
import {
  findsOutWhoAnswers,
  type ProcessHandover,
  type ResumedCalls,
  screeningText,
  voicemailText,
} from "../calls.ts";
import { type OutboundJob, requestOf } from "./outboundJob.ts";
import { createActiveCalls } from "./activeCalls.ts";
import { createOutboundBatches } from "./batches.ts";
import { createTwilioCallbacks } from "./twilioCallbacks.ts";
import { createCallFinalizer } from "./callFinalizer.ts";
import { createDialAttempt } from "./dialAttempt.ts";
import { createDialer } from "./dialer.ts";
import { Idempotency } from "./idempotency.ts";
import { createKeyRefusal, createRevokedKeyRefusal } from "./keyRefusal.ts";
import { createPlacedCallControl } from "./placedCallControl.ts";
import { PlacedCallRecords } from "./placedCallRecords.ts";
import { createCallPlacement } from "./callPlacement.ts";
import { createUnresolvedCalls } from "./unresolvedCalls.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Calls that this server places. A key cannot see the calls of another one. */
export type OutboundCalls = ReturnType<typeof openOutbound>;

export interface OutboundDeps extends Clock {
  readonly settings: Settings;
  readonly line: Pick<PhoneSettings, "publicUrl" | "number">;
  readonly agents: Agents;
  readonly registry: Pick<CallRegistry, "open" | "refusal" | "size">;
  readonly twilio: TwilioCalls;
  readonly store: Store;
  readonly recorder: Pick<Recorder, "openCall" | "updateCall" | "endCall" | "health">;
  readonly completion: Pick<CompletionDispatcher, "enqueue">;
  readonly cluster: Pick<Cluster, "instanceId" | "revocation" | "rpc">;
  readonly processHandover: ProcessHandover;
  readonly resumedCalls: ResumedCalls;
  readonly events: Pick<EventHub, "subscribe">;
  readonly policy: () => Promise<DialPolicy>;
  readonly callBudget: CallBudget;
  readonly routing: Pick<Routing, "route">;
  readonly patienceMs?: number | undefined;
  /** How often batches are looked at, at the latest. */
  readonly pollMs?: number | undefined;
  readonly log: Pick<Log, "info" | "warn" | "error">;
}

/** Opens placement, dialling, callbacks and batches; each part gets only parts made before it. */
export function openOutbound(deps: OutboundDeps) {
  const { settings: { limits, outbound, server }, line, agents, store } = deps;
  const { recorder, now } = deps;
  const { instanceId, revocation, rpc } = deps.cluster;
  const callRecords = new PlacedCallRecords({
    recorder,
    onEndedWithoutSession: deps.completion.enqueue,
    instanceId,
    now,
  });
  const common = {
    ...deps,
    rpc,
    callRecords,
    callStore: store.calls,
    queue: store.dialQueue,
    batchStore: store.batches,
    budget: store.budget,
    maxCalls: limits.calls,
    maxCallMs: limits.callMs,
    voicemail,
    screening,
    findsOut,
  };
  const activeCalls = createActiveCalls(common);
  const finalizer = createCallFinalizer({ ...common, activeCalls });
  const unresolvedCalls = createUnresolvedCalls({ ...common, activeCalls, finalizer });
  const dialAttempt = createDialAttempt({
    ...common,
    keyRefusal: createKeyRefusal({
      keys: server.apiKeys,
      rules: deps.settings.signIn?.rules,
      isRevoked: revocation.isRevoked,
      now: () => Date.now(),
    }),
    transferMs: (agent) => hasTransfers(agent) ? limits.transferMs : 0,
    erasure: store.erasure,
    activeCalls,
    unresolvedCalls,
    publicUrl: line.publicUrl,
  });
  const dialer = createDialer({ ...common, dialAttempt, perSecond: outbound.perSecond });
  const batches = createOutboundBatches({
    ...common,
    dialer,
    maxPendingOf: (keyName) =>
      server.apiKeys.find(({ name }) => name === keyName)?.pending ?? outbound.pending,
  });
  finalizer.onRetry(() => {
    dialer.wake();
    batches.wake();
  });
  const placement = createCallPlacement({
    ...common,
    activeCalls,
    dialer,
    idempotency: new Idempotency({
      ...common,
      idempotencyStore: store.idempotency,
      unresolvedCalls,
    }),
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
    ...createTwilioCallbacks({ ...common, activeCalls, unresolvedCalls }),
    batches,
    /** Finalizes a call whose record is complete. */
    finalize: finalizer.finalize,
    /** Resolves calls whose process has died while it was dialling. */
    reconcile: unresolvedCalls.reconcile,
    /** Dials no more calls; those that are placed go on. */
    async stop(): Promise<void> {
      await batches.close();
      await dialer.close();
    },
    /** Settles when there is nothing left to write. */
    settled: finalizer.close,
    close(): void {
      subscription.close();
      unresolvedCalls.close();
      activeCalls.close();
    },
  };

  /** What to leave on a machine; undefined means to hang up. */
  function voicemail(job: OutboundJob): SpokenMessage | undefined {
    const agent = agents.get(job.agent);
    if (agent === undefined) return undefined;
    const text = voicemailText(agent, requestOf(job), new Date());
    return text === undefined ? undefined : spokenMessage(agent, text);
  }

  function screening(job: OutboundJob): string | undefined {
    const agent = agents.get(job.agent);
    return agent && screeningText(agent, requestOf(job), new Date());
  }

  function findsOut(job: OutboundJob): { readonly transcribes: boolean } | undefined {
    const agent = agents.get(job.agent);
    if (agent === undefined || !findsOutWhoAnswers(agent, requestOf(job))) return undefined;
    return { transcribes: agent.transcription !== "off" };
  }

  function hasTransfers(agent: string): boolean {
    return Object.keys(agents.get(agent)?.transfers ?? {}).length > 0;
  }
}
