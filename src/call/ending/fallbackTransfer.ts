import type { CallPolicy, SessionEnd } from "../types.ts";

/** Ends in which the agent failed and the caller is still there. */
const FAILURES: ReadonlySet<SessionEnd["reason"]> = new Set([
  "model_failed",
  "leg_failed",
  "internal_error",
]);

/** The end of a call; where the agent failed and has a fallback, with the alias of the transfer that follows. */
export function withFallback<End extends SessionEnd>(
  end: End,
  { fallbackTransfer }: Pick<CallPolicy, "fallbackTransfer">,
): End {
  return fallbackTransfer === undefined || !FAILURES.has(end.reason)
    ? end
    : { ...end, transferTo: fallbackTransfer };
}
