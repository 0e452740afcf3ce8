import { BoundedMap } from "../../utils/boundedMap.ts";
import { sleep } from "../../utils/sleep.ts";
import { createPollLoop, type PollLoop } from "../../utils/pollLoop.ts";
import type { EventHub } from "../events.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { CallContent, CallRecord, CallStore } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** `now` is in milliseconds since 1970. */
export interface CompletionDispatcherDeps extends Clock {
  readonly events: Pick<EventHub, "subscribe">;
  /** Settles when all that was known before is durable; rejects where the store fails. */
  readonly flush: () => Promise<void>;
  readonly callStore: Pick<
    CallStore,
    "get" | "content" | "undispatched" | "markDispatched" | "postponeDispatch"
  >;
  /** Erases a call where that has been requested, and resolves with whether it did: listeners of `onComplete` do not see it. */
  readonly eraseIfDue: (callId: string) => Promise<boolean>;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "warn">;
}

/** How often to look for calls that a process left undispatched, and how long it is given to do it itself. */
const POLL_MS = 60_000;
const MAX_FOUND = 500;
/** While the store fails, so many calls are remembered, the newest. */
const MAX_WAITING = 10_000;
const RETRY_MS = 1000;
/** The longest back-off of a call, before the jitter of a fifth. */
const MAX_RETRY_MS = 10 * 60_000;
/** From so many failures on, it is the call and not the store. */
const MIN_TRIES_REPORTED = 3;
/** So many failures in a row are the store's: the others need not be tried just now. */
const MAX_FAILURES_IN_A_ROW = 20;

/** A call that waits to be dispatched. */
interface Waiting {
  readonly tries: number;
  /** By the monotonic clock. */
  readonly dueAt: number;
}

/**
 * Dispatches the completed records of calls, at least once each: the store keeps which ones are still to be
 * dispatched, so that a process that dies in between leaves none behind.
 */
export type CompletionDispatcher = ReturnType<typeof createCompletionDispatcher>;

/**
 * Dispatches completed calls one after another. One whose dispatch fails waits for a growing time of its
 * own and delays no other; while the store fails, all wait.
 */
