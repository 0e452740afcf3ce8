import { StoreUnavailable } from "./outboundErrors.ts";

/** Whoever asks for a call waits no longer than this for each step. */
const LIMIT_MS = 5000;

/**
 * Waits for the store, and makes its failure or its silence one that callers understand. `late` puts
 * right what it does after all when nobody waits any more.
 */
export async function stored<T>(
  work: Promise<T>,
  late: (value: T) => void | Promise<void> = () => {},
): Promise<T> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    silence.reject(unavailable());
    work.then(late).catch(() => {});
  }, LIMIT_MS);
  try {
    return await Promise.race([work, silence.promise]);
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : unavailable(error);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(cause?: unknown): StoreUnavailable {
  return new StoreUnavailable("Cannot place the call: the store does not answer", { cause });
}
