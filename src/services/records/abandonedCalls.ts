import {
  isFinal,
  type TwilioCall,
  type TwilioCalls,
  TwilioProblem,
  warnUnlessAway,
} from "../twilioOutbound.ts";
import type { AddressOf, Prices } from "../spending.ts";
import { createOneAtATime } from "../../utils/oneAtATime.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { CompletionDispatcher } from "./completionDispatcher.ts";
import { type Cluster, createAliveInstances } from "../cluster.ts";
import { outcomeOf } from "./callOutcome.ts";
import { type CallHoldersDeps, createCallHolders } from "./callHolders.ts";
import { endAbandonedCall, endOfAbandoned, endWhileHeld } from "./endAbandonedCall.ts";
import { createReturningBrowsers } from "./returningBrowsers.ts";
import type { CallEnd } from "../../call/types.ts";
import type { CallRecord, Store } from "../store.ts";
import type { Recorder } from "./recorder.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** `now` is in milliseconds since 1970. */
export interface AbandonedCallsDeps extends Clock {
  readonly store: Pick<Store, "calls" | "instances" | "dialQueue" | "tokens">;
  readonly prices: Prices;
  readonly addressOf?: AddressOf;
  readonly completion: Pick<CompletionDispatcher, "enqueue">;
  /** Absent where there is no phone. */
  readonly twilio: Pick<TwilioCalls, "fetch"> | undefined;
  /**
   * Takes a phone call back to this process: `over` where Twilio has it no more. Never rejects.
   */
  readonly pullBack?:
    | ((call: CallRecord) => Promise<"opened" | "over" | "refused" | "left">)
    | undefined;
  readonly settings: { readonly limits: { readonly callMs: number } };
  readonly registry: CallHoldersDeps["registry"] & {
    list(): readonly { readonly id: string }[];
  };
  /** Whether the end of a call here waits to be written. */
  readonly recorder: Pick<Recorder, "holds">;
  readonly cluster: CallHoldersDeps["cluster"] & Pick<Cluster, "living">;
  readonly log: Pick<Log, "info" | "warn">;
}

const POLL_MS = 10_000;
/** A stream that Twilio was told to open comes sooner. */
const STREAM_MS = 9_000;
/** Some three minutes: no stream can reach this server. */
const MAX_TIMES = 20;
const UNREACHED: CallEnd = { reason: "leg_failed", detail: "stream_never_came" };

/** A call whose stream is to come. */
interface Expected {
  readonly callSid: string | undefined;
  /** When Twilio was told, so many times in all. */
  readonly since: number;
  readonly times: number;
}

/**
 * Calls whose process has died, or has lost them: those that Twilio still has in progress are pulled back,
 * the records of all others ended, with what Twilio knows of how they ended.
 */
