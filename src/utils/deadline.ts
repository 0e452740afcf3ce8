import type { Clock } from "./clock.ts";

/** How `settleWithin` waits. */
export interface Deadline {
  readonly ms: number;
  /** Why it rejects when the work has not settled by then. */
  readonly reason: string;
  readonly setTimer: Clock["setTimer"];
}

/** Gives what the work gives, or rejects at the deadline; the work itself goes on. */
export async function settleWithin<T>(
  work: Promise<T>,
  { ms, reason, setTimer }: Deadline,
): Promise<T> {
  const silence = Promise.withResolvers<never>();
  const cancel = setTimer(() => silence.reject(new Error(reason)), ms);
  try {
    return await Promise.race([work, silence.promise]);
  } finally {
    cancel();
  }
}
