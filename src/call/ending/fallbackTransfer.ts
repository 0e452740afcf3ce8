import type { CallPolicy, SessionEnd } from "../types.ts";

/** The agent cannot go on, though the caller would. */
const FAILURES: ReadonlySet<SessionEnd["reason"]> = new Set([
  "model_failed",
  "leg_failed",
  "internal_error",
]);

/** The end of a call, which a transfer follows where the agent fails and has somebody to hand the caller to. */
export function withFallback<End extends SessionEnd>(
  end: End,
  { fallbackTransfer }: Pick<CallPolicy, "fallbackTransfer">,
): End {
  return fallbackTransfer === undefined || !FAILURES.has(end.reason)
    ? end
    : { ...end, transferTo: fallbackTransfer };
}
