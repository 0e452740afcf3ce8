import type { CallRegistry, CallSession } from "../../call/sessionApi.ts";
import { CallRefused } from "../../call/sessionApi.ts";
import { newId } from "../../utils/ids.ts";
import type { CallProgress, SpokenMessage, TwilioCalls } from "../twilioOutbound.ts";
import type { CallBudget, DialPolicy } from "../spending.ts";
import type { EventHub } from "../events.ts";
import type { InstanceRpc, KeyRevocation } from "../cluster.ts";
import { createReservation } from "./reservation.ts";
import { createOutboundBatches, type OutboundBatches } from "./batches.ts";
import { createDialer } from "./dialer.ts";
import { createIdempotency } from "./idempotency.ts";
import { createCallbacks } from "./callbacks.ts";
import { createInitiation, type Initiation } from "./placement.ts";
import type { OutboundJob } from "./outboundJob.ts";
import type { KeyCheck } from "./keyCheck.ts";
import { createPlacedCallControl, type PlacedCallControl } from "./placedCallControl.ts";
import { createPlacedCallRecords } from "./placedCallRecords.ts";
import { createActiveCalls } from "./activeCalls.ts";
import { createPlacing } from "./dialCall.ts";
import { createRevokedKeyCalls } from "./revokedKeyCalls.ts";
import { createCallFinalizer } from "./callFinalizer.ts";
import type { TwilioCallSettings } from "./twilioCallOptions.ts";
import { createUnresolvedCalls } from "./unresolvedCalls.ts";
import type { Recorder } from "../records.ts";
import type { CallRecord, Store } from "../store.ts";
import type { Handoff } from "../calls.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** Calls that this server places. What another key placed does not exist for a key. */
export interface OutboundCalls extends Initiation, PlacedCallControl {
  readonly batches: OutboundBatches;
  /**
   * Takes a status callback in, in any order and more than once. With `callId` also one that comes
   * before the answer to our own request for the call.
   */
  status(callSid: string, progress: CallProgress, callId?: string): void;
  /** Who took the call, by the phone network's guess. */
  answeredBy(callSid: string, who: string, callId?: string): void;
  /** The session of a call that has been answered; at once where this process placed it. */
  sessionFor(
    callId: string,
    callSid: string,
  ): CallSession | undefined | Promise<CallSession | undefined>;
  /** A call's record is complete. */
  ended(call: CallRecord): Promise<void> | undefined;
  /** Looks after calls whose process has died while it was dialling. */
  reconcile(): Promise<void>;
  /** Places no more calls; those that are placed go on. */
  stop(): Promise<void>;
  /** Settles when nothing has to be written any more. */
  settled(): Promise<void>;
  close(): void;
}

export interface OutboundCallsDeps {
  readonly registry: Pick<CallRegistry, "open" | "accepting" | "size">;
  readonly calls: TwilioCalls;
  readonly store: Pick<
    Store,
    "calls" | "erasure" | "budget" | "idempotency" | "dialQueue" | "batches" | "keyCalls"
  >;
  readonly recorder: Pick<Recorder, "openCall" | "updateCall" | "endCall" | "health">;
  readonly handoff: Handoff;
  readonly rpc: InstanceRpc;
  readonly revocation: Pick<KeyRevocation, "onRevoked">;
  readonly events: Pick<EventHub, "subscribe">;
  readonly policy: () => Promise<DialPolicy>;
  readonly keyCheck: KeyCheck;
  /** Why an agent can take no call at all, if so. */
  readonly agentRefusal: (agent: string) => CallRefused | undefined;
  /** What to leave on a machine; nothing means to hang up. */
  readonly voicemail: (job: OutboundJob) => SpokenMessage | undefined;
  /** Hears of the ends of calls without a session. */
  readonly endedWithoutSession: (callId: string) => void;
  readonly instanceId: string;
  readonly publicUrl: string;
  readonly ownNumber: string;
  readonly maxCalls: number;
  readonly maxCallMs: number;
  readonly transferMs: TwilioCallSettings["transferMs"];
  readonly callBudget: CallBudget;
  readonly perSecond: number;
  readonly maxPending: number;
  readonly patienceMs?: number;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
}

