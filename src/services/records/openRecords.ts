import type { CallRegistry } from "../../call/registry.ts";
import type { CallRequest } from "../../call/types.ts";
import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { Cluster } from "../cluster.ts";
import type { EventHub, EventLog } from "../events.ts";
import type { AddressOf, CallBudget, CallModels, Prices } from "../spending.ts";
import type { Recordings } from "../recording.ts";
import type { Store } from "../store.ts";
import { openAuditLog } from "./auditLog.ts";
import { createCallErasure } from "./callErasure.ts";
import type { CallJournals } from "./callJournals.ts";
import { createCompletionDispatcher } from "./completionDispatcher.ts";
import { openAnalytics } from "./openAnalytics.ts";
import { createRecorder } from "./recorder.ts";
import { followRecordings } from "./finishedRecordings.ts";
import { createRecordingRemoval } from "./recordingRemoval.ts";
import { openRetention } from "./retention.ts";
import { createWordIndexing } from "./wordIndexing.ts";

export interface RecordsDeps extends Pick<Clock, "setTimer"> {
  readonly settings: Pick<Settings, "records" | "recordings" | "webhook">;
  readonly registry: Pick<CallRegistry, "get">;
  readonly events: EventHub;
  readonly eventLog: Pick<EventLog, "erase">;
  /** Sentences in memory that may hold personal data; the erasure of any call clears them all. */
  readonly keptSpeech: { forget(): void };
  readonly cluster: Pick<Cluster, "bus">;
  readonly store: Store;
  readonly journals: CallJournals | undefined;
  readonly recordings: Recordings;
  readonly prices: Prices;
  readonly callBudget: Pick<CallBudget, "settle">;
  readonly addressOf: AddressOf;
  readonly modelsOf: (request: CallRequest) => CallModels;
  readonly incidents: Incidents;
  readonly log: Log;
}

/** The recorder and what depends on the records. */
export type Records = ReturnType<typeof openRecords>;

/** Opens the records, which follow all calls from now on. Disposal writes what still waits to be written. */
export function openRecords(deps: RecordsDeps) {
  const { registry, cluster: { bus }, store, settings, recordings } = deps;
  const {
    records: { retentionDays, auditDays, auditEntries, journal },
    recordings: { retentionDays: recordingDays },
  } = settings;
  const { now } = store.clock;
  const common = { ...deps, callStore: store.calls, now };
  const recorder = createRecorder({
    ...common,
    instances: store.instances,
    clock: store.clock,
    instanceId: bus.instanceId,
    callOf(callId) {
      const session = registry.get(callId);
      return session && {
        request: session.request,
        callSid: session.callSid,
        ...deps.modelsOf(session.request),
      };
    },
  });
  const { flush } = recorder;
  const erasure = createCallErasure({
    ...common,
    erasure: store.erasure,
    flush,
    bus,
    eraseEvents(callIds) {
      deps.eventLog.erase(callIds);
      deps.keptSpeech.forget();
    },
  });
  const completion = createCompletionDispatcher({
    ...common,
    flush,
    eraseIfDue: erasure.eraseIfDue,
    random: Math.random,
  });
  completion.onDispatched(deps.callBudget.settle);
  const closeRetention = openRetention({
    ...common,
    days: retentionDays,
    auditDays,
    auditEntries,
    sendsWebhooks: settings.webhook !== undefined,
    ...present({ journalDir: journal?.dir, recordingDays }),
  });
  const auditLog = openAuditLog({ ...common, audit: store.audit });
  const recordingRemoval = createRecordingRemoval({ ...common, bus, recorder });
  const recorded = followRecordings({ ...common, recordings, recorder });
  const wordIndexing = createWordIndexing({ ...common, words: store.words });
  completion.onComplete((call, { recording }) => {
    if (recording !== undefined) recorded.ended(call.id);
    wordIndexing.wake();
    return Promise.resolve();
  });
  return {
    recorder,
    completion,
    analytics: openAnalytics({ calls: store.calls, prices: deps.prices, now }),
    erasure,
    /** Called when the recording of a call is whole and its record says so. */
    onRecorded: recorded.onRecorded,
    /** Tells of what earlier processes left untold, when all listeners are known. */
    start(): void {
      completion.start();
      recorded.start();
      wordIndexing.start();
    },
    recordingRemoval,
    auditLog,
    /** Undefined where none are kept. */
    journals: deps.journals,
    async [Symbol.asyncDispose]() {
      await closeRetention();
      await wordIndexing.close();
      await completion.close();
      erasure.close();
      recordingRemoval.close();
      await auditLog.close();
      // First what happened in calls, then what follows from it: a failing store delays either.
      await recorded.settled();
      await recorder.close();
      await completion.settled();
    },
  };
}
