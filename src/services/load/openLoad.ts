import { getHeapStatistics } from "node:v8";
import type { Clock } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import { Lateness, type LatenessLimits } from "./lateness.ts";
import { createOpenSockets } from "./openSockets.ts";

export interface LoadDeps extends Pick<Clock, "setTimer"> {
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  /** Monotonic milliseconds. */
  readonly monotonic?: () => number;
  readonly limits?: Partial<LatenessLimits> | undefined;
  /** The share of the JavaScript heap's limit that is in use. */
  readonly heapShare?: () => number;
}

const PROBE_MS = 100;
/** Beyond it V8 collects garbage most of the time, and ends the process soon. */
const MAX_HEAP_SHARE = 0.9;
const HEAP_EVERY = 10;

export type Load = ReturnType<typeof openLoad>;

/**
 * Measures from now on whether the process keeps up: how late the event loop is, and how full the heap. A
 * process that does not takes no new calls, so that those under way keep their quality.
 */
export function openLoad({ setTimer, incidents, limits, ...deps }: LoadDeps) {
  const { monotonic = () => performance.now(), heapShare = shareOfHeap } = deps;
  const lateness = new Lateness(monotonic(), limits);
  const sockets = createOpenSockets({ now: monotonic, setTimer });
  const listeners: ((delayMs: number) => void)[] = [];
  let probes = 0;
  let isHeapFull = false;
  let wasOverloaded = false;
  let cancel = probeLater();

  return {
    sockets,
    /** Whether new calls are to be refused. */
    get overloaded(): boolean {
      return isOverloaded();
    },
    /** The longest delay of the event loop within the last seconds. */
    get longestDelayMs(): number {
      return lateness.longestMs;
    },
    /** Called ten times a second with how late the event loop was. */
    onDelay: (listener: (delayMs: number) => void): void => void listeners.push(listener),
    [Symbol.dispose](): void {
      cancel();
      sockets.close();
    },
  };

  function isOverloaded(): boolean {
    return lateness.overloaded || isHeapFull;
  }

  function probeLater(): () => void {
    const dueAt = monotonic() + PROBE_MS;
    return setTimer(() => {
      cancel = probeLater();
      probe(Math.max(0, monotonic() - dueAt));
    }, PROBE_MS);
  }

  function probe(delayMs: number): void {
    lateness.observe(delayMs, monotonic());
    if (probes++ % HEAP_EVERY === 0) isHeapFull = heapShare() > MAX_HEAP_SHARE;
    for (const listener of listeners) listener(delayMs);
    if (isOverloaded() === wasOverloaded) return;
    wasOverloaded = isOverloaded();
    if (!wasOverloaded) return incidents.resolve("overloaded");
    incidents.report({
      code: "overloaded",
      message: isHeapFull
        ? "The memory of JavaScript is nearly full: no new calls are taken."
        : "The event loop is late, so that audio would be: no new calls are taken.",
      expiresAfterMs: Infinity,
    });
  }
}

function shareOfHeap(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used / limit;
}
