import type { CallPolicy, SessionEnd } from "../types.ts";

/** The agent cannot go on, though the caller would. */
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
