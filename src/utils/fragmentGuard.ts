import { cutSocket } from "./cutSocket.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./logger.ts";

/**
 * Keeps unfinished messages from filling memory: `Deno.upgradeWebSocket` gathers the fragments of a
 * message without limit, and tells of none before the last is there.
 *
 * While sockets are watched it looks twenty times a second at the memory that the process holds outside
 * of JavaScript. Where that has risen too far, a socket that has delivered nothing whole since before
 * the rise is cut off with 1009, and another one while memory still rises: first those that have never
 * delivered anything, and of several the latest to open.
 */
export interface FragmentGuard {
  /** Watches a socket until it closes; `onCut` is called before it is cut off. */
  watch(socket: WebSocket, onCut: () => void): void;
}

export interface FragmentGuardOptions {
  readonly memory: () => {
    readonly rss: number;
    readonly heapTotal: number;
    readonly external: number;
  };
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
}

/**
 * How far memory may rise within a span of time: at once, and little by little. A process that warms
 * up takes half as much, threads with synthetic voices included.
 */
const RISES = [
  { withinMs: 5_000, bytes: 128 * 2 ** 20 },
  { withinMs: 600_000, bytes: 256 * 2 ** 20 },
] as const;
const LOOK_EVERY_MS = 50;
/** What a socket that was cut had gathered is gone within this, or it was another. */
const ALARM_MS = 2000;
/** What the socket has sent before its end still comes in. */
const SETTLING_MS = 150;
const STILL_RISING_BYTES = 16 * 2 ** 20;
/** A browser that sends its microphone is heard several times within this. */
const SILENT_MS = 200;

export function createFragmentGuard(
  { memory, now, setTimer, log }: FragmentGuardOptions,
): FragmentGuard {
  const watched = new Map<WebSocket, Watched>();
  const spans = RISES.map((rise) => ({ ...rise, least: new RecentLeast(rise.withinMs) }));
  let alarm: Alarm | undefined;
  let cancel: (() => void) | undefined;
  return {
    watch(socket, onCut) {
      const one: Watched = { heardAt: -Infinity, onCut };
      watched.set(socket, one);
      socket.addEventListener("message", () => one.heardAt = now());
      socket.addEventListener("close", () => leave(socket));
      if (cancel === undefined) look();
    },
  };

  function leave(socket: WebSocket): void {
    watched.delete(socket);
    if (watched.size > 0) return;
    cancel?.();
    cancel = undefined;
    forget();
  }

  function forget(): void {
    for (const { least } of spans) least.forget();
  }

  function look(): void {
    cancel = setTimer(look, LOOK_EVERY_MS);
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
      // What stays although nobody adds to it is no message: it counts no more. Where some of it went
      // with the socket, the rest may be another one's, and counts on.
      const isFruitless = bytes > alarm.bytes - STILL_RISING_BYTES;
      alarm = undefined;
      if (isFruitless) forget();
    }
    for (const { least, bytes: allowed } of spans) {
      const low = least.of(bytes, at);
      if (bytes - low.bytes > allowed) return cutOne(low.at, bytes, at);
    }
  }

  function cutOne(since: number, bytes: number, at: number): void {
    alarm = { since, bytes, most: bytes, at };
    const silentSince = Math.max(since, at - SILENT_MS);
    const silent = [...watched].filter(([, { heardAt }]) => heardAt <= silentSince);
    const latest = silent.findLast(([, { heardAt }]) => heardAt === -Infinity) ?? silent.at(-1);
    log.warn("Memory rose while messages were unfinished", {
      megabytes: Math.round(bytes / 2 ** 20),
      socketCut: latest !== undefined,
    });
    if (latest === undefined) return;
    const [socket, { onCut }] = latest;
    onCut();
    cutSocket(socket, 1009, "message too big");
    leave(socket);
  }
}

interface Watched {
  heardAt: number;
  readonly onCut: () => void;
}

/** The last time that a socket was cut, and since when those to be cut have been silent. */
interface Alarm {
  readonly since: number;
  readonly bytes: number;
  /** Reached while what was still on its way from that socket came in. */
  most: number;
  readonly at: number;
}

interface Low {
  readonly at: number;
  readonly bytes: number;
}

/** The least of what was measured lately, kept for each tenth of the span. */
class RecentLeast {
  readonly #spanMs: number;
  #lows: Low[] = [];

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** Takes a measurement in; of several that were as low, gives the last. */
  of(bytes: number, at: number): Low {
    const latest = this.#lows.at(-1);
    const sameTenth = latest !== undefined && at - latest.at < this.#spanMs / 10;
    if (!sameTenth) this.#lows.push({ bytes, at });
    else if (bytes <= latest.bytes) this.#lows[this.#lows.length - 1] = { bytes, at };
    while (this.#lows.length > 1 && at - (this.#lows[0]?.at ?? at) > this.#spanMs) {
      this.#lows.shift();
    }
    return this.#lows.reduce((low, one) => (one.bytes <= low.bytes ? one : low));
  }

  forget(): void {
    this.#lows = [];
  }
}
