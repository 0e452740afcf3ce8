/** The result of one attempt to deliver. */
export type Attempt =
  | { readonly ok: true }
  | {
    readonly ok: false;
    /** Short, and free of private data. */
    readonly error: string;
    /** By the receiver's `retry-after`. */
    readonly retryAfterMs?: number;
    /** The receiver answered 410: no further attempts. */
    readonly final?: boolean;
  };

/** The delay after each failed attempt: a little over a day in all. */
const RETRY_DELAYS_MS = [
  5_000,
  30_000,
  2 * 60_000,
  10 * 60_000,
  30 * 60_000,
  60 * 60_000,
  2 * 60 * 60_000,
  4 * 60 * 60_000,
  6 * 60 * 60_000,
  6 * 60 * 60_000,
  6 * 60 * 60_000,
];
const MAX_DELAY_MS = 6 * 60 * 60_000;

/**
 * How long to wait after the given number of failed attempts; undefined after the last. `random`, from
 * 0 to 1, lengthens the delay by up to a fifth, so that deliveries that failed together are spread.
 */
export function retryDelayMs(
  attempts: number,
  random: number,
  requestedMs = 0,
): number | undefined {
  const delayMs = RETRY_DELAYS_MS[attempts - 1];
  if (delayMs === undefined) return undefined;
  return Math.max(delayMs * (1 + random / 5), Math.min(requestedMs, MAX_DELAY_MS));
}

/** Sends one message; never throws. Redirects count as failures, and the answer's body is not read. */
export async function post(
  url: string,
  { headers, payload, timeoutMs, signal, now }: {
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: string;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly now: () => number;
  },
): Promise<Attempt> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "user-agent": "Parley" },
      body: payload,
      redirect: "manual",
      signal: AbortSignal.any([timeout, signal]),
    });
    await response.body?.cancel();
    return attemptOf(response, now);
  } catch {
    const error = timeout.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : signal.aborted
      ? "the server stopped"
      : "no connection";
    return { ok: false, error };
  }
}

function attemptOf({ status, headers }: Response, now: () => number): Attempt {
  if (status >= 200 && status < 300) return { ok: true };
  const error = `answered ${status}`;
  if (status === 410) return { ok: false, error, final: true };
  const after = headers.get("retry-after");
  if (after === null) return { ok: false, error };
  const waitMs = /^\d{1,9}$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now();
  return { ok: false, error, ...(waitMs > 0 && { retryAfterMs: waitMs }) };
}
