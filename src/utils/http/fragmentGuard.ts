import { cutSocket } from "./cutSocket.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../logger.ts";

/**
 * Keeps unfinished messages from filling memory: `Deno.upgradeWebSocket` buffers the fragments of a
 * message without limit, and reports none before the last has arrived.
 *
 * While sockets are watched, the process memory outside of the JavaScript heap is measured twenty times
 * a second. Where it has risen too far, one socket that has delivered no complete message since before
 * the rise is cut with 1009, and further ones while memory still rises: first those that have never
 * delivered a message, of these the latest to open. A socket is watched until it closes; `onCut` is
 * called before it is cut.
 */
export type WatchSocket = (socket: WebSocket, onCut: () => void) => void;

/**
 * How far memory may rise within a time span, fast and slowly. Starting up takes half as much, threads
 * with synthetic voices included.
 */
const RISES = [
  { withinMs: 5_000, bytes: 128 * 2 ** 20 },
  { withinMs: 600_000, bytes: 256 * 2 ** 20 },
] as const;
const CHECK_EVERY_MS = 50;
/** The buffer of a cut socket is freed within this time; otherwise it was not the cause. */
const ALARM_MS = 2000;
/** Data that the socket sent before its end still arrives. */
const SETTLING_MS = 150;
const STILL_RISING_BYTES = 16 * 2 ** 20;
/** A browser that sends audio delivers several messages within this time. */
const SILENT_MS = 200;

/** One per process: it judges the memory of the whole process. `now` is in monotonic milliseconds. */
export function createFragmentGuard({ memory, now, setTimer, log }: Clock & {
  readonly memory: () => {
    readonly rss: number;
    readonly heapTotal: number;
    readonly external: number;
  };
  readonly log: Pick<Log, "warn">;
}): WatchSocket {
  const watched = new Map<WebSocket, Watched>();
  const spans = RISES.map((rise) => ({
    ...rise,
    minimum: new RecentMinimum(rise.withinMs),
    /** Of the negative, for the maximum; remembered for longer than what it explains. */
    external: new RecentMinimum(1.2 * rise.withinMs),
  }));
  let alarm: Alarm | undefined;
  let cancel: (() => void) | undefined;
  return function watch(socket, onCut) {
    const one: Watched = { lastMessageAt: -Infinity, onCut };
    watched.set(socket, one);
    socket.addEventListener("message", () => one.lastMessageAt = now());
    socket.addEventListener("close", () => unwatch(socket));
    if (cancel === undefined) check();
  };

  function unwatch(socket: WebSocket): void {
    watched.delete(socket);
    if (watched.size > 0) return;
    cancel?.();
    cancel = undefined;
    clearMinima();
  }

  function clearMinima(): void {
    for (const { minimum, external } of spans) {
      minimum.clear();
      external.clear();
    }
  }

  function check(): void {
    cancel = setTimer(check, CHECK_EVERY_MS);
    const { rss, heapTotal, external } = memory();
    const bytes = rss - heapTotal - external;
    const at = now();
    if (alarm !== undefined) {
      if (at - alarm.at <= SETTLING_MS) {
        alarm.most = Math.max(alarm.most, bytes);
        return;
      }
      if (bytes > alarm.most + STILL_RISING_BYTES) return cutOne(alarm.since, bytes, at);
      if (at - alarm.at <= ALARM_MS) return;
      // Memory that cutting did not free belongs to no message: it becomes the new baseline. Where some
      // was freed, the rest may be another socket's, and the baseline stays.
      const isIneffective = bytes > alarm.bytes - STILL_RISING_BYTES;
      alarm = undefined;
      if (isIneffective) clearMinima();
    }
    for (const { minimum, external: least, bytes: allowed } of spans) {
      const low = minimum.record(bytes, at);
      // What JavaScript has freed stays resident, for the next that needs it, and is no message.
      const freed = -external - least.record(-external, at).bytes;
      if (bytes - low.bytes - freed > allowed) return cutOne(low.at, bytes, at);
    }
  }

  function cutOne(since: number, bytes: number, at: number): void {
    alarm = { since, bytes, most: bytes, at };
    const silentSince = Math.max(since, at - SILENT_MS);
    const silent = [...watched].filter(([, { lastMessageAt }]) => lastMessageAt <= silentSince);
    const latest = silent.findLast(([, { lastMessageAt }]) => lastMessageAt === -Infinity) ??
      silent.at(-1);
    log.warn("Memory rose while messages were unfinished", {
      megabytes: Math.round(bytes / 2 ** 20),
      socketCut: latest !== undefined,
    });
    if (latest === undefined) return;
    const [socket, { onCut }] = latest;
    onCut();
    cutSocket(socket, 1009, "message too big");
    unwatch(socket);
  }
}

interface Watched {
  lastMessageAt: number;
  readonly onCut: () => void;
}

/** When a socket was last cut, and since when candidates must have been silent. */
interface Alarm {
  readonly since: number;
  readonly bytes: number;
  /** The maximum while data of that socket still arrived. */
  most: number;
  readonly at: number;
}

interface Low {
  readonly at: number;
  readonly bytes: number;
}

/** The minimum of recent measurements, one kept for each tenth of the span. */
class RecentMinimum {
  readonly #spanMs: number;
  #lows: Low[] = [];

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** Records a measurement and returns the minimum; of several equal ones the last. */
  record(bytes: number, at: number): Low {
    const latest = this.#lows.at(-1);
    const sameTenth = latest !== undefined && at - latest.at < this.#spanMs / 10;
    if (!sameTenth) this.#lows.push({ bytes, at });
    else if (bytes <= latest.bytes) this.#lows[this.#lows.length - 1] = { bytes, at };
    while (this.#lows.length > 1 && at - (this.#lows[0]?.at ?? at) > this.#spanMs) {
      this.#lows.shift();
    }
    return this.#lows.reduce((low, one) => (one.bytes <= low.bytes ? one : low));
  }

  clear(): void {
    this.#lows = [];
  }
}
