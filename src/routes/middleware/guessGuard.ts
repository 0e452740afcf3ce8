import type { Context } from "@hono/hono";
import { maskAddress } from "../../utils/clientAddress.ts";
import { createRateLimiter } from "../../utils/rateLimiter.ts";
import { tooManyRequests } from "./errors.ts";
import { isProxied } from "./requestOrigin.ts";
import type { Log } from "../../utils/logger.ts";

/** What is guessed at. */
export type Guessed = "key" | "token";

/** Slows down who tries secrets, by address. */
export interface GuessGuard {
  /**
   * Throws a 429 `HttpProblem` while the address is in penalty: it is asked before the secret is
   * looked up, so that a right guess is refused like a wrong one.
   */
  admit(c: Context, what: Guessed): void;
  /** Counts a request that shows no secret where one is needed; throws a 429 where there are too many. */
  keyless(c: Context): void;
  /** Counts and logs a secret that opened nothing; throws too while the address is in penalty. */
  failed(c: Context, what: Guessed): void;
  /** Wrong secrets since the process began. */
  readonly counts: Readonly<Record<Guessed, number>>;
}

export interface GuessGuardDeps {
  readonly addressOf: (c: Context) => string;
  /** Whether an address that a proxy tells is taken for the client's. */
  readonly trustProxy?: boolean;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

/** A page that was left open tries its old token a few times; keys are typed in by hand. */
const PACES = {
  key: { capacity: 10, refillPerSecond: 0.2 },
  token: { capacity: 20, refillPerSecond: 0.5 },
} as const;

export function createGuessGuard(
  { addressOf, trustProxy = false, now, log }: GuessGuardDeps,
): GuessGuard {
  const limiters = { key: createRateLimiter(PACES.key), token: createRateLimiter(PACES.token) };
  const keyless = createRateLimiter(PACES.key);
  // Whoever has many addresses must not fill the log.
  const lines = createRateLimiter({ capacity: 100, refillPerSecond: 1 });
  const counts = { key: 0, token: 0 };
  return {
    counts,
    admit(c, what) {
      // Behind a proxy of this machine that is not trusted, one guesser would lock everybody out.
      if (!trustProxy && isProxied(c)) return;
      const pace = limiters[what].peek(addressOf(c), now());
      if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
    },
    keyless(c) {
      const pace = keyless.consume(addressOf(c), now());
      if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
    },
    failed(c, what) {
      counts[what]++;
      const address = addressOf(c);
      const pace = limiters[what].consume(address, now());
      if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
      if (!lines.consume("", now()).allowed) return;
      log.warn("Secret refused", { kind: what, client: maskAddress(address), soFar: counts[what] });
    },
  };
}
