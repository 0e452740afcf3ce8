import { settleWithin } from "../../utils/deadline.ts";
import type { Clock } from "../../utils/clock.ts";

/** Gives what the store gives, or rejects when it has not answered by then; the work itself goes on. */
export function withStoreDeadline<T>(
  work: Promise<T>,
  ms: number,
  setTimer: Clock["setTimer"],
): Promise<T> {
  const reason = "Cannot use the store: it does not answer";
  return settleWithin(work, { ms, reason, setTimer });
}
