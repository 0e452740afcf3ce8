import type { CallRegistry } from "../call/types.ts";
import type { Agents } from "../config/agents.ts";
import type { Settings } from "../config/settings.ts";
import { newToken } from "../utils/ids.ts";
import { voicemailText } from "./agentCall.ts";
import type { CallProgress } from "./callStatus.ts";
import { createOutboundCalls, type OutboundCalls } from "./outboundCalls.ts";
import { createPhoneCalls, type PhoneCalls } from "./phoneCalls.ts";
import { writeTwiml } from "./phoneTwiml.ts";
import { createStreamTokens } from "./streamTokens.ts";
import { createTwilioCalls } from "./twilioOutbound.ts";

/** Everything about phones that is not HTTP. */
export interface Phone {
  readonly authToken: string;
  readonly publicUrl: string;
  readonly calls: PhoneCalls;
  readonly outbound: OutboundCalls;
  /** What the phone network reports, handed to whom it concerns. */
  readonly events: {
    status(callSid: string, progress: CallProgress, callId?: string): void;
    answeredBy(callSid: string, who: string): void;
    streamFailed(callSid: string): void;
  };
  close(): void;
}

export interface PhoneDeps {
  readonly settings: Settings;
  readonly agents: Agents;
  readonly registry: CallRegistry;
  readonly log: {
    info(message: string, fields: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
  readonly setTimer: (wake: () => void, delayMs: number) => () => void;
}

/** Puts the phone together; nothing where the settings have none. */
export function createPhone(
  { settings, agents, registry, log, setTimer }: PhoneDeps,
): Phone | undefined {
  const line = settings.phone;
  if (line === undefined) return undefined;
  const { publicUrl, number: ownNumber } = line;
  const twilio = createTwilioCalls(line);
  const calls = createPhoneCalls({
    registry,
    tokens: createStreamTokens(newToken),
    transferNumber: (agent, alias) => {
      const transfers = agents.get(agent)?.transfers ?? {};
      return Object.hasOwn(transfers, alias) ? transfers[alias]?.number : undefined;
    },
    ownNumber,
    redirect: async (callSid, next) => {
      await twilio.update(callSid, { twiml: writeTwiml(next, publicUrl) });
    },
    log,
    now: () => performance.now(),
    setTimer,
  });
  const outbound = createOutboundCalls({
    registry,
    calls: twilio,
    publicUrl,
    ownNumber,
    maxCallMs: settings.limits.callMs,
    maxConcurrent: settings.outbound.concurrent,
    voicemail: ({ request }) => {
      const agent = agents.get(request.agent);
      return agent === undefined ? undefined : voicemailText(agent, request, new Date());
    },
    log,
    wallClock: () => new Date(),
    setTimer,
  });
  return {
    authToken: line.authToken,
    publicUrl,
    calls,
    outbound,
    events: {
      status(callSid, progress, callId) {
        outbound.status(callSid, progress, callId);
        calls.status(callSid, progress.status);
      },
      answeredBy: outbound.answeredBy,
      streamFailed(callSid) {
        log.warn("Media stream failed", { callId: registry.byCallSid(callSid)?.id });
      },
    },
    close: outbound.close,
  };
}
