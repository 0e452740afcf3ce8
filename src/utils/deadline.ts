import { type Clock, setTimer as realTimer } from "./clock.ts";

/** Settles as the work does, or rejects with `error` after `ms`; the work itself goes on. */
export async function deadline<T>(
  work: Promise<T>,
  ms: number,
  setTimer: Clock["setTimer"] = realTimer,
  error: Error = new Error(`Cannot wait any longer: no answer within ${ms} ms`),
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = setTimer(() => late.reject(error), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
