import type { CallRegistry } from "../../call/registry.ts";
import type { Agents } from "../../config/agents.ts";
import type { Log } from "../../utils/logger.ts";
import type { Clock } from "../../utils/clock.ts";
import { createCallActions } from "./callActions.ts";
import { createCrossProcessControl, type CrossProcessControlDeps } from "./crossProcessControl.ts";
import { createCallLookup } from "./callLookup.ts";
import { createEndCall, createLiveCallsOfKey } from "./callEnding.ts";
import { type CallHandoverDeps, createCallHandover } from "./callHandover.ts";
import { createProcessHandover } from "./processHandover.ts";
import type { ResumedCalls } from "./resumedCalls.ts";
import { createWebCalls, type WebCallsDeps } from "./webCalls.ts";
import type { Cluster } from "../cluster.ts";
import type { Recorder } from "../records.ts";
import type { Store } from "../store.ts";
import type { TransferPolicy } from "../spending.ts";
import { present } from "../../utils/present.ts";

export interface ApiOperationsDeps extends Pick<Clock, "setTimer"> {
  readonly registry: Pick<CallRegistry, "get" | "list">;
  readonly agents: Pick<Agents, "ofCall">;
  readonly store: Pick<Store, "calls" | "instances" | "keyCalls">;
  readonly recorder: Recorder;
  readonly resumedCalls: ResumedCalls;
  readonly cluster: Pick<Cluster, "instanceId" | "rpc">;
  /** Absent where the phone is not set up. */
  readonly phone?: {
    readonly twilio: NonNullable<CrossProcessControlDeps["twilio"]>;
    readonly calls: { readonly end: NonNullable<CallHandoverDeps["tellCarrier"]> };
    readonly outbound: {
      hangUp(callId: string, asker: { readonly seesAll: true }): Promise<unknown>;
    };
  } | undefined;
  readonly abandonedCalls:
    & Pick<CrossProcessControlDeps, "endUnheld">
    & Pick<WebCallsDeps, "unlessEnding">;
  readonly transfers: Pick<TransferPolicy, "refusalOf" | "refusalOfNumber">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** What the API does with single calls, whichever process holds them. */
export type ApiOperations = ReturnType<typeof createApiOperations>;

/** Also lets other processes act on the calls of this one, from now on. */
export function createApiOperations(
  {
    registry,
    agents,
    store,
    recorder,
    resumedCalls,
    cluster,
    phone,
    transfers,
    setTimer,
    log,
    ...deps
  }: ApiOperationsDeps,
) {
  const { calls: callStore, instances, keyCalls } = store;
  const { instanceId, rpc } = cluster;
  const control = createCrossProcessControl({
    instanceId,
    rpc,
    act: createCallActions({ registry, agents, transfers }),
    endUnheld: deps.abandonedCalls.endUnheld,
    ...present({ twilio: phone?.twilio }),
  });
  const endCall = createEndCall({
    control,
    hangUpPlaced: phone && ((callId) => phone.outbound.hangUp(callId, { seesAll: true })),
  });
  const lookup = createCallLookup({ registry, callStore, recorder, instanceId, setTimer });
  const processHandover = createProcessHandover({ callStore, recorder, instanceId, setTimer });
  return {
    lookup,
    webCalls: createWebCalls({
      registry,
      lookup,
      resumedCalls,
      processHandover,
      recorder,
      rpc,
      instances: store.instances,
      instanceId,
      unlessEnding: deps.abandonedCalls.unlessEnding,
      setTimer,
      log,
    }),
    control,
    endCall,
    handOver: createCallHandover({
      registry,
      processHandover,
      instances,
      instanceId,
      tellCarrier: phone?.calls.end,
      log,
    }),
    liveCallsOf: createLiveCallsOfKey({ keyCalls, endCall, flush: recorder.flush, log }),
  };
}
