import type { CallRegistry, CallSession } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { newId } from "../../utils/ids.ts";
import type { Logger } from "../../utils/logger.ts";
import { setTimer } from "../../utils/clock.ts";
import type { CallBudget, Prices } from "../spending.ts";
import { createAnalysis } from "./analyticsQueue.ts";
import type { CallJournals } from "./callJournals.ts";
import { createEndedCalls, type EndedCalls } from "./completionDispatcher.ts";
import { createEventLog, type EventHub, type EventLog, type EventLogOptions } from "../events.ts";
import { createForgetting, type Forgetting } from "./callErasure.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { ModelFaults } from "../openai.ts";
import type { TwilioFaults } from "../twilioOutbound.ts";
import {
  type InstanceBus,
  type KeyRevocation,
  openKeyRevocation,
  shareEvents,
} from "../cluster.ts";
import { createMetrics, type Metrics } from "../metrics.ts";
import { createRecorder, type RecordedCall, type Recorder } from "./recorder.ts";
import { startRetention } from "./retention.ts";
import type { CallRecord, Store } from "../store.ts";
import { createWebhooks, type Webhooks } from "../webhooks.ts";
import { present } from "../../utils/present.ts";

/** All who watch calls: what they tell is written down, counted, and told to others. */
export interface Records {
  /** Of this process, as the store knows it. */
  readonly instanceId: string;
  readonly store: Store;
  readonly prices: Prices;
  readonly recorder: Recorder;
  readonly eventLog: EventLog;
  readonly metrics: Metrics;
  readonly analyse: ReturnType<typeof createAnalysis>;
  readonly revocation: KeyRevocation;
  /** What a call is charged by. */
  readonly modelsOf: (
    session: CallSession,
  ) => Pick<RecordedCall, "model" | "transcriptionModel">;
  /** To be told of ends that no session of this process tells of. */
  readonly endedCalls: Pick<EndedCalls, "add">;
  readonly forgetting: Pick<Forgetting, "eraseNumber" | "eraseCall">;
  /** Absent where nobody is to be told. */
  readonly webhooks?: Webhooks;
  /** Writes down what is still to be written, then closes the store. */
  close(): Promise<void>;
}

export interface RecordsDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly registry: CallRegistry;
  readonly events: EventHub;
  readonly bus: InstanceBus;
  readonly store: Store;
  /** Absent where none are kept. */
  readonly journals?: CallJournals;
  readonly prices: Prices;
  readonly incidents: Incidents;
  readonly modelFaults: Pick<ModelFaults, "counts">;
  readonly twilioFaults: Pick<TwilioFaults, "counts">;
  readonly budget: Pick<CallBudget, "refusals">;
  /** Hears of every call whose record is complete. */
  readonly onEnded: (call: CallRecord) => void;
  /** Settles when nobody needs the store any more. */
  readonly beforeStoreCloses: () => Promise<void> | undefined;
  readonly writeEvent: EventLogOptions["write"];
  readonly logLinesDropped: () => number;
  readonly log: Logger;
}

/** Puts the watchers together. From now on they follow all calls. */
export async function openRecords(deps: RecordsDeps): Promise<Records> {
  const { settings, registry, events, bus, store, prices, log } = deps;
  const { now } = store.clock;
  const { instanceId } = bus;
  const keyOf = (callId: string) => registry.get(callId)?.request.keyName;
  const recorder = createRecorder({
    events,
    calls: store.calls,
    instances: store.instances,
    clock: store.clock,
    instanceId,
    prices,
    callOf: (callId) => recordedCall(callId, deps),
    now,
    log,
    setTimer,
  });
  const eventLog = createEventLog(events, { origin: instanceId, keyOf, write: deps.writeEvent });
  const sharedEvents = shareEvents({ bus, eventLog, setTimer, log });
  const webhooks = settings.webhook && createWebhooks({
    ...settings.webhook,
    events,
    outbox: store.outbox,
    keyOf,
    newId: () => newId("evt"),
    now,
    random: Math.random,
    setTimer,
    log,
  });
  const metrics = createMetrics({
    events,
    liveCalls: () => registry.list(),
    maxCalls: settings.limits.calls,
    incidents: deps.incidents,
    logLinesDropped: deps.logLinesDropped,
    modelFaults: deps.modelFaults,
    twilioFaults: deps.twilioFaults,
    budget: deps.budget,
    storeHealth: () => recorder.health(),
    ...present({ webhooks }),
    memory: () => Deno.memoryUsage(),
    startedAt: Math.round(performance.timeOrigin / 1000),
  });
  const { flush } = recorder;
  const forgetting = createForgetting({
    erasure: store.erasure,
    flush,
    journals: deps.journals,
    bus,
    now,
    log,
    forgetEvents: eventLog.forget,
  });
  const endedCalls = createEndedCalls({
    events,
    flush,
    calls: store.calls,
    forget: forgetting.forgetEnded,
    announce: async (call, content) => await webhooks?.ended(call, content),
    tell(call) {
      metrics.ended(call);
      deps.onEnded(call);
    },
    now,
    random: Math.random,
    incidents: deps.incidents,
    setTimer,
    log,
  });
  const revocation = await openKeyRevocation({
    keys: store.revokedKeys,
    apiKeys: settings.server.apiKeys,
    bus,
    now,
    setTimer,
    log,
  });
  const { retentionDays, journal } = settings.records;
  const stopRetention = startRetention({
    store,
    now,
    setTimer,
    incidents: deps.incidents,
    log,
    days: retentionDays,
    ...(journal !== undefined && { journalDir: journal.dir }),
  });
  return {
    instanceId,
    store,
    prices,
    recorder,
    eventLog,
    metrics,
    analyse: createAnalysis({ analyse: store.calls.analyse, now }),
    revocation,
    modelsOf: (session) => modelsOf(session, deps),
    endedCalls,
    forgetting,
    ...present({ webhooks }),
    async close() {
      eventLog.close();
      await sharedEvents.close();
      metrics.close();
      revocation.close();
      await stopRetention();
      await endedCalls.close();
      forgetting.close();
      await webhooks?.close();
      await recorder.close();
      await deps.beforeStoreCloses();
      await store.close();
    },
  };
}

function recordedCall(
  callId: string,
  deps: RecordsDeps,
): RecordedCall | undefined {
  const session = deps.registry.get(callId);
  if (session === undefined) return undefined;
  return { request: session.request, callSid: session.callSid, ...modelsOf(session, deps) };
}

function modelsOf(
  { request }: CallSession,
  { agents, settings }: RecordsDeps,
): Pick<RecordedCall, "model" | "transcriptionModel"> {
  const agent = agents.get(request.agent);
  const transcription = agent?.transcription;
  return {
    model: agent?.model ?? settings.openai.model,
    transcriptionModel: transcription === "off" ? undefined : transcription,
  };
}