export function createCompletionDispatcher(deps: CompletionDispatcherDeps) {
  const { events, flush, callStore, eraseIfDue, now, setTimer, random, incidents, log } = deps;
  const monotonic = () => performance.now();
  const waiting = new BoundedMap<string, Waiting>(MAX_WAITING);
  let working: Promise<void> | undefined;
  let closed = false;
  let started = false;
  let pausing = new AbortController();
  const beforeDispatch: ((call: CallRecord, content: CallContent) => Promise<void>)[] = [];
  const afterDispatch: ((call: CallRecord) => void | Promise<void>)[] = [];
  const followUps = new Set<Promise<void>>();
  const lastWork: (() => Promise<void>)[] = [];
  let poll: PollLoop | undefined;

  const subscription = events.subscribe(
    ({ event }) => event.type === "ended",
    ({ callId }) => enqueue(callId),
    { maxQueued: 10_000 },
  );

  async function enqueueUndispatched(): Promise<number> {
    try {
      const callIds = await callStore.undispatched(now() - POLL_MS, MAX_FOUND);
      if (!closed) callIds.forEach(enqueue);
    } catch (error) {
      log.warn("Undispatched calls not read", { error });
    }
    return POLL_MS;
  }

  function enqueue(callId: string): void {
    if (!waiting.has(callId)) waiting.set(callId, { tries: 0, dueAt: monotonic() });
    if (!started) return;
    if (working === undefined) working = work().finally(() => working = undefined);
    else pausing.abort();
  }

  async function work(): Promise<void> {
    // Every other subscriber of the same event has handled it first.
    await Promise.resolve();
    while (waiting.size > 0 && !closed) {
      const at = monotonic();
      // Calls added during the flush are not durable by it, and wait for the next.
      const due = [...waiting].filter(([, { dueAt }]) => dueAt <= at);
      if (due.length === 0) {
        await pause(Math.min(...[...waiting.values()].map(({ dueAt }) => dueAt)) - at);
        continue;
      }
      try {
        await flush();
      } catch (error) {
        if (closed) return;
        log.warn("Completed calls not dispatched", { waiting: waiting.size, error });
        await pause(RETRY_MS);
        continue;
      }
      await dispatchAll(due);
    }
  }

  async function dispatchAll(due: readonly (readonly [string, Waiting])[]): Promise<void> {
    let failures = 0;
    for (const [callId, { tries }] of due) {
      if (failures >= MAX_FAILURES_IN_A_ROW) return await pause(RETRY_MS);
      try {
        await dispatch(callId);
        failures = 0;
        if (tries > 0) incidents.resolve("call_not_told", callId);
      } catch (error) {
        if (closed) return;
        failures++;
        await postpone(callId, tries + 1, error);
      }
    }
  }

  /** Behind all others, also for a process that polls for undispatched calls after a restart. */
  async function postpone(callId: string, tries: number, error: unknown): Promise<void> {
    const delayMs = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (tries - 1)) * (1 + random() / 5);
    waiting.delete(callId);
    waiting.set(callId, { tries, dueAt: monotonic() + delayMs });
    log.warn("Completed call not dispatched", { callId, tries, error });
    if (tries >= MIN_TRIES_REPORTED) {
      incidents.report({
        code: "call_not_told",
        subject: callId,
        message: `The end of a call cannot be dispatched: ${
          error instanceof Error ? error.name : "unknown error"
        }`,
        expiresAfterMs: 2 * MAX_RETRY_MS,
      });
    }
    await callStore.postponeDispatch(callId, now()).catch(() => {});
  }

  async function dispatch(callId: string): Promise<void> {
    const call = await callStore.get(callId);
    // Undefined where it has been erased since.
    if (call?.status === "ended") {
      if (!await eraseIfDue(callId)) {
        const content = await callStore.content(callId);
        for (const listener of beforeDispatch) await listener(call, content);
        await callStore.markDispatched(callId);
      }
      for (const listener of afterDispatch) follow(listener(call));
    }
    waiting.delete(callId);
  }

  function follow(work: void | Promise<void>): void {
    if (work === undefined) return;
    const followUp = work
      .catch((error) => log.warn("Completed call not followed up", { error }))
      .finally(() => followUps.delete(followUp));
    followUps.add(followUp);
  }

  /** Ended early by `enqueue` and `close`. */
  async function pause(delayMs: number): Promise<void> {
    if (closed) return;
    pausing = new AbortController();
    await sleep(Math.max(1, delayMs), { signal: pausing.signal, setTimer });
  }

  return {
    /**
     * Listeners are awaited one after another before the call counts as dispatched; where one rejects, the
     * call is dispatched again after a growing pause.
     */
    onComplete: (listener: (call: CallRecord, content: CallContent) => Promise<void>): void =>
      void beforeDispatch.push(listener),
    /** Called once a call is dispatched; `settled` waits for what the listener has begun. */
    onDispatched: (listener: (call: CallRecord) => void | Promise<void>): void =>
      void afterDispatch.push(listener),
    /** Dispatches from now on, when all listeners are known; earlier ends wait until then. */
    start(): void {
      started = true;
      poll = createPollLoop(enqueueUndispatched, setTimer);
      if (waiting.size > 0) working ??= work().finally(() => working = undefined);
    },
    /** Dispatches a call that ended without an event of this process, such as an abandoned one. */
    enqueue,
    /** Has `settled` wait for work that needs the store as well. */
    beforeStoreCloses: (wait: () => Promise<void>): void => void lastWork.push(wait),
    /** Dispatches no more calls. */
    async close(): Promise<void> {
      await Promise.resolve();
      subscription.close();
      closed = true;
      pausing.abort();
      await Promise.all([poll?.close(), working]);
    },
    /** After `close`: settles when the store is needed no more. */
    async settled(): Promise<void> {
      await Promise.all(followUps);
      for (const wait of lastWork) await wait();
    },
  };
}
