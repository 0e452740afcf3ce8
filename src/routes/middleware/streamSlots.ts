import { HttpProblem } from "./errors.ts";
import type { Clock } from "../../utils/clock.ts";

/** The streams that are open, so that there are not too many, and that they can be ended. */
export interface StreamSlots {
  /**
   * Throws where too many are open. The signal says that the stream is to end: it does so by itself when
   * its key expires, at a time in milliseconds since 1970.
   */
  take(
    keyName: string,
    expiresAt?: number,
  ): { readonly signal: AbortSignal; readonly release: () => void };
  /** Ends all streams of a key. */
  endAll(keyName: string): void;
}

/** A clock that is set anew is noticed after so long. */
const EXPIRY_LOOK_MS = 30_000;

export function createStreamSlots(
  { maxStreamsPerKey = 100, maxStreams = 1000, wallClock = () => Date.now(), setTimer }: {
    readonly maxStreamsPerKey?: number;
    readonly maxStreams?: number;
    /** Milliseconds since 1970. */
    readonly wallClock?: () => number;
    readonly setTimer: Clock["setTimer"];
  },
): StreamSlots {
  const open = new Map<string, Set<AbortController>>();
  let all = 0;

  return {
    take(keyName, expiresAt) {
      const mine = open.get(keyName) ?? new Set();
      if (mine.size >= maxStreamsPerKey || all >= maxStreams) {
        throw new HttpProblem(
          429,
          "too_many_streams",
          `No more than ${maxStreamsPerKey} streams of one key may be open: close one first.`,
          undefined,
          { "Retry-After": "10" },
        );
      }
      const stream = new AbortController();
      open.set(keyName, mine.add(stream));
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
          if (mine.size === 0) open.delete(keyName);
        },
      };
    },
    endAll(keyName) {
      for (const stream of [...open.get(keyName) ?? []]) stream.abort();
    },
  };

  function watchExpiry(expiresAt: number, end: () => void): () => void {
    let cancel = () => {};
    function wait(): void {
      const leftMs = Math.max(0, expiresAt - wallClock());
      cancel = setTimer(look, Math.min(leftMs, EXPIRY_LOOK_MS));
    }
    function look(): void {
      if (wallClock() >= expiresAt) end();
      else wait();
    }
    wait();
    return () => cancel();
  }
}