export function openAbandonedCalls(deps: AbandonedCallsDeps) {
  const { store: { calls, instances, dialQueue, tokens }, prices, completion, twilio, pullBack } =
    deps;
  const { settings, registry, recorder, cluster: { instanceId, living }, now, setTimer, log } =
    deps;
  const aliveOf = createAliveInstances({ now: () => performance.now() });
  const holders = createCallHolders({ ...deps, isAwaited });
  const browsers = createReturningBrowsers({ tokens, now });
  /** Calls that were pulled back, by id: their streams have yet to come. */
  const expected = new Map<string, Expected>();
  /** Calls that are just being ended, or that a browser comes back to. */
  const unlessSettling = createOneAtATime();
  let listens = false;
  let closed = false;
  const poll = createPollLoop(async () => {
    await reconcile().catch((error) => log.warn("Abandoned calls not reconciled", { error }));
    return POLL_MS;
  }, setTimer);

  return {
    /** Pulls calls back from now on: Twilio's streams find this process listening. */
    begin(): void {
      listens = true;
      poll.wake();
    },
    /** Twilio reports the end of a stream: its call is pulled back where no process has it any more. Never rejects. */
    async streamEnded(callSid: string): Promise<void> {
      try {
        if (!listens || holders.hasHere(callSid)) return;
        const call = await calls.bySid(callSid);
        if (call === undefined || call.status === "ended" || !isOnThePhone(call)) return;
        if (await isHeld(call)) return;
        await pullBackOne(call);
      } catch (error) {
        log.warn("End of a stream not followed up", { error });
      }
    },
    /**
     * Ends a browser's call that no process holds, though its browser may come back; false where one
     * may have it, or it is over. Rejects where the store fails.
     */
    async endUnheld(callId: string): Promise<boolean> {
      const call = await calls.get(callId);
      if (call?.direction !== "web" || call.status === "ended" || isHere(call)) return false;
      const { instanceId: holder } = call;
      if (holder !== instanceId && (await livingNow()).includes(holder)) return false;
      return await end(call, undefined, { reason: "operator_hung_up" });
    },
    /** For a call to which its browser comes back: it is not ended in the course of that, nor the other way round. */
    unlessEnding: unlessSettling,
    async close(): Promise<void> {
      closed = true;
      await poll.close();
    },
  };

  async function isHeld({ callSid = "", instanceId: holder }: CallRecord): Promise<boolean> {
    const beats = await instances.beats();
    if (!(await living(aliveOf(beats))).includes(holder)) return false;
    const answers = beats.some((beat) => beat.instanceId === holder && beat.answers);
    return !answers || await holders.mayHave(holder, callSid);
  }

  async function livingNow(): Promise<readonly string[]> {
    return await living(aliveOf(await instances.beats()));
  }

  /** The record of a call that has just ended says so a moment later. */
  function isHere({ id }: CallRecord): boolean {
    return registry.get(id) !== undefined || recorder.holds(id);
  }

  async function reconcile(): Promise<void> {
    const here = registry.list().map(({ id }) => id);
    const abandoned = [
      ...await instances.abandonedCalls(await livingNow()),
      // A take-over that failed may leave its claim behind.
      ...await instances.browserCallsOf(instanceId, here),
    ];
    await browsers.note(abandoned);
    for (const call of [...abandoned, ...await missing()]) {
      if (closed) return;
      if (isHere(call) || browsers.mayReturn(call)) continue;
      if (pullBack !== undefined && isOnThePhone(call)) {
        // All beside each other: Twilio is asked for them in this order, at its own pace.
        if (listens) pullBackOne(call);
        continue;
      }
      await endIfOver(call);
    }
  }

  /** Calls that were pulled back, and whose stream has not come. */
  async function missing(): Promise<readonly CallRecord[]> {
    const found: CallRecord[] = [];
    for (const [callId, { since }] of expected) {
      if (now() - since < STREAM_MS) continue;
      const call = registry.get(callId) === undefined ? await calls.get(callId) : undefined;
      const isHere = call?.instanceId === instanceId;
      if (isHere && call.status !== "ended") found.push(call);
      else expected.delete(callId);
    }
    return found;
  }

  /** A stream that ends at once ends for a reason: another one does not come at once, too. */
  function isAwaited(callSid: string): boolean {
    return expected.values().some((call) =>
      call.callSid === callSid && now() - call.since < STREAM_MS
    );
  }

  function expect({ id, callSid }: CallRecord, times: number): void {
    expected.set(id, { callSid, since: now(), times });
  }

  async function pullBackOne(call: CallRecord): Promise<void> {
    const times = (expected.get(call.id)?.times ?? 0) + 1;
    // The answer to Twilio's next question how to go on is then an apology.
    if (times > MAX_TIMES) return await endAs(UNREACHED, call);
    expect(call, times);
    const outcome = await pullBack?.(call);
    if (closed || outcome === undefined || outcome === "left") return;
    // It is this process's now, and looked at again should no stream come, or the call not be over after all.
    expect(call, outcome === "refused" ? times - 1 : times);
    if (outcome === "opened") return;
    // Where Twilio has refused, or the caller was told why the call cannot go on, they have not hung up.
    await endIfOver({ ...call, instanceId }, outcome === "over" ? endWhileHeld : undefined);
  }

  async function endAs(how: CallEnd, call: CallRecord): Promise<void> {
    await end(call, undefined, how)
      .catch((error) => log.warn("Abandoned call not ended", { callId: call.id, error }));
  }

  /** A failed request to Twilio delays no other call. */
  async function endIfOver(call: CallRecord, endOf?: typeof endWhileHeld): Promise<void> {
    await reconcileOne(call, endOf).catch((error) =>
      warnUnlessAway(log, "Abandoned call not reconciled", { callId: call.id, error })
    );
  }

  async function reconcileOne(call: CallRecord, endOf?: typeof endWhileHeld): Promise<void> {
    const queued = call.direction === "outbound" ? await dialQueue.find(call.id) : undefined;
    // It is still queued, or its CallSid is being searched for.
    if (queued !== undefined && call.callSid === undefined) return;
    const known = call.callSid === undefined ? undefined : await fetchKnown(call.callSid);
    const isTooOld = now() - call.startedAt > 2 * settings.limits.callMs;
    if (known !== undefined && !isFinal(known.status) && !isTooOld) return;
    const how = await endOf?.(calls, call, known) ?? endOfAbandoned(call, known);
    await end(call, known, how);
  }

  async function end(
    call: CallRecord,
    known: TwilioCall | undefined,
    how: CallEnd,
  ): Promise<boolean> {
    if (isHere(call)) return false;
    return await unlessSettling(call.id, () => endClaimed(call, known, how)) ?? false;
  }

  /** A claim of this process from itself keeps none of its own work out. */
  async function endClaimed(
    call: CallRecord,
    known: TwilioCall | undefined,
    how: CallEnd,
  ): Promise<boolean> {
    const { durationSeconds, endedAt = now() } = known ?? {};
    const isPlaced = call.direction === "outbound" && known !== undefined;
    // Of several processes that find it, one ends it, and tells of it.
    if (!await instances.claimCall(call.id, { from: call.instanceId, to: instanceId })) {
      return false;
    }
    // It is looked at again where its end cannot be written.
    expect(call, expected.get(call.id)?.times ?? 0);
    await endAbandonedCall(calls, { ...call, instanceId }, {
      end: how,
      endedAt,
      outcome: isPlaced ? outcomeOf(known.status, call.answeredBy) : undefined,
      connectedMs: durationSeconds === undefined ? undefined : durationSeconds * 1000,
      prices,
      addressOf: deps.addressOf,
    });
    completion.enqueue(call.id);
    log.info("Abandoned call ended", { callId: call.id });
    return true;
  }

  async function fetchKnown(callSid: string): Promise<TwilioCall | undefined> {
    try {
      return await twilio?.fetch(callSid);
    } catch (error) {
      if (error instanceof TwilioProblem && error.code === "unknown_call") return undefined;
      throw error;
    }
  }
}

/** A call that was placed may still ring, and is then asked for when it is answered. */
function isOnThePhone({ direction, status, callSid }: CallRecord): boolean {
  return callSid !== undefined && (direction === "inbound" || status === "live") &&
    direction !== "web";
}
