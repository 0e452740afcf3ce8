import type { CallRegistry } from "../../call/registry.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { sleep } from "../../utils/sleep.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import { requestOfRecord } from "../calls.ts";
import {
  type TwilioCalls,
  type TwilioConferences,
  updateWithRetries,
  writeTwiml,
} from "../twilioOutbound.ts";
import type { CallRecord, CallStore, Instances } from "../store.ts";
import { roomOf } from "./consult.ts";
import { type AgentVoices, holdOf } from "./endedCallAnswer.ts";
import type { StreamAdmission } from "./streamAdmission.ts";

/** `now` is monotonic. */
export interface PullBackDeps extends Clock {
  readonly registry: Pick<CallRegistry, "byCallSid" | "refusal">;
  readonly instances: Pick<Instances, "claimCall">;
  readonly instanceId: string;
  readonly twilio: Pick<TwilioCalls, "update" | "isDialling">;
  readonly streams: Pick<StreamAdmission, "unclaimedToken">;
  readonly agents: AgentVoices;
  /** Whether the call cannot go on here, as its stream has shown. */
  readonly isRefused: (callSid: string) => boolean;
  readonly conferences: Pick<TwilioConferences, "isAccompanied">;
  /** Opens a session that goes on with the call, where one can be had. */
  readonly adopt: (callSid: string) => Promise<CallSession | undefined>;
  readonly callStore: Pick<CallStore, "transferUnderWay" | "write">;
  readonly publicUrl: string;
  readonly log: Pick<Log, "info" | "warn">;
}

/**
 * What came of it: Twilio opens a stream to this server; or it knows no such call in progress; or it has
 * not accepted the request, or another stream would be refused, though the call is this process's now; or
 * the call was left to another one. One whose caller is with a person counts as opened: its session waits.
 */
export type PulledBack = "opened" | "over" | "refused" | "left";

/** Requests to Twilio: so many at once, then so many a second. 100 calls take four seconds. */
const BURST = 20;
const PER_SECOND = 20;

const outcomes = { accepted: "opened", over: "over", failed: "refused" } as const;

export type PullBack = ReturnType<typeof createPullBack>;

/**
 * Takes calls back whose process is gone while their callers hear the words behind the stream: Twilio opens
 * a stream to this server, and the session that this brings goes on with the conversation.
 */
export function createPullBack(deps: PullBackDeps) {
  const { registry, instances, instanceId, twilio, streams, agents, isRefused, publicUrl, log } =
    deps;
  const { now, setTimer } = deps;
  const underWay = new Map<string, Promise<PulledBack>>();
  const closing = new AbortController();
  const { signal } = closing;
  let nextAt = -Infinity;

  return {
    /** Takes one call back; the requests of several are made in the order in which they are asked for. Never rejects. */
    take(call: CallRecord): Promise<PulledBack> {
      const { callSid } = call;
      if (callSid === undefined) return Promise.resolve("left");
      const running = underWay.get(callSid);
      if (running !== undefined) return running;
      const work = take(call, callSid).catch((error): PulledBack => {
        log.warn("Phone call not pulled back", { callId: call.id, error });
        return "left";
      }).finally(() => underWay.delete(callSid));
      underWay.set(callSid, work);
      return work;
    },
    /** Whether a stream of this call that stops now is stopped for another one. */
    isUnderWay: (callSid: string): boolean => underWay.has(callSid),
    /** Takes no more calls back; settles when no request is under way. */
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(underWay.values());
    },
  };

  async function take(call: CallRecord, callSid: string): Promise<PulledBack> {
    await turn();
    const isHere = () => registry.byCallSid(callSid) !== undefined;
    if (signal.aborted || isHere() || registry.refusal === "draining") return "left";
    if (!await instances.claimCall(call.id, { from: call.instanceId, to: instanceId })) {
      return "left";
    }
    // Its caller hears why, and another stream would cut that off.
    if (isRefused(callSid)) return "refused";
    if (await isPutThrough(call, callSid)) {
      // Its session waits here for what becomes of it.
      if (isHere() || await deps.adopt(callSid) !== undefined) return "opened";
    }
    const hold = holdOf(agents, requestOfRecord(call));
    const outcome = await updateWithRetries(callSid, {
      twilio,
      change() {
        // Twilio's own question may have been answered before this.
        if (isHere()) return undefined;
        const token = streams.unclaimedToken(callSid);
        return { twiml: writeTwiml({ do: "connect", token, hold }, publicUrl) };
      },
      signal,
      setTimer,
    });
    if (outcome === "accepted") log.info("Phone call pulled back", { callId: call.id });
    return outcomes[outcome];
  }

  /** Whether a stream would take the caller from the person to whom the call is transferred. */
  async function isPutThrough({ id, plannedEnd }: CallRecord, callSid: string): Promise<boolean> {
    const number = await deps.callStore.transferUnderWay(id);
    if (number === undefined) return false;
    if (
      !await twilio.isDialling(callSid) &&
      !await deps.conferences.isAccompanied(roomOf(id, number), callSid)
    ) {
      return false;
    }
    // Its process died before it could say that the transfer has begun: it would be announced again.
    if (plannedEnd?.reason === "transferred") {
      await deps.callStore.write([{ type: "changed", callId: id, changes: { plannedEnd: null } }]);
    }
    return true;
  }

  /** Waits until another request may be made. */
  async function turn(): Promise<void> {
    const spacingMs = 1000 / PER_SECOND;
    nextAt = Math.max(nextAt + spacingMs, now() - (BURST - 1) * spacingMs);
    const waitMs = nextAt - now();
    if (waitMs > 0) await sleep(waitMs, { signal, setTimer });
  }
}
