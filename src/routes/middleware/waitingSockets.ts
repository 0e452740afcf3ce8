/** Counts sockets that have not shown yet whom they belong to, by the address they come from. */
export interface WaitingSockets {
  /** Counts one more and gives the means to count it off, which works once; nothing where there are too many. */
  enter(address: string): (() => void) | undefined;
}

export interface WaitingSocketsOptions {
  readonly maxPerAddress: number;
  /**
   * When one is counted off by itself: a socket's `close` may never come. Longer than a socket may take
   * to show whom it belongs to.
   */
  readonly longestMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export function createWaitingSockets(
  { maxPerAddress, longestMs, now }: WaitingSocketsOptions,
): WaitingSockets {
  const waiting = new Map<string, Set<{ readonly until: number }>>();

  return {
    enter(address) {
      const there = waiting.get(address) ?? new Set();
      for (const socket of there) if (now() >= socket.until) there.delete(socket);
      if (there.size >= maxPerAddress) return undefined;
      const socket = { until: now() + longestMs };
      there.add(socket);
      waiting.set(address, there);
      return () => {
        there.delete(socket);
        if (there.size === 0 && waiting.get(address) === there) waiting.delete(address);
      };
    },
  };
}
