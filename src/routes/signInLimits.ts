import type { Context } from "@hono/hono";
import { createRateLimiter, type RateDecision } from "../utils/rateLimiter.ts";
import type { RouteEnv } from "./baseRouter.ts";
import { isProxied } from "./middleware/requestOrigin.ts";

export interface SignInLimitsDeps {
  /** Whether the address in a proxy's header is taken for the client's. */
  readonly trustProxy: boolean;
  readonly addressOf: (c: Context<RouteEnv>) => string;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
}

/** Of one address, which a whole office may have. */
const EACH = { capacity: 60, refillPerSecond: 0.5 };
/** Requests to the provider of all addresses that seldom make it in vain. */
const ALL = { capacity: 200, refillPerSecond: 5 };
/** Requests in vain of one address: one that makes more shares `ALL_VAIN` with others of that kind. */
const EACH_VAIN = { capacity: 5, refillPerSecond: 0.02 };
const ALL_VAIN = { capacity: 60, refillPerSecond: 1 };

/**
 * Limits what strangers can have done by signing in. To begin costs a signature: the browser keeps what is under way,
 * and the provider is looked up once an hour for all. Who comes back has the provider asked whether a code is good,
 * which only it can tell: whoever makes codes up must not use up the requests of the others.
 */
export function createSignInLimits({ trustProxy, addressOf, now }: SignInLimitsDeps) {
  const begun = createRateLimiter(EACH);
  const come = createRateLimiter(EACH);
  const all = createRateLimiter(ALL);
  const eachVain = createRateLimiter(EACH_VAIN);
  const allVain = createRateLimiter(ALL_VAIN);

  return {
    begin(c: Context<RouteEnv>): RateDecision {
      const address = ownAddressOf(c);
      return address === undefined ? { allowed: true } : begun.consume(address, now());
    },
    /** Of a sign-in that is under way in this browser: counts as in vain until `countGood`. */
    arrive(c: Context<RouteEnv>): RateDecision {
      const address = ownAddressOf(c);
      if (address === undefined) return all.consume("", now());
      const pace = come.consume(address, now());
      if (!pace.allowed) return pace;
      const isTrusted = eachVain.consume(address, now()).allowed;
      return (isTrusted ? all : allVain).consume("", now());
    },
    /** It was not in vain, or not for a reason of who has come. */
    countGood(c: Context<RouteEnv>): void {
      const address = ownAddressOf(c);
      if (address !== undefined) eachVain.giveBack(address, now());
    },
  };

  /** All clients of an untrusted proxy on this machine share one address: one would lock out all. */
  function ownAddressOf(c: Context<RouteEnv>): string | undefined {
    return !trustProxy && isProxied(c) ? undefined : addressOf(c);
  }
}
