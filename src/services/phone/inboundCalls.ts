import { CallRefused, type CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { CallEnd, CallRequest } from "../../call/types.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { CarrierFacts, RoutedCall, Routing } from "../routing.ts";
import type { CallBudget } from "../spending.ts";
import type { PhoneAnswer, SpokenMessage } from "../twilioOutbound.ts";
import type { OutsideCalls } from "./outsideCalls.ts";
import type { StreamAdmission } from "./streamAdmission.ts";
import { type AgentVoices, fallbackAnswer, holdOf } from "./endedCallAnswer.ts";

/** A call for which Twilio asks what to do. */
export interface ArrivingCall {
  readonly callSid: string;
  /** Ours, for a call that this server placed. */
  readonly callId?: string;
  /** Asked for by name. */
  readonly agent?: string;
  readonly caller?: string;
  readonly called?: string;
  /** Whether the caller's number is attested (STIR/SHAKEN level A). */
  readonly callerProven?: boolean;
  readonly facts?: CarrierFacts;
  /** It is not ringing any more. */
  readonly isAnswered?: true;
}

export interface InboundCallsDeps {
  readonly registry: Pick<CallRegistry, "open" | "refusal" | "leaving" | "byCallSid">;
  readonly agents: AgentVoices;
  /** Speaks where the call's agent is unknown. */
  readonly defaultAgent: string;
  readonly callBudget: Pick<CallBudget, "admit" | "release">;
  readonly routing: Pick<Routing, "route">;
  readonly outsideCalls: Pick<OutsideCalls, "answer">;
  readonly streams: Pick<StreamAdmission, "awaitedToken" | "expect">;
  readonly log: Pick<Log, "warn">;
}

/** Twilio repeats a request whose answer it has lost: the call is over for us by then. */
const MAX_REMEMBERED = 10_000;

/** Admits calls to our number against the budget, and opens their sessions. */
export class InboundCalls {
  readonly #deps: InboundCallsDeps;
  /** Answers in preparation: Twilio repeats a request that gets none in time. */
  readonly #pending = new Map<string, Promise<PhoneAnswer>>();
  /** How calls ended whose answer is still in preparation. */
  readonly #ended = new Map<string, CallEnd>();
  /** The answers to calls without a session. */
  readonly #outside = new BoundedMap<string, PhoneAnswer>(MAX_REMEMBERED);

  constructor(deps: InboundCallsDeps) {
    this.#deps = deps;
  }

  /** The same answer to every request of one call until it is ready. Never rejects for a refused call. */
  admit(call: ArrivingCall): Promise<PhoneAnswer> {
    const { callSid } = call;
    const outside = this.#outside.get(callSid);
    if (outside !== undefined) return Promise.resolve(outside);
    const pending = this.#pending.get(callSid);
    if (pending !== undefined) return pending;
    const answer = this.#admit(call).finally(() => {
      this.#pending.delete(callSid);
      this.#ended.delete(callSid);
    });
    this.#pending.set(callSid, answer);
    return answer;
  }

  /** The call is over; a session that is opened for it after this ends at once. */
  end(callSid: string, end: CallEnd): void {
    if (this.#pending.has(callSid)) this.#ended.set(callSid, end);
  }

  /** A call that is refused before it is answered costs nothing. */
  async #admit(call: ArrivingCall): Promise<PhoneAnswer> {
    const { registry, routing, callBudget, outsideCalls, log } = this.#deps;
    const { callSid, caller: number, agent: named } = call;
    const busy = registry.refusal;
    if (busy !== undefined) {
      log.warn("Phone call refused", present({ code: busy, agent: named }));
      return registry.leaving ? askAgain(call) : { do: "refuseAsBusy" };
    }
    const callId = newId("call");
    const routed = await routing.route({ ...call, callId, direction: "inbound", named });
    const { agent } = routed;
    if (routed.refuse !== true) {
      const refusal = await callBudget.admit(callId, { direction: "inbound", agent, number });
      if (refusal !== undefined) return { do: "refuseAsBusy" };
    }
    const request = requestOf(call, routed);
    const outside = await outsideCalls.answer(
      { callId, callSid, request, end: this.#ended.get(callSid) },
      routed,
    );
    if (outside !== undefined) {
      this.#outside.set(callSid, outside);
      return outside;
    }
    const answer = this.#open(call, request, callId);
    const session = registry.byCallSid(callSid);
    const end = this.#ended.get(callSid);
    if (end !== undefined) session?.input({ type: "hangUp", end });
    if (session === undefined) {
      callBudget.release(callId).catch((error) => log.warn("Budget not released", { error }));
    }
    return answer;
  }

  #open(call: ArrivingCall, request: CallRequest, callId: string): PhoneAnswer {
    const { callSid } = call;
    const { registry, agents, defaultAgent, streams, log } = this.#deps;
    try {
      const session = registry.open(request, callId);
      return connectAnswered(session, callSid, { streams, agents });
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      log.warn("Phone call refused", { code: error.code, agent: request.agent });
      if (error.code === "unknown_agent") return fallbackAnswer(agents, defaultAgent);
      return error.code === "agent_unusable"
        ? fallbackAnswer(agents, request)
        : registry.leaving
        ? askAgain(call)
        : { do: "refuseAsBusy" };
    }
  }
}

function requestOf(
  { callSid, caller, called, callerProven }: ArrivingCall,
  { agent, told }: RoutedCall,
): CallRequest {
  return {
    direction: "inbound",
    agent,
    callSid,
    ...present({ caller, called, callerProven }),
    ...told,
  };
}

/** For a call that comes while this server leaves: the next one takes it. `first` is for one that is answered. */
export function askAgain(
  { callId, agent }: ArrivingCall,
  first?: SpokenMessage,
): PhoneAnswer {
  const query = new URLSearchParams(present({ call: callId, agent })).toString();
  // A question mark with nothing behind it would be lost on the way, and the signature wrong.
  const path = query === "" ? "/twilio/voice" : `/twilio/voice?${query}`;
  return { do: "askAgain", path, ...present({ first }) };
}

/** Begins the session's conversation; a stream that is still expected keeps its token. */
export function connectAnswered(
  session: CallSession,
  callSid: string,
  { streams, agents }: Pick<InboundCallsDeps, "streams" | "agents">,
): PhoneAnswer {
  session.input({ type: "answered" });
  return {
    do: "connect",
    token: streams.awaitedToken(callSid) ?? streams.expect(session, callSid),
    hold: holdOf(agents, session.request),
  };
}
