/** Whether a request is allowed, and if not, when the next one will be. */
export type RateDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Limits how often each key does something: a token bucket per key in bounded memory; the clock is the caller's. */
export function createRateLimiter({ capacity, refillPerSecond, maxEntries = 10_000 }: {
  /** Tokens a full bucket holds: the burst allowed. */
  readonly capacity: number;
  readonly refillPerSecond: number;
  /** Keys remembered at a time; beyond it the least recently used starts with a full bucket. */
  readonly maxEntries?: number;
}) {
  if (!(capacity > 0 && refillPerSecond > 0 && maxEntries >= 1)) {
    throw new RangeError("Cannot create a rate limiter: its limits must be positive");
  }
  // In order of last use: a bucket is put back at the end whenever it is touched.
  const buckets = new Map<string, Bucket>();

  return {
    /** How many keys are remembered. */
    get size() {
      return buckets.size;
    },
    /** What `consume` would answer, without taking anything. */
    peek(key: string, nowMs: number): RateDecision {
      const bucket = buckets.get(key);
      const available = bucket === undefined ? capacity : tokensAt(bucket, nowMs);
      return decide(available, 1);
    },
    /** Takes `cost` tokens (1 by default) from the key's bucket; a refusal takes none. */
    consume(key: string, nowMs: number, cost = 1): RateDecision {
      if (!(cost >= 0 && cost <= capacity)) {
        throw new RangeError(`Cannot take ${cost} tokens: a bucket holds ${capacity}`);
      }
      const bucket = buckets.get(key) ?? { tokens: capacity, atMs: nowMs };
      buckets.delete(key);
      const available = tokensAt(bucket, nowMs);
      const decision = decide(available, cost);
      buckets.set(key, {
        tokens: decision.allowed ? available - cost : available,
        atMs: Math.max(nowMs, bucket.atMs),
      });
      forgetOldest(nowMs);
      return decision;
    },
    /** Puts back one token that `consume` took for what turned out not to count. */
    giveBack(key: string, nowMs: number): void {
      const bucket = buckets.get(key);
      if (bucket === undefined) return;
      const tokens = Math.min(capacity, tokensAt(bucket, nowMs) + 1);
      buckets.set(key, { tokens, atMs: Math.max(nowMs, bucket.atMs) });
    },
  };

  function decide(available: number, cost: number): RateDecision {
    if (available >= cost) return { allowed: true };
    const retryAfterSeconds = Math.max(1, Math.ceil((cost - available) / refillPerSecond));
    return { allowed: false, retryAfterSeconds };
  }

  function tokensAt({ tokens, atMs }: Bucket, nowMs: number): number {
    const elapsedSeconds = Math.max(0, nowMs - atMs) / 1000;
    return Math.min(capacity, tokens + elapsedSeconds * refillPerSecond);
  }

  /** A full bucket equals none. Removing up to two per call shrinks the map faster than it grows. */
  function forgetOldest(nowMs: number): void {
    let looked = 0;
    for (const [key, bucket] of buckets) {
      const needless = looked++ < 2 && tokensAt(bucket, nowMs) >= capacity;
      if (!needless && buckets.size <= maxEntries) return;
      buckets.delete(key);
    }
  }
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}
