import type { Milliseconds } from "../../call/types.ts";
import { ToolError } from "./tool.ts";

/**
 * Settles when the work is done, at the time limit or at the signal, also where the work ignores its
 * signal.
 */
export async function withinTime<T>(
  limitMs: Milliseconds,
  outer: AbortSignal,
  work: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const over = Promise.withResolvers<never>();
  const stop = (error: ToolError) => {
    over.reject(error);
    abort.abort(error);
  };
  const callEnded = () =>
    stop(new ToolError("call_ended", "The call has ended.", { mayHaveRun: true }));
  const timer = setTimeout(() => stop(tooLong()), limitMs);
  outer.addEventListener("abort", callEnded, { once: true });
  try {
    if (outer.aborted) callEnded();
    const done = outer.aborted ? over.promise : Promise.resolve(work(abort.signal));
    return await Promise.race([over.promise, done]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", callEnded);
  }
}

function tooLong(): ToolError {
  return new ToolError(
    "timeout",
    "The tool took too long and was stopped. It is not known whether it did its work.",
    { isFault: true, mayHaveRun: true },
  );
}
