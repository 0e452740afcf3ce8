import type { TranscriptTurn } from "../../call/callEvent.ts";
import type { CallEnd } from "../../call/types.ts";
import { isFinal, type TwilioCall, type TwilioCalls, TwilioProblem } from "../twilioOutbound.ts";
import type { Prices } from "../spending.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { CompletionDispatcher } from "./completionDispatcher.ts";
import { createAliveInstances } from "../cluster.ts";
import { endOf, outcomeOf } from "./callOutcome.ts";
import { endingOf } from "./callTally.ts";
import {
  type CallOutcome,
  type CallRecord,
  type CallStore,
  type CallWrite,
  RESUME_PURPOSE,
  type Store,
} from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** `now` is in milliseconds since 1970. */
export interface AbandonedCallsDeps extends Clock {
  readonly store: Pick<Store, "calls" | "instances" | "dialQueue" | "tokens">;
  readonly prices: Prices;
  readonly completion: Pick<CompletionDispatcher, "enqueue">;
  /** Absent where there is no phone. */
  readonly twilio: Pick<TwilioCalls, "fetch"> | undefined;
  readonly settings: { readonly limits: { readonly callMs: number } };
  /** Undefined for a call that this process does not hold. */
  readonly registry: { get(callId: string): unknown };
  readonly log: Pick<Log, "info" | "warn">;
}

const POLL_MS = 10_000;
/** As long as a browser tries to come back to its call, and a moment more. */
const BROWSER_RETURNS_MS = 35_000;

/** Ends the records of calls whose process has died, with what Twilio knows of how they ended. */
export function openAbandonedCalls(deps: AbandonedCallsDeps) {
  const { store: { calls, instances, dialQueue, tokens }, prices, completion, twilio } = deps;
  const { settings, registry, now, setTimer, log } = deps;
  const aliveOf = createAliveInstances({ now: () => performance.now() });
  /** When calls whose browsers may come back were first found without a process, by id. */
  let foundAt = new Map<string, number>();
  let closed = false;
  const poll = createPollLoop(async () => {
    await reconcile().catch((error) => log.warn("Abandoned calls not reconciled", { error }));
    return POLL_MS;
  }, setTimer);

  return {
    async close(): Promise<void> {
      closed = true;
      await poll.close();
    },
  };

  async function reconcile(): Promise<void> {
    const alive = aliveOf(await instances.beats());
    const abandoned = await instances.abandonedCalls(alive);
    await noteReturning(abandoned);
    for (const call of abandoned) {
      if (closed) return;
      if (registry.get(call.id) !== undefined || mayReturn(call)) continue;
      // A failed request to Twilio delays no other call.
      await reconcileOne(call).catch((error) =>
        log.warn("Abandoned call not reconciled", { callId: call.id, error })
      );
    }
  }

  async function noteReturning(abandoned: readonly CallRecord[]): Promise<void> {
    const before = foundAt;
    foundAt = new Map();
    for (const { id, direction } of abandoned) {
      if (direction !== "web" || !await tokens.has(RESUME_PURPOSE, id, now())) continue;
      foundAt.set(id, before.get(id) ?? performance.now());
    }
  }

  function mayReturn({ id }: CallRecord): boolean {
    const since = foundAt.get(id);
    return since !== undefined && performance.now() - since < BROWSER_RETURNS_MS;
  }

  async function reconcileOne(call: CallRecord): Promise<void> {
    const queued = call.direction === "outbound" ? await dialQueue.find(call.id) : undefined;
    // It is still queued, or its CallSid is being searched for.
    if (queued !== undefined && call.callSid === undefined) return;
    const known = call.callSid === undefined ? undefined : await fetchKnown(call.callSid);
    const isTooOld = now() - call.startedAt > 2 * settings.limits.callMs;
    if (known !== undefined && !isFinal(known.status) && !isTooOld) return;
    const { durationSeconds, endedAt = now() } = known ?? {};
    const isPlaced = call.direction === "outbound" && known !== undefined;
    await endAbandonedCall(calls, call, {
      end: endOfAbandoned(call, known),
      endedAt,
      outcome: isPlaced ? outcomeOf(known.status, call.answeredBy) : undefined,
      connectedMs: durationSeconds === undefined ? undefined : durationSeconds * 1000,
      prices,
    });
    completion.enqueue(call.id);
    log.info("Abandoned call ended", { callId: call.id });
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

/** Ends a call whose process has died, from its record; `outcome` and `connectedMs` are what Twilio knows. */
export async function endAbandonedCall(
  callStore: Pick<CallStore, "content" | "write">,
  call: CallRecord,
  { end, endedAt, outcome, connectedMs, prices }: {
    readonly end: CallEnd;
    readonly endedAt: number;
    /** Counts where none has been recorded. */
    readonly outcome?: CallOutcome | undefined;
    readonly connectedMs?: number | undefined;
    readonly prices: Prices;
  },
): Promise<void> {
  const { turns, latencies } = await callStore.content(call.id);
  const lastMs = turns.reduce((last, turn) => Math.max(last, turn.endedMs ?? turn.startedMs), 0);
  const connected = connectedMs ?? (call.answeredAt === undefined ? 0 : lastMs);
  const ending = endingOf({ ...call, outcome: call.outcome ?? outcome }, {
    end,
    endedAt,
    durationMs: connected,
    connectedMs: connected,
    latenciesMs: latencies.map(({ totalMs }) => totalMs),
    prices,
  });
  await callStore.write([
    ...finishTurns(call.id, turns),
    { type: "ended", callId: call.id, ending, holder: call.instanceId },
  ]);
}

function endOfAbandoned(call: CallRecord, known: TwilioCall | undefined): CallEnd {
  if (known !== undefined && known.status !== "completed") return endOf(known.status);
  if (call.answeredAt === undefined && known !== undefined) return endOf(known.status);
  return { reason: "server_stopped", detail: "crashed" };
}

/** Unfinished turns become final; those of the agent were heard in part at most. */
function finishTurns(callId: string, turns: readonly TranscriptTurn[]): readonly CallWrite[] {
  return turns.filter(({ final }) => !final).map((turn) => ({
    type: "turn",
    callId,
    turn: { ...turn, final: true, interrupted: turn.role === "agent" },
  }));
}
