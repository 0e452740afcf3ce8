import type { CallEvent } from "../../call/callEvent.ts";
import type { CallEnd, CallRequest } from "../../call/types.ts";
import type { EventHub, PublishedEvent } from "../events.ts";
import type { AddressOf, Prices } from "../spending.ts";
import { CallTally } from "./callTally.ts";
import { type RecorderHealth, StoreWriter } from "./storeWriter.ts";
import type {
  CallChanges,
  CallContent,
  CallOutcome,
  CallRecord,
  CallStore,
  CallWrite,
  Instances,
  NewCall,
  RecordingWrite,
  SharedClock,
} from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

type RecordingFile = Exclude<RecordingWrite, { readonly type: "recording" }>;

/** A call as its record begins. */
export interface RecordedCall {
  readonly request: CallRequest;
  readonly callSid?: string | undefined;
  readonly model?: string | undefined;
  readonly transcriptionModel?: string | undefined;
}

function briefingOf({ language, context, variables, unchecked }: CallRequest): NewCall["briefing"] {
  const briefing = present({ language, context, variables, unchecked });
  return Object.keys(briefing).length === 0 ? undefined : briefing;
}

/** `now` is in milliseconds since 1970. */
export interface RecorderDeps extends Clock {
  readonly events: Pick<EventHub, "subscribe">;
  readonly callStore: Pick<CallStore, "write">;
  readonly instances: Pick<Instances, "beat" | "leave">;
  /** Synchronized with every heartbeat. */
  readonly clock?: Pick<SharedClock, "sync">;
  readonly instanceId: string;
  readonly prices: Prices;
  /** Without it, minutes of people to whom callers were transferred cost as those of any number. */
  readonly addressOf?: AddressOf;
  /** Called at the first event of a session. */
  readonly callOf: (callId: string) => RecordedCall | undefined;
  readonly log: Pick<Log, "info" | "error">;
  readonly maxDetails?: number;
}

/** Unfinished turns and sums are written about once a second. */
const SWEEP_MS = 1000;
const BEAT_MS = 10_000;

/** Persists call events asynchronously; never blocks a call. */
export type Recorder = ReturnType<typeof createRecorder>;