/** Puts together what placing calls takes. */
export function createOutboundCalls(deps: OutboundCallsDeps): OutboundCalls {
  const { registry, calls, store, events, callBudget, now, setTimer, log } = deps;
  const { dialQueue: queue, batches, budget } = store;
  const world = { now, setTimer, log };
  const records = createPlacedCallRecords({
    recorder: deps.recorder,
    ended: deps.endedWithoutSession,
    instanceId: deps.instanceId,
    now,
  });
  const placed = createActiveCalls({
    ...world,
    registry,
    calls,
    records,
    handoff: deps.handoff,
    voicemail: deps.voicemail,
  });
  const reservation = createReservation({
    budget,
    callBudget,
    now,
    maxCallMs: deps.maxCallMs,
  });
  const unresolvedCalls = createUnresolvedCalls({
    ...world,
    calls,
    queue,
    placed,
    records,
    reservation,
    store: store.calls,
    settle: (call) => settlement.settle(call),
  });
  const placing = createPlacing({
    policy: deps.policy,
    keyCheck: deps.keyCheck,
    reservation,
    refusal,
    now,
    log,
    calls,
    queue,
    batches,
    placed,
    records,
    isErased: store.erasure.isDue,
    agentRefusal: deps.agentRefusal,
    wire: {
      publicUrl: deps.publicUrl,
      maxCallMs: deps.maxCallMs,
      transferMs: deps.transferMs,
    },
    unknown: unresolvedCalls.watch,
    left: ({ batch }) => batch !== undefined && batchCalls.wake(),
    began: batchCallBegan,
  });
  const dialer = createDialer({
    ...world,
    queue,
    place: placing.place,
    perSecond: deps.perSecond,
  });
  const batchCalls = createOutboundBatches({
    ...world,
    batches,
    queue,
    records,
    policy: deps.policy,
    fed: dialer.wake,
    ownNumber: deps.ownNumber,
    newId: () => newId("batch"),
    maxPending: deps.maxPending,
  });
  const settlement = createCallFinalizer({
    ...world,
    budget,
    queue,
    batches,
    calls: store.calls,
    forget: placed.forget,
    tryAgain: async (job, dueAt, callId) => {
      await queue.admitAgain(records.admission(job, dueAt), now(), callId);
      dialer.wake();
    },
  });
  const initiation = createInitiation({
    ...world,
    policy: deps.policy,
    reservation,
    dialer,
    placing,
    refusal,
    enqueue,
    requests: createIdempotency({
      ...world,
      keys: store.idempotency,
      answerOf: unresolvedCalls.answerOf,
    }),
    storeAnswers: () => deps.recorder.health().status === "ok",
    ownNumber: deps.ownNumber,
    perSecond: deps.perSecond,
    ...present({ patienceMs: deps.patienceMs }),
    newId: () => newId("call"),
  });
  const incoming = createCallbacks({
    placed,
    records,
    calls,
    queue,
    store: store.calls,
    log,
    voicemail: deps.voicemail,
    rpc: deps.rpc,
    handoff: deps.handoff,
    bound: unresolvedCalls.found,
  });
  const refuseCallsOf = createRevokedKeyCalls({ keyCalls: store.keyCalls, records, now, log });
  deps.revocation.onRevoked(({ name }) => refuseCallsOf(name));
  const subscription = events.subscribe(
    ({ callId }) => placed.get(callId) !== undefined,
    ({ callId, event }) => placed.told(callId, event),
  );

  return {
    ...initiation,
    ...createPlacedCallControl({
      placed,
      records,
      calls,
      queue,
      store: store.calls,
      settlement,
      rpc: deps.rpc,
    }),
    ...incoming,
    batches: batchCalls,
    ended: settlement.settle,
    reconcile: unresolvedCalls.reconcile,
    async stop() {
      await batchCalls.close();
      await dialer.close();
    },
    settled: settlement.close,
    close() {
      subscription.close();
      unresolvedCalls.close();
      placed.close();
    },
  };

  /** A call that is to have a session needs room for one before it is dialled. */
  function refusal(): CallRefused | undefined {
    const full = registry.size + placed.unopened >= deps.maxCalls;
    if (registry.accepting && !full) return undefined;
    return new CallRefused(full ? "full" : "draining");
  }

  async function enqueue(job: OutboundJob): Promise<number> {
    const position = await queue.admit(records.admission(job, now()), now());
    dialer.wake();
    return position;
  }

  function batchCallBegan({ callId, batch }: OutboundJob): void {
    if (batch === undefined) return;
    batches.placed(callId).catch((error) => log.warn("Batch not written", { error }));
  }
}
