import type { Redactions } from "../redaction.ts";
import type { CallRegistry } from "../../call/registry.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { newToken } from "../../utils/ids.ts";
import { createProcessHandover, type PhoneHandlers, type ResumedCalls } from "../calls.ts";
import {
  type CallProgress,
  createTwilioCalls,
  createTwilioConferences,
  createTwilioFaults,
  warnUnlessAway,
} from "../twilioOutbound.ts";
import type { AddressOf, CallBudget, Prices, Spending, TransferPolicy } from "../spending.ts";
import type { EventHub } from "../events.ts";
import { createEndConfirmation } from "./endConfirmation.ts";
import { createStrayCalls } from "./strayCalls.ts";
import { createConsultRequests } from "./consultRequests.ts";
import { createTransferQuestions } from "./transferQuestions.ts";
import { createTransferReports } from "./transferReports.ts";
import { createTransferredCalls } from "./transferredCalls.ts";
import type { Cluster } from "../cluster.ts";
import { openOutbound } from "../outbound.ts";
import { createPhoneCalls } from "./phoneCalls.ts";
import type { CompletionDispatcher, MessageBox, Recorder } from "../records.ts";
import type { Routing } from "../routing.ts";
import type { Store } from "../store.ts";
import type { Incidents } from "../../utils/incidents.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import { createSharedPhoneCalls } from "./sharedPhoneCalls.ts";
import { StreamTokens } from "./streamAdmission.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** The clock of placed and transferred calls, and the patience of requests; tests give their own. */
export interface DiallingTime {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How long a request for a call waits for its turn before it is answered with its position. */
  readonly patienceMs?: number;
  /** How often batches are looked at, at the latest. */
  readonly pollMs?: number;
}

export interface PhoneDeps extends Pick<Clock, "setTimer"> {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly registry: CallRegistry;
  readonly events: EventHub;
  readonly store: Store;
  readonly prices: Prices;
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly resumedCalls: ResumedCalls;
  readonly completion: CompletionDispatcher;
  readonly callBudget: CallBudget;
  readonly routing: Routing;
  readonly messageBox: MessageBox;
  readonly policy: Spending["policy"];
  readonly transfers: Pick<TransferPolicy, "decide" | "take">;
  readonly addressOf: AddressOf;
  readonly incidents: Incidents;
  readonly redactions: Pick<Redactions, "text">;
  readonly onPhone: (handlers: PhoneHandlers) => void;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** Limit of each request to Twilio. */
  readonly twilioTimeoutMs?: number;
  readonly dialling?: DiallingTime;
}

/** The phone module without its HTTP routes. */
export type Phone = NonNullable<ReturnType<typeof openPhone>>;

/** Opens the phone; undefined where the settings have none. */
export function openPhone(deps: PhoneDeps) {
  const { settings, registry, store, recorder, cluster, completion, log, setTimer } = deps;
  const line = settings.phone;
  if (line === undefined) return undefined;
  const { publicUrl, number: ownNumber } = line;
  const { twilioTimeoutMs, dialling: { now = store.clock.now, patienceMs, pollMs } = {} } = deps;
  const faults = createTwilioFaults(deps);
  const twilio = createTwilioCalls(line, { faults, ...present({ timeoutMs: twilioTimeoutMs }) });
  const conferences = createTwilioConferences(line, {
    faults,
    ...present({ timeoutMs: twilioTimeoutMs }),
  });
  const callStore = store.calls;
  const { instanceId } = cluster;
  const processHandover = createProcessHandover({ callStore, recorder, instanceId, setTimer });
  const common = { ...deps, callStore, twilio, conferences, processHandover };
  const outbound = openOutbound({ ...common, line, now, patienceMs, pollMs });
  const transferredCalls = createTransferredCalls({
    ...common,
    budget: store.budget,
    maxMs: settings.limits.transferMs,
    now,
  });
  const sharedCalls = createSharedPhoneCalls({
    ...common,
    tokens: store.tokens,
    now: store.clock.now,
  });
  const confirmation = createEndConfirmation({
    ...common,
    isLive: (callSid) => registry.byCallSid(callSid) !== undefined,
  });
  const strayCalls = createStrayCalls({ ...common, now });
  const calls = createPhoneCalls({
    ...common,
    confirmation,
    outbound,
    publicUrl,
    ownNumber,
    sharedCalls,
    transferredCalls,
    defaultAgent: settings.agents.default,
    tokens: new StreamTokens(newToken),
    messages: store.messages,
    wallClock: store.clock.now,
    instances: store.instances,
    instanceId,
    now: () => performance.now(),
  });
  const transferReports = createTransferReports({
    report: calls.transfers.report,
    callStore,
    cluster,
    log,
  });
  const transferred = createTransferQuestions({
    ...{ calls, callStore, cluster, processHandover, publicUrl, log },
  });
  const streamListeners: ((callSid: string) => void)[] = [];
  deps.onPhone({ sendDigits: calls.sendDigits, transfer: calls.carryOut });
  completion.onDispatched(outbound.finalize);
  completion.beforeStoreCloses(transferredCalls.settled);
  completion.beforeStoreCloses(outbound.settled);
  const reconciling = createPollLoop(async () => {
    await outbound.reconcile()
      .catch((error) => warnUnlessAway(log, "Placed calls not reconciled", { error }));
    await transferredCalls.reconcile()
      .catch((error) => warnUnlessAway(log, "Transfers not reconciled", { error }));
    await calls.transfers.reconcile();
    await strayCalls.reconcile()
      .catch((error) => warnUnlessAway(log, "Stray phone calls not looked for", { error }));
    return RECONCILE_MS;
  }, setTimer);
  return {
    authToken: line.authToken,
    publicUrl,
    calls: { ...calls, transferred },
    outbound,
    twilio,
    faults,
    /** What became of calls that were ended here, at Twilio. */
    ends: { confirmation: confirmation.counts, strays: strayCalls.counts },
    /** Handlers of Twilio's callbacks. */
    callbacks: {
      onStatus(callSid: string, progress: CallProgress, callId?: string): void {
        outbound.onStatus(callSid, progress, callId);
        transferredCalls.onStatus(callSid, progress);
        confirmation.onStatus(callSid, progress.status);
        calls.onStatus(callSid, progress.status);
      },
      onAnsweredBy: outbound.onAnsweredBy,
      /** What becomes of the call to a target of a transfer. */
      onTransfer: transferReports,
      /** What Twilio asks of people who are asked to take a caller; answered with TwiML. */
      onConsult: createConsultRequests({
        consults: calls.consults,
        registry,
        callStore,
        cluster,
        publicUrl,
        log,
      }),
      /** An error that a callback carries: Twilio's code and message. */
      onFault: faults.recordCallbackError,
      /** The end of a stream, with an error where it `failed`; sent to any process, and late. */
      onStreamEnded(callSid: string, failed: boolean): void {
        // Twilio also reports a stream that this server closes while frames still arrive.
        const session = registry.byCallSid(callSid);
        if (failed && session !== undefined) {
          log.warn("Media stream failed", { callId: session.id });
        }
        for (const listener of streamListeners) listener(callSid);
      },
    },
    /** Registers a listener for ended streams of any process, by CallSid. */
    onStreamEnded: (listener: (callSid: string) => void): void =>
      void streamListeners.push(listener),
    async [Symbol.asyncDispose]() {
      await reconciling.close();
      await calls.close();
      confirmation.close();
      sharedCalls.close();
      outbound.close();
    },
  };
}

/** How often to look for calls and transfers whose process has died. */
const RECONCILE_MS = 10_000;
