import type { CallRegistry, CallSession } from "../call/types.ts";
import { advance, type CallProgress, isFinal } from "./callStatus.ts";
import { endPhoneCall, wireOptions } from "./outboundWire.ts";
import { type TwilioCalls, TwilioProblem } from "./twilioOutbound.ts";

/** A call to be placed; the number has been checked. */
export interface OutboundRequest {
  readonly to: string;
  readonly agent: string;
  readonly keyName: string;
  readonly context?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly machineDetection?: boolean;
}

/** A placed call, as whoever placed it may see it. */
export interface OutboundState extends CallProgress {
  readonly callSid: string;
  readonly callId: string;
  readonly agent: string;
  readonly to: string;
  readonly answeredBy?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** The key has as many calls under way as it may have. */
export class TooManyCalls extends Error {
  override readonly name = "TooManyCalls";
  constructor(readonly limit: number) {
    super(`Cannot place the call: ${limit} are under way`);
  }
}

/** Calls that this server places. What another key placed does not exist for a key. */
export interface OutboundCalls {
  /** Rejects with `TooManyCalls`, `CallRefused` or a `TwilioProblem`. */
  place(request: OutboundRequest): Promise<{ readonly callSid: string; readonly callId: string }>;
  state(callSid: string, keyName: string): OutboundState | undefined;
  /** Ends a call in whatever state it is; undefined where there is none. */
  hangUp(callSid: string, keyName: string): Promise<OutboundState | undefined>;
  /**
   * Takes a status callback in, in any order and more than once. With `callId` also one that comes
   * before the answer to our own request for the call.
   */
  status(callSid: string, progress: CallProgress, callId?: string): void;
  /** Who took the call, by the phone network's guess. */
  answeredBy(callSid: string, who: string): void;
  readonly size: number;
  /** Stops all timers. */
  close(): void;
}

export interface OutboundCallsDeps {
  readonly registry: Pick<CallRegistry, "open">;
  readonly calls: TwilioCalls;
  readonly publicUrl: string;
  readonly ownNumber: string;
  readonly maxCallMs: number;
  readonly maxConcurrent: number;
  /** What to leave on a machine; nothing means to hang up. */
  readonly voicemail: (session: CallSession) => string | undefined;
  readonly log: {
    info(message: string, fields: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
  readonly wallClock: () => Date;
  readonly setTimer: (wake: () => void, delayMs: number) => () => void;
  readonly checkAfterMs?: number;
  readonly maxRecords?: number;
}

interface Placed {
  readonly session: CallSession;
  readonly request: OutboundRequest;
  readonly createdAt: string;
  callSid: string | undefined;
  progress: CallProgress;
  who: string | undefined;
  hangingUp: boolean;
  stopWatching: () => void;
}

export function createOutboundCalls(deps: OutboundCallsDeps): OutboundCalls {
  const { registry, calls, log, checkAfterMs = 90_000, maxRecords = 10_000 } = deps;
  const placed = new Set<Placed>();
  const bySid = new Map<string, Placed>();

  return {
    get size() {
      return placed.size;
    },
    async place(request) {
      const call = begin(request);
      try {
        const { sid, status } = await calls.create(wireOptions(request, call.session.id, deps));
        call.callSid = sid;
        call.session.callSid ??= sid;
        bySid.set(sid, call);
        watch(call);
        take(call, { status });
        log.info("Call placed", { callId: call.session.id, keyName: request.keyName });
        return { callSid: sid, callId: call.session.id };
      } catch (error) {
        abandon(call, error);
        throw error;
      }
    },
    state(callSid, keyName) {
      const call = owned(callSid, keyName);
      return call === undefined ? undefined : stateOf(call, callSid);
    },
    async hangUp(callSid, keyName) {
      const call = owned(callSid, keyName);
      if (call === undefined) return undefined;
      if (isFinal(call.progress.status)) return stateOf(call, callSid);
      const waiting = isUnanswered(call);
      // First ours, so that the call's end has our reason and not that the stream stopped.
      call.hangingUp = true;
      call.session.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
      await endPhoneCall(calls, callSid, waiting);
      take(call, { status: waiting ? "canceled" : "completed" });
      return stateOf(call, callSid);
    },
    status(callSid, progress, callId) {
      const call = bySid.get(callSid) ?? unbound(callId);
      if (call !== undefined) take(call, progress);
    },
    answeredBy(callSid, who) {
      const call = bySid.get(callSid);
      if (call === undefined || !/^[a-z_]{1,40}$/.test(who)) return;
      call.who = who;
      if (who === "fax") {
        call.session.input({ type: "hangUp", end: { reason: "voicemail", detail: "fax" } });
      } else if (who.startsWith("machine_end")) {
        const text = deps.voicemail(call.session);
        call.session.input({
          type: "endAsked",
          end: { reason: "voicemail" },
          interrupts: true,
          ...(text !== undefined && { goodbye: text }),
        });
      }
    },
    close() {
      for (const call of placed) call.stopWatching();
    },
  };

  /** All before the first wait, so that calls asked for at once are counted one after another. */
  function begin(request: OutboundRequest): Placed {
    const mine = [...placed].filter(({ request: { keyName }, progress }) =>
      keyName === request.keyName && !isFinal(progress.status)
    );
    if (mine.length >= deps.maxConcurrent) throw new TooManyCalls(deps.maxConcurrent);
    const session = registry.open({
      direction: "outbound",
      agent: request.agent,
      caller: request.to,
      called: request.from ?? deps.ownNumber,
      keyName: request.keyName,
      ...(request.context !== undefined && { context: request.context }),
      ...(request.variables !== undefined && { variables: request.variables }),
    });
    const call: Placed = {
      session,
      request,
      createdAt: deps.wallClock().toISOString(),
      callSid: undefined,
      progress: { status: "queued" },
      who: undefined,
      hangingUp: false,
      stopWatching: () => {},
    };
    placed.add(call);
    forgetOldest();
    session.ended.then(() => letGo(call));
    return call;
  }

  function take(call: Placed, progress: CallProgress): void {
    const next = advance(call.progress, progress);
    if (next === call.progress) return;
    call.progress = next;
    if (!isUnanswered(call)) call.stopWatching();
    if (!isFinal(next.status)) return;
    const reason = next.status === "completed" ? "caller_hung_up" : "not_answered";
    call.session.input({ type: "hangUp", end: { reason, detail: next.status } });
  }

  /** Callbacks can be lost, and a call cancelled while queued gives none. */
  function watch(call: Placed): void {
    if (!isUnanswered(call)) return;
    call.stopWatching = deps.setTimer(() => {
      if (call.callSid === undefined) return;
      calls.fetch(call.callSid).then(
        ({ status }) => take(call, { status }),
        (error) => log.warn("Call state unknown", { callId: call.session.id, error }),
      ).finally(() => {
        if (placed.has(call)) watch(call);
      });
    }, checkAfterMs);
  }

  function abandon(call: Placed, error: unknown): void {
    const detail = error instanceof TwilioProblem ? error.code : "internal_error";
    call.progress = { status: "failed" };
    log.warn("Call not placed", { callId: call.session.id, error });
    // The outcome may be unknown: should the phone ring after all, nobody is there to be charged for.
    call.session.input({ type: "hangUp", end: { reason: "not_answered", detail } });
    placed.delete(call);
  }

  /** A session that is over needs no phone that still rings. */
  function letGo(call: Placed): void {
    call.stopWatching();
    const { callSid } = call;
    if (callSid === undefined || call.hangingUp || !isUnanswered(call)) return;
    endPhoneCall(calls, callSid, true).catch((error) =>
      log.warn("Call not cancelled", { callId: call.session.id, error })
    );
  }

  function unbound(callId: string | undefined): Placed | undefined {
    if (callId === undefined) return undefined;
    return [...placed].find((call) => call.callSid === undefined && call.session.id === callId);
  }

  function owned(callSid: string, keyName: string): Placed | undefined {
    const call = bySid.get(callSid);
    return call?.request.keyName === keyName ? call : undefined;
  }

  /** Live calls are few, bounded by the registry; records of ended ones go first. */
  function forgetOldest(): void {
    for (const call of placed) {
      if (placed.size <= maxRecords) return;
      if (!isFinal(call.progress.status)) continue;
      placed.delete(call);
      if (call.callSid !== undefined) bySid.delete(call.callSid);
    }
  }
}

function isUnanswered({ progress: { status } }: Placed): boolean {
  return status === "queued" || status === "initiated" || status === "ringing";
}

function stateOf(call: Placed, callSid: string): OutboundState {
  return {
    callSid,
    callId: call.session.id,
    agent: call.request.agent,
    to: call.request.to,
    ...call.progress,
    ...(call.who !== undefined && { answeredBy: call.who }),
    createdAt: call.createdAt,
  };
}
