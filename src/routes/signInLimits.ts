import type { Context } from "@hono/hono";
import { maskAddress } from "../utils/http/clientAddress.ts";
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
/** The same of one IPv6 network, of which a subscriber may have many addresses. */
const NETWORK_VAIN = { capacity: 30, refillPerSecond: 0.1 };
const ALL_VAIN = { capacity: 60, refillPerSecond: 1 };

/**
 * Rate limits of the sign-in. Its beginning costs a signature: the browser keeps the state, and the provider's
 * metadata are fetched once an hour for all. Its callback costs a request to the provider, as only that can verify a
 * code: clients with invalid codes have a limit of their own, apart from that of all others.
 */
export function createSignInLimits({ trustProxy, addressOf, now }: SignInLimitsDeps) {
  const begun = createRateLimiter(EACH);
  const come = createRateLimiter(EACH);
  const all = createRateLimiter(ALL);
  const eachVain = createRateLimiter(EACH_VAIN);
  const networkVain = createRateLimiter(NETWORK_VAIN);
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
      const network = networkOf(address);
      const isTrusted = eachVain.consume(address, now()).allowed &&
        (network === undefined || networkVain.consume(network, now()).allowed);
      const decision = (isTrusted ? all : allVain).consume("", now());
      // Who was turned away for others has tried nothing in vain.
      if (!decision.allowed && isTrusted) giveBack(address);
      return decision;
    },
    /** It was not in vain, or not for a reason of who has come. */
    countGood(c: Context<RouteEnv>): void {
      const address = ownAddressOf(c);
      if (address !== undefined) giveBack(address);
    },
  };

  function giveBack(address: string): void {
    eachVain.giveBack(address, now());
    const network = networkOf(address);
    if (network !== undefined) networkVain.giveBack(network, now());
  }

  /** All clients of an untrusted proxy on this machine share one address: one would lock out all. */
  function ownAddressOf(c: Context<RouteEnv>): string | undefined {
    return !trustProxy && isProxied(c) ? undefined : addressOf(c);
  }
}

/** The /48 of an IPv6 address, the most that one subscriber has; neighbours in IPv4 are strangers. */
function networkOf(address: string): string | undefined {
  return address.includes(":") ? maskAddress(address) : undefined;
}
