const MAX_PER_ADDRESS = 50;
/**
 * When a socket is uncounted by itself, as its `close` event may never come. Longer than the 5 s that a
 * socket has for its `start`, plus the time to look up its token.
 */
const LONGEST_WAIT_MS = 20_000;

/**
 * Counts the media sockets of this process that have not shown a valid token yet, by client address.
 * `now` is in monotonic milliseconds.
 */
export function createWaitingSockets(now: () => number) {
  const waiting = new Map<string, Set<{ readonly until: number }>>();

  return {
    /** Counts a socket; returns the function that uncounts it (idempotent), or undefined where there are too many. */
    enter(address: string): (() => void) | undefined {
      const there = waiting.get(address) ?? new Set();
      for (const socket of there) if (now() >= socket.until) there.delete(socket);
      if (there.size >= MAX_PER_ADDRESS) return undefined;
      const socket = { until: now() + LONGEST_WAIT_MS };
      there.add(socket);
      waiting.set(address, there);
      return () => {
        there.delete(socket);
        if (there.size === 0 && waiting.get(address) === there) waiting.delete(address);
      };
    },
  };
}
