/** Ctrl-C reaches this process twice: from the terminal, and forwarded by `deno task`. */
const SAME_MS = 500;

/** The real time, also where `hurryTime` replaces `performance.now` later. */
const realNow = performance.now.bind(performance);

/**
 * Aborted by the first interruption of the process; each later one calls back. With `hangUps`, the end of the terminal
 * is one too, and `nohup` has no effect.
 */
export function interruptions(
  onAgain: () => void,
  { hangUps = false }: { readonly hangUps?: boolean } = {},
): AbortSignal {
  const interrupted = new AbortController();
  let countedMs = -Infinity;
  for (const signal of signalsOf(hangUps)) {
    Deno.addSignalListener(signal, () => {
      const nowMs = realNow();
      if (nowMs - countedMs < SAME_MS) return;
      countedMs = nowMs;
      if (interrupted.signal.aborted) onAgain();
      else interrupted.abort();
    });
  }
  return interrupted.signal;
}

function signalsOf(hangUps: boolean): readonly Deno.Signal[] {
  if (Deno.build.os === "windows") return ["SIGINT"];
  return ["SIGINT", "SIGTERM", ...(hangUps ? ["SIGHUP"] as const : [])];
}
