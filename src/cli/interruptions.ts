import { onSignals } from "../utils/signals.ts";

/**
 * Aborted by the first interruption of the process; each later one calls back. With `hangUps`, the end of the terminal
 * is one too, and `nohup` has no effect.
 */
export function interruptions(
  onAgain: () => void,
  { hangUps = false }: { readonly hangUps?: boolean } = {},
): AbortSignal {
  const interrupted = new AbortController();
  onSignals(signalsOf(hangUps), () => {
    if (interrupted.signal.aborted) onAgain();
    else interrupted.abort();
  });
  return interrupted.signal;
}

function signalsOf(hangUps: boolean): readonly Deno.Signal[] {
  if (Deno.build.os === "windows") return ["SIGINT"];
  return ["SIGINT", "SIGTERM", ...(hangUps ? ["SIGHUP"] as const : [])];
}
