import { HttpProblem } from "./httpProblem.ts";
import type { Clock } from "../../utils/clock.ts";

const MAX_STREAMS = 1000;
/** The wall clock may be changed: expiry is checked at least this often. */
const EXPIRY_CHECK_MS = 30_000;

/** Limits the number of open event streams, of this process only, and closes those of a key. */
export function createStreamSlots(
  { maxStreamsPerKey = 100, wallClock = () => Date.now(), setTimer }: {
    readonly maxStreamsPerKey?: number;
    /** Milliseconds since 1970. */
    readonly wallClock?: () => number;
    readonly setTimer: Clock["setTimer"];
  },
) {
  const openByKey = new Map<string, Set<AbortController>>();
  let all = 0;

  return {
    /**
     * Throws a 429 `HttpProblem` where too many are open. The signal aborts when the stream has to end;
     * also at `expiresAt`, when its key expires, in milliseconds since 1970.
     */
    open(
      keyName: string,
      expiresAt?: number,
    ): { readonly signal: AbortSignal; readonly release: () => void } {
      const mine = openByKey.get(keyName) ?? new Set();
      if (mine.size >= maxStreamsPerKey || all >= MAX_STREAMS) {
        throw new HttpProblem(
          429,
          "too_many_streams",
          `No more than ${maxStreamsPerKey} streams of one key may be open: close one first.`,
          { retryAfterSeconds: 10 },
        );
      }
      const stream = new AbortController();
      openByKey.set(keyName, mine.add(stream));
      all++;
      const stopWatching = expiresAt === undefined
        ? () => {}
        : watchExpiry(expiresAt, () => stream.abort());
      return {
        signal: stream.signal,
        release() {
          stopWatching();
          if (!mine.delete(stream)) return;
          all--;
          if (mine.size === 0) openByKey.delete(keyName);
        },
      };
    },
    /** Ends all streams of a key. */
    endAll(keyName: string): void {
      for (const stream of [...openByKey.get(keyName) ?? []]) stream.abort();
    },
  };

  function watchExpiry(expiresAt: number, end: () => void): () => void {
    let cancel = () => {};
    function wait(): void {
      const leftMs = Math.max(0, expiresAt - wallClock());
      cancel = setTimer(check, Math.min(leftMs, EXPIRY_CHECK_MS));
    }
    function check(): void {
      if (wallClock() >= expiresAt) end();
      else wait();
    }
    wait();
    return () => cancel();
  }
}