/** Records all calls of the hub from now on. */
export function createRecorder(deps: RecorderDeps) {
  const { events, callStore, instances, instanceId, prices, callOf, addressOf, now, log } = deps;
  const { clock, setTimer, maxDetails = 20_000 } = deps;
  const writer = new StoreWriter({ callStore, now, log, setTimer, maxDetails });
  const tallies = new Map<string, CallTally>();
  /** What is stored of calls that a session is about to go on with. */
  const expected = new Map<
    string,
    { readonly record: CallRecord; readonly content: CallContent }
  >();
  let closed = false;
  const sweeping = createPollLoop(sweep, setTimer, SWEEP_MS);
  const beating = createPollLoop(beat, setTimer);

  // `onEvent` never waits, so that the hub drops nothing.
  const subscription = events.subscribe(() => true, onEvent, { maxQueued: 100_000 });

  function onEvent({ callId, atMs, event }: PublishedEvent): void {
    const tally = tallies.get(callId) ?? beginWith(event, callId, atMs);
    if (tally === undefined) return;
    if (event.type === "started" || event.type === "resumed") {
      if (event.agentVersion !== undefined && !tally.wasHandedOver) {
        enqueue(tally.change({ agentVersion: event.agentVersion }));
      }
    }
    if (event.type === "connected") {
      // A placed call may get its CallSid after its session has begun.
      const callSid = callOf(callId)?.callSid;
      if (callSid !== undefined) enqueue(tally.change({ callSid }));
    }
    if (event.type === "ended") return finish(callId, tally, event.end, atMs, event.durationMs);
    if (event.type === "handoff") {
      return enqueue(tally.handedTo(event, callOf(callId) ?? {}, atMs));
    }
    tally.apply(event, atMs).forEach(enqueue);
    if (event.type === "handedOver") tallies.delete(callId);
    // Usage is stored together with the turn, so that a crash loses neither.
    const isUsage = event.type === "usage" || event.type === "transcriptionUsage";
    const isOpen = event.type === "handedOver" || isUsage && writer.health.status === "ok";
    if (isOpen) tally.unwritten().forEach(enqueue);
  }

  function beginWith(event: CallEvent, callId: string, atMs: number): CallTally | undefined {
    if (event.type !== "started" && event.type !== "resumed") return undefined;
    const startedAt = event.type === "started" ? atMs : atMs - event.afterMs;
    return begin(callId, callOf(callId) ?? { request: event }, startedAt);
  }

  function begin(callId: string, recorded: RecordedCall, startedAt: number): CallTally {
    const call = newCall(callId, recorded, startedAt);
    const tally = new CallTally(call, prices, expected.get(callId));
    expected.delete(callId);
    tallies.set(callId, tally);
    enqueue({ type: "opened", callId, call });
    return tally;
  }

  function finish(
    callId: string,
    tally: CallTally,
    end: CallEnd,
    endedAt: number,
    durationMs?: number,
    outcome?: CallOutcome,
  ): void {
    tallies.delete(callId);
    tally.unwritten().forEach(enqueue);
    const ending = tally.end(end, { endedAt, durationMs, prices, outcome, addressOf });
    enqueue({ type: "ended", callId, ending, holder: instanceId });
  }

  function newCall(
    id: string,
    { request, callSid = request.callSid, model, transcriptionModel }: RecordedCall,
    startedAt: number,
  ): NewCall {
    const outbound = request.direction === "outbound";
    const from = outbound ? request.called : request.caller;
    const to = outbound ? request.caller : request.called;
    return {
      id,
      direction: request.direction,
      agent: request.agent,
      status: outbound ? "queued" : "ringing",
      startedAt,
      instanceId,
      ...present({ keyName: request.keyName, callerProven: request.callerProven }),
      ...present({ callSid, from, to, model, transcriptionModel }),
      ...present({ metadata: request.metadata, precall: request.precall }),
      // The queue has what a placed call is told.
      ...(!outbound && present({ briefing: briefingOf(request) })),
    };
  }

  function sweep(): Promise<number> {
    // While the store fails, only the newest state of a call is kept, with its tally.
    if (writer.health.status === "ok") gatherUnwritten();
    return Promise.resolve(SWEEP_MS);
  }

  function gatherUnwritten(): void {
    for (const tally of tallies.values()) tally.unwritten().forEach(enqueue);
  }

  async function beat(): Promise<number> {
    try {
      await instances.beat(instanceId);
      await clock?.sync();
      writer.recover();
    } catch (error) {
      writer.degrade(error);
    }
    return BEAT_MS;
  }

  function enqueue(write: CallWrite): void {
    writer.enqueue(write);
  }

  return {
    /** Records a call that has no session yet, such as one in the dial queue. Sessions are recorded by their events. */
    openCall(callId: string, call: RecordedCall): void {
      if (!tallies.has(callId)) begin(callId, call, now());
    },
    /** Records what the events of a call do not say; also after its end. */
    updateCall(callId: string, changes: CallChanges): void {
      const tally = tallies.get(callId);
      enqueue(tally?.change(changes) ?? { type: "changed", callId, changes });
    },
    /** Records what became of the file of a recording; also after the end of its call. */
    recordFile(callId: string, file: RecordingFile): void {
      enqueue({ callId, ...file });
    },
    /** Records the end of a call that never had a session. */
    endCall(callId: string, end: CallEnd, outcome?: CallOutcome): void {
      const tally = tallies.get(callId);
      if (tally !== undefined) finish(callId, tally, end, now(), undefined, outcome);
    },
    /** A session is about to go on with a stored call: its tally begins with what is known of it. */
    expectResumed(record: CallRecord, content: CallContent): void {
      expected.set(record.id, { record, content });
    },
    /** Another process goes on with the call: nothing more of it is written here. */
    releaseCall(callId: string): void {
      tallies.delete(callId);
      expected.delete(callId);
    },
    /** Whether the beginning or the end of a call waits to be written. */
    holds: (callId: string): boolean => writer.holds(callId),
    health: (): RecorderHealth => writer.health,
    /** Settles when all that was known before is durable; rejects where the store fails. */
    async flush(): Promise<void> {
      // The hub delivers in a microtask what was published just now.
      await Promise.resolve();
      // While the store fails, nothing is added to what waits.
      if (writer.health.status !== "ok") await writer.flush();
      gatherUnwritten();
      await writer.flush();
    },
    /** Tries once more to write what waits, then stops. */
    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      await Promise.resolve();
      subscription.close();
      gatherUnwritten();
      await Promise.all([sweeping.close(), beating.close()]);
      await writer.close();
      await instances.leave(instanceId).catch(() => {});
    },
  };
}
