/// <reference lib="dom" />
import { delay } from "../delay.ts";

/** What is built on one audio context; closing it closes the context. */
export interface AudioGraph {
  readonly context: AudioContext;
  close(): void;
}

export type AudioState = "running" | "interrupted";

/** An audio graph that resumes after interruptions. */
export interface ResumingAudio<Graph extends AudioGraph> {
  /** The current graph; it is replaced where a context cannot be resumed. */
  readonly graph: Graph;
  readonly state: AudioState;
  /** Tries at once; to be called within a click, which some browsers require. */
  resume(): void;
  close(): void;
}

interface ResumingAudioEvents<Graph extends AudioGraph> {
  onState(state: AudioState): void;
  /** `graph` has replaced the one before. */
  onRebuilt?(graph: Graph): void;
}

/**
 * Builds an audio graph and keeps it running.
 *
 * Phone calls, assistants and dimmed screens suspend or interrupt contexts, and some browsers do not
 * report the end of it. Resuming is therefore tried at once, once a second, and on every sign of the
 * user. The graph is built again where its context was closed, reports `running` while its time
 * stands still, or cannot be resumed; `build` gets a function to call when one of its nodes fails.
 */
export async function openResumingAudio<Graph extends AudioGraph>(
  build: (onNodeFailure: () => void) => Promise<Graph>,
  { onState, onRebuilt }: ResumingAudioEvents<Graph>,
): Promise<ResumingAudio<Graph>> {
  const closing = new AbortController();
  const { signal } = closing;
  let hasFailed = false;
  let stalled = { atSeconds: -1, checks: 0 };
  let failedResumes = 0;
  let isRetrying = false;
  let state: AudioState = "running";
  let graph = await build(fail);
  await tryToResume(graph.context);

  listen();
  for (const type of ["visibilitychange", "resume", "pointerdown", "keydown"]) {
    document.addEventListener(type, resume, { signal });
  }
  for (const type of ["focus", "pageshow"]) addEventListener(type, resume, { signal });
  const clockCheck = setInterval(checkClock, CLOCK_CHECK_MS);
  update();

  return {
    get graph() {
      return graph;
    },
    get state() {
      return state;
    },
    resume,
    close() {
      closing.abort();
      clearInterval(clockCheck);
      unlisten();
      graph.close();
    },
  };

  function listen(): void {
    graph.context.onstatechange = update;
    graph.context.addEventListener("error", fail);
  }

  function unlisten(): void {
    graph.context.onstatechange = null;
    graph.context.removeEventListener("error", fail);
  }

  /** Some browsers report `running` for a context whose time stands still. */
  function checkClock(): void {
    const { state, currentTime } = graph.context;
    const isStalled = state === "running" && currentTime === stalled.atSeconds;
    stalled = { atSeconds: currentTime, checks: isStalled ? stalled.checks + 1 : 0 };
    if (stalled.checks >= MAX_STALLED_CHECKS) fail();
  }

  function fail(): void {
    hasFailed = true;
    update();
  }

  function update(): void {
    if (signal.aborted) return;
    const now = graph.context.state === "running" && !hasFailed ? "running" : "interrupted";
    if (now === "running") failedResumes = 0;
    if (now !== state) {
      state = now;
      onState(state);
    }
    if (now === "interrupted") resume();
  }

  function resume(): void {
    if (signal.aborted || state === "running") return;
    // Before the first await: some browsers allow it only within the click.
    if (!hasFailed && graph.context.state !== "closed") requestResume(graph.context);
    if (!isRetrying) retry();
  }

  async function retry(): Promise<void> {
    isRetrying = true;
    while (state === "interrupted" && !signal.aborted) {
      const isLost = failedResumes >= MAX_FAILED_RESUMES && document.visibilityState === "visible";
      if (hasFailed || graph.context.state === "closed" || isLost) await rebuild();
      else if (!await tryToResume(graph.context)) failedResumes++;
      update();
      if (state === "interrupted") await delay(RETRY_MS, signal);
    }
    isRetrying = false;
  }

  async function rebuild(): Promise<void> {
    failedResumes = 0;
    let next: Graph;
    try {
      next = await build(fail);
    } catch {
      return;
    }
    if (signal.aborted) return next.close();
    unlisten();
    graph.close();
    hasFailed = false;
    stalled = { atSeconds: -1, checks: 0 };
    graph = next;
    listen();
    onRebuilt?.(graph);
    await tryToResume(graph.context);
  }
}

/** Whether the context runs after at most a second; without a click some browsers never answer. */
async function tryToResume(context: AudioContext): Promise<boolean> {
  const answered = new AbortController();
  const resumed = requestResume(context).finally(() => answered.abort());
  await Promise.race([resumed, delay(ANSWER_MS, answered.signal)]);
  return context.state === "running";
}

/** Asks the browser to resume a context; a refusal shows in `context.state` only. */
export async function requestResume(context: AudioContext): Promise<void> {
  try {
    await context.resume();
  } catch {
    return;
  }
}

const CLOCK_CHECK_MS = 1000;
const MAX_STALLED_CHECKS = 5;
const ANSWER_MS = 1000;
const RETRY_MS = 1000;
/** After so many, the context is taken for lost. */
const MAX_FAILED_RESUMES = 3;
