/// <reference lib="dom" />
import { delay } from "./delay.ts";

/** What is built on one audio context; closing it closes the context. */
export interface Graph {
  readonly context: AudioContext;
  close(): void;
}

export type Sounding = "running" | "interrupted";

export interface Sustained<Built extends Graph> {
  /** The graph of now; another takes its place where a context cannot be revived. */
  readonly graph: Built;
  readonly state: Sounding;
  /** Tries at once what is otherwise tried now and then; best from a click. */
  revive(): void;
  close(): void;
}

export interface SustainEvents<Built extends Graph> {
  /** It runs again, or does not any more. */
  onState(state: Sounding): void;
  /** Another graph has taken the place of the one before. */
  onRebuilt?(graph: Built): void;
}

/**
 * Builds an audio graph and keeps it running.
 *
 * Phone calls, assistants and dimmed screens suspend or interrupt contexts, and some browsers never
 * say that it is over: running again is tried at once, now and then, and whenever the human is seen.
 * A context that was closed, stands still though it says that it runs, or does not come back, is built
 * anew. `fail` tells that a node is dead.
 */
export async function sustain<Built extends Graph>(
  build: (fail: () => void) => Promise<Built>,
  { onState, onRebuilt }: SustainEvents<Built>,
): Promise<Sustained<Built>> {
  const end = new AbortController();
  const { signal } = end;
  let dead = false;
  let still = { atSeconds: -1, beats: 0 };
  let failures = 0;
  let reviving = false;
  let state: Sounding = "running";
  let graph = await build(fail);
  await resume(graph.context);

  watch();
  for (const type of ["visibilitychange", "resume", "pointerdown", "keydown"]) {
    document.addEventListener(type, revive, { signal });
  }
  for (const type of ["focus", "pageshow"]) addEventListener(type, revive, { signal });
  const pulse = setInterval(feelPulse, PULSE_MS);
  look();

  return {
    get graph() {
      return graph;
    },
    get state() {
      return state;
    },
    revive,
    close() {
      end.abort();
      clearInterval(pulse);
      unwatch();
      graph.close();
    },
  };

  function watch(): void {
    graph.context.onstatechange = look;
    graph.context.addEventListener("error", fail);
  }

  function unwatch(): void {
    graph.context.onstatechange = null;
    graph.context.removeEventListener("error", fail);
  }

  /** Some browsers say that a context runs while its time stands still. */
  function feelPulse(): void {
    const { state, currentTime } = graph.context;
    const stands = state === "running" && currentTime === still.atSeconds;
    still = { atSeconds: currentTime, beats: stands ? still.beats + 1 : 0 };
    if (still.beats >= MAX_STILL_BEATS) fail();
  }

  function fail(): void {
    dead = true;
    look();
  }

  function look(): void {
    if (signal.aborted) return;
    const now = graph.context.state === "running" && !dead ? "running" : "interrupted";
    if (now === "running") failures = 0;
    if (now !== state) {
      state = now;
      onState(state);
    }
    if (now === "interrupted") revive();
  }

  function revive(): void {
    if (signal.aborted || state === "running") return;
    // Within a click, before anything is waited for: some browsers allow it only there.
    if (!dead && graph.context.state !== "closed") askToResume(graph.context);
    if (!reviving) keepTrying();
  }

  async function keepTrying(): Promise<void> {
    reviving = true;
    while (state === "interrupted" && !signal.aborted) {
      const isLost = failures >= MAX_FAILURES && document.visibilityState === "visible";
      if (dead || graph.context.state === "closed" || isLost) await rebuild();
      else if (!await resume(graph.context)) failures++;
      look();
      if (state === "interrupted") await delay(RETRY_MS, signal);
    }
    reviving = false;
  }

  async function rebuild(): Promise<void> {
    failures = 0;
    let next: Built;
    try {
      next = await build(fail);
    } catch {
      return;
    }
    if (signal.aborted) return next.close();
    unwatch();
    graph.close();
    dead = false;
    still = { atSeconds: -1, beats: 0 };
    graph = next;
    watch();
    onRebuilt?.(graph);
    await resume(graph.context);
  }
}

/** Tells whether the context runs; a browser that wants a click first leaves the question open. */
async function resume(context: AudioContext): Promise<boolean> {
  const answered = new AbortController();
  const resumed = askToResume(context).finally(() => answered.abort());
  await Promise.race([resumed, delay(ANSWER_MS, answered.signal)]);
  return context.state === "running";
}

/** A refusal is seen by the state. */
export async function askToResume(context: AudioContext): Promise<void> {
  try {
    await context.resume();
  } catch {
    return;
  }
}

const PULSE_MS = 1000;
const MAX_STILL_BEATS = 5;
const ANSWER_MS = 1000;
const RETRY_MS = 1000;
/** After so many a context is thought to be lost. */
const MAX_FAILURES = 3;
