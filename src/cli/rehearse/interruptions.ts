/** Ctrl-C reaches this process twice: from the terminal, and forwarded by `deno task`. */
const SAME_MS = 500;

/** Aborted by the first interruption of the process; each later one calls back. */
export function interruptions(onAgain: () => void): AbortSignal {
  const interrupted = new AbortController();
  let sinceMs = Infinity;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      const nowMs = performance.now();
      if (nowMs - sinceMs > SAME_MS) onAgain();
      sinceMs = Math.min(sinceMs, nowMs);
      interrupted.abort();
    });
  }
  return interrupted.signal;
}
