import type { Context } from "@hono/hono";
import { presentedKey } from "../../utils/auth.ts";
import { maskAddress } from "../../utils/http/clientAddress.ts";
import { createRateLimiter } from "../../utils/rateLimiter.ts";
import { type HttpProblem, requireAllowed, unauthorized } from "./httpProblem.ts";
import { isProxied } from "./requestOrigin.ts";
import type { Log } from "../../utils/logger.ts";

/** The kinds of secret that clients may try to guess. */
type SecretKind = "key" | "token";

/** An open page retries its old token a few times; keys are typed in by hand. */
const RATES = {
  key: { capacity: 10, refillPerSecond: 0.2 },
  token: { capacity: 20, refillPerSecond: 0.5 },
} as const;

/** Slows down clients that try secrets, by address. */
export type GuessGuard = ReturnType<typeof createGuessGuard>;

/** Allows 10 wrong keys and then one per 5 s, 20 wrong tokens and then one per 2 s, per address. */
export function createGuessGuard({ addressOf, trustProxy = false, now, log }: {
  readonly addressOf: (c: Context) => string;
  /** Whether the address in a proxy's header is taken for the client's. */
  readonly trustProxy?: boolean;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}) {
  const limiters = { key: createRateLimiter(RATES.key), token: createRateLimiter(RATES.token) };
  const keylessRequests = createRateLimiter(RATES.key);
  // A client with many addresses must not fill the log.
  const lines = createRateLimiter({ capacity: 100, refillPerSecond: 1 });
  const counts = { key: 0, token: 0 };
  return {
    /** Wrong secrets since the process started. */
    counts,
    /**
     * Throws a 429 `HttpProblem` while the address has too many failures. Called before the secret is
     * looked up, so that a right guess is refused like a wrong one.
     */
    admit,
    countFailure,
    /**
     * The key that a request presents, looked up by `find`. Throws `missing` where there is none, a 401
     * for a wrong one, and a 429 where there are too many of either.
     */
    findKey<Key>(
      c: Context,
      find: (secret: string) => Key | undefined,
      missing: HttpProblem,
    ): Key {
      const secret = presentedKey(c.req.raw.headers);
      if (secret === undefined) {
        if (!isShared(c)) requireAllowed(keylessRequests.consume(addressOf(c), now()));
        throw missing;
      }
      admit(c, "key");
      const key = find(secret);
      if (key !== undefined) return key;
      countFailure(c, "key");
      throw unauthorized("invalid_key", "The server does not know this API key.");
    },
  };

  function admit(c: Context, what: SecretKind): void {
    if (!isShared(c)) requireAllowed(limiters[what].peek(addressOf(c), now()));
  }

  /** All clients of an untrusted proxy on this machine share one address: one would lock out all. */
  function isShared(c: Context): boolean {
    return !trustProxy && isProxied(c);
  }

  /** Counts and logs a wrong secret; throws a 429 where there are too many. */
  function countFailure(c: Context, what: SecretKind): void {
    counts[what]++;
    const address = addressOf(c);
    requireAllowed(limiters[what].consume(address, now()));
    if (!lines.consume("", now()).allowed) return;
    log.warn("Secret refused", { kind: what, client: maskAddress(address), soFar: counts[what] });
  }
}
