/** Counts the sockets of this process that have not authenticated yet, by client address. */
export function createWaitingSockets({ maxPerAddress, longestMs, now }: {
  readonly maxPerAddress: number;
  /**
   * When a socket is uncounted by itself, as its `close` event may never come. Longer than a socket may
   * take to authenticate.
   */
  readonly longestMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}) {
  const waiting = new Map<string, Set<{ readonly until: number }>>();

  return {
    /** Counts a socket; returns the function that uncounts it (idempotent), or undefined where there are too many. */
    enter(address: string): (() => void) | undefined {
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
