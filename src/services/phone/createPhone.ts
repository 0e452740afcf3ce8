import type { CallRegistry } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { newToken } from "../../utils/ids.ts";
import { createHandoff, type DigitSender, refusalOf, voicemailText } from "../calls.ts";
import {
  type CallProgress,
  createTwilioCalls,
  fallbackMessageOf,
  noAnswerMessageOf,
  spokenMessage,
  type TwilioCalls,
  type TwilioFaults,
  writeTwiml,
} from "../twilioOutbound.ts";
import type { CallBudget, SpendingPolicy, Transfers } from "../spending.ts";
import type { EventHub } from "../events.ts";
import { createTransferredCalls, type TransferredCalls } from "./transferredCalls.ts";
import type { InstanceRpc } from "../cluster.ts";
import { createKeyCheck, createOutboundCalls, type OutboundCalls, requestOf } from "../outbound.ts";
import { createPhoneCalls, type PhoneCalls } from "./phoneCalls.ts";
import type { Records } from "../records.ts";
import { createCrossProcessCalls } from "./crossProcessCalls.ts";
import { createStreamTokens } from "./streamTokens.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** Everything about phones that is not HTTP. */
export interface Phone {
  readonly authToken: string;
  readonly publicUrl: string;
  readonly calls: PhoneCalls;
  readonly outbound: OutboundCalls;
  readonly transferredCalls: Pick<TransferredCalls, "reconcile" | "settled">;
  readonly twilio: Pick<TwilioCalls, "fetch" | "end">;
  /** What the phone network reports, handed to whom it concerns. */
  readonly events: {
    status(callSid: string, progress: CallProgress, callId?: string): void;
    answeredBy(callSid: string, who: string, callId?: string): void;
    streamFailed(callSid: string): void;
    /** An error that a callback carries, by the network's number and in its words. */
    faultReported(code: number, words: string | undefined): void;
  };
  close(): void;
}

/** The time by which phone calls are placed; the machine's own where nothing else is given. */
export interface DiallingTime {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How long whoever asks for a call waits for its turn before being told its position. */
  readonly patienceMs?: number;
}

export interface PhoneDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly registry: CallRegistry;
  readonly events: EventHub;
  readonly records: Records;
  readonly rpc: InstanceRpc;
  readonly callBudget: CallBudget;
  readonly policy: () => Promise<SpendingPolicy>;
  readonly transfers: Pick<Transfers, "decide">;
  readonly twilioFaults: TwilioFaults;
  readonly digits: Pick<DigitSender, "onSend">;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  readonly setTimer: Clock["setTimer"];
  /** How long the phone network is given to answer. */
  readonly twilioTimeoutMs?: number;
  readonly dialling?: DiallingTime;
}

/** Puts the phone together; nothing where the settings have none. */
export function createPhone(deps: PhoneDeps): Phone | undefined {
  const { settings, agents, registry, events, records, policy, log, setTimer } = deps;
  const line = settings.phone;
  if (line === undefined) return undefined;
  const { publicUrl, number: ownNumber } = line;
  const { limits, outbound: { perSecond, pending: maxPending } } = settings;
  const { store, recorder, instanceId } = records;
  const { twilioTimeoutMs, dialling: { now = store.clock.now, patienceMs } = {} } = deps;
  const twilio = createTwilioCalls(line, {
    faults: deps.twilioFaults,
    ...present({ timeoutMs: twilioTimeoutMs }),
  });
  const handoff = createHandoff({ calls: store.calls, recorder, instanceId });
  const outbound = createOutboundCalls({
    registry,
    store,
    recorder,
    handoff,
    events,
    policy,
    instanceId,
    publicUrl,
    ownNumber,
    log,
    setTimer,
    perSecond,
    rpc: deps.rpc,
    revocation: records.revocation,
    calls: twilio,
    keyCheck: createKeyCheck({
      keys: settings.server.apiKeys,
      isRevoked: records.revocation.isRevoked,
      now: () => Date.now(),
    }),
    agentRefusal: (agent) => agents.get(agent) === undefined ? refusalOf(agents, agent) : undefined,
    voicemail: (job) => {
      const agent = agents.get(job.agent);
      if (agent === undefined) return undefined;
      const text = voicemailText(agent, requestOf(job), new Date());
      return text === undefined ? undefined : spokenMessage(agent, text);
    },
    endedWithoutSession: records.endedCalls.add,
    maxCalls: limits.calls,
    maxCallMs: limits.callMs,
    transferMs: (agent) =>
      Object.keys(agents.get(agent)?.transfers ?? {}).length > 0 ? limits.transferMs : 0,
    callBudget: deps.callBudget,
    maxPending,
    now,
    ...present({ patienceMs }),
  });
  const transferredCalls = createTransferredCalls({
    budget: store.budget,
    callBudget: deps.callBudget,
    calls: store.calls,
    twilio,
    prices: records.prices,
    maxMs: limits.transferMs,
    now,
    setTimer,
    log,
  });
  const shared = createCrossProcessCalls({
    tokens: store.tokens,
    calls: store.calls,
    now: store.clock.now,
    setTimer,
    log,
  });
  const calls = createPhoneCalls({
    registry,
    handoff,
    ownNumber,
    log,
    setTimer,
    shared,
    tokens: createStreamTokens(newToken),
    placedSession: outbound.sessionFor,
    budget: deps.callBudget,
    transferSeconds: transferredCalls.begin,
    async transferNumber(agent, alias) {
      const decision = await deps.transfers.decide(agent, alias);
      if (decision.ok) return decision.number;
      log.warn("Transfer refused", { agent, alias, code: decision.code });
      return undefined;
    },
    apology: (agent = settings.agents.default) =>
      fallbackMessageOf(agents.get(agent) ?? agents.unusable.get(agent)?.voice),
    nobodyThere: (agent) =>
      noAnswerMessageOf(agents.get(agent) ?? agents.unusable.get(agent)?.voice),
    redirect: async (callSid, next) => {
      await twilio.update(callSid, { twiml: writeTwiml(next, publicUrl) });
    },
    now: () => performance.now(),
  });
  deps.digits.onSend(calls.sendDigits);
  return {
    authToken: line.authToken,
    publicUrl,
    calls,
    outbound,
    transferredCalls,
    twilio,
    events: {
      status(callSid, progress, callId) {
        outbound.status(callSid, progress, callId);
        transferredCalls.status(callSid, progress);
        calls.status(callSid, progress.status);
      },
      answeredBy: outbound.answeredBy,
      faultReported: deps.twilioFaults.reported,
      streamFailed(callSid) {
        // Closing a stream ourselves, while frames still arrive, looks like a failure from there.
        const session = registry.byCallSid(callSid);
        if (session !== undefined) log.warn("Media stream failed", { callId: session.id });
      },
    },
    close() {
      shared.close();
      outbound.close();
    },
  };
}
