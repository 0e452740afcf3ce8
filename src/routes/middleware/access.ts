import type { Context, MiddlewareHandler } from "@hono/hono";
import { allows, type ApiKey, type KeyScope, presentedKey } from "../../utils/auth.ts";
import { createRateLimiter } from "../../utils/rateLimiter.ts";
import { HttpProblem, tooManyRequests } from "./errors.ts";
import type { GuessGuard } from "./guessGuard.ts";
import { type AccessRules, isAllowedOrigin, isLocal } from "./requestOrigin.ts";
import { present } from "../../utils/present.ts";

/** Who asks, as far as it matters to an answer. */
export interface Caller {
  /** Absent where the server has no keys. */
  readonly keyName?: string;
  /** Sees the calls of every key. */
  readonly isAdmin: boolean;
  /** When the key opens nothing any more, in milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** The environment of routes that know who asks. */
export interface CallerEnv {
  Variables: { caller: Caller };
}

/** Lets through who may do what needs a scope, and tells the route who it is. */
export type RequireScope = (scope: KeyScope) => MiddlewareHandler<CallerEnv>;

/** What a busy program needs, and far less than would keep the server from its calls. */
const PACE_OF_A_KEY = { capacity: 500, refillPerSecond: 50 };

/** Finds the key of a secret; throws an `HttpProblem` if it may not do what needs a scope. */
export type KeyCheck = (secret: string, scope: KeyScope) => ApiKey | undefined;

export interface KeyCheckDeps {
  readonly authenticate: (secret: string) => ApiKey | undefined;
  readonly isRevoked?: (key: ApiKey) => boolean;
  /** Milliseconds since 1970. */
  readonly wallClock?: () => number;
}

/** Creates the one place that knows which keys open what. */
export function createKeyCheck(
  { authenticate, isRevoked = () => false, wallClock = () => Date.now() }: KeyCheckDeps,
): KeyCheck {
  return function checkKey(secret, scope) {
    const key = authenticate(secret);
    if (key === undefined) return undefined;
    if (key.expiresAt !== undefined && key.expiresAt <= wallClock()) {
      throw unauthorized("key_expired", "This API key has expired.");
    }
    if (isRevoked(key)) throw unauthorized("key_revoked", "This API key has been revoked.");
    if (allows(key.scopes, scope)) return key;
    throw new HttpProblem(
      403,
      "scope_missing",
      `This API key may not do that: it lacks the scope ${scope}.`,
    );
  };
}

export interface AccessDeps extends Omit<AccessRules, "keyed"> {
  /** Absent where no keys are configured. */
  readonly checkKey?: KeyCheck;
  readonly guesses: GuessGuard;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
}

/**
 * Decides who may use the API: holders of a key, within its scopes. A server without keys listens on
 * its own machine alone, and there serves programs and its own pages, but no page of another origin.
 */
export function createAccess(deps: AccessDeps): RequireScope {
  const { checkKey, guesses, now } = deps;
  const rules: AccessRules = { ...deps, keyed: checkKey !== undefined };
  const requests = createRateLimiter(PACE_OF_A_KEY);

  return (scope) =>
    async function access(c, next) {
      c.set(
        "caller",
        checkKey === undefined ? admitLocal(c) : admitKey(checkKey, c, scope),
      );
      await next();
    };

  function admitLocal(c: Context): Caller {
    if (isLocal(c) && comesFromHere(c.req.raw, rules)) return { isAdmin: true };
    throw new HttpProblem(
      403,
      "origin_not_allowed",
      "Without API_KEYS this server answers only its own machine and its own page.",
    );
  }

  function admitKey(checkKey: KeyCheck, c: Context, scope: KeyScope): Caller {
    const secret = presentedKey(c.req.raw.headers);
    if (secret === undefined) {
      guesses.keyless(c);
      throw unauthorized(
        "key_required",
        "This needs an API key: send Authorization: Bearer, or X-API-Key.",
      );
    }
    guesses.admit(c, "key");
    const key = checkKey(secret, scope);
    if (key === undefined) {
      guesses.failed(c, "key");
      throw unauthorized("invalid_key", "The server does not know this API key.");
    }
    const pace = requests.consume(key.name, now());
    if (!pace.allowed) throw tooManyRequests(pace.retryAfterSeconds);
    const { name: keyName, scopes, expiresAt } = key;
    return {
      keyName,
      isAdmin: allows(scopes, "admin"),
      ...present({ expiresAt }),
    };
  }
}

/** Refuses what costs money on a server without keys, also on its own machine. */
export function requireKeys(areConfigured: boolean): MiddlewareHandler {
  return async function keysConfigured(_c, next) {
    if (!areConfigured) {
      throw unauthorized(
        "api_keys_not_configured",
        "This server has no API keys: set API_KEYS to use this.",
      );
    }
    await next();
  };
}

/** A browser sends one of these two headers with requests of pages; a program sends neither. */
function comesFromHere(request: Request, rules: AccessRules): boolean {
  if (request.headers.has("origin")) return isAllowedOrigin(request, rules);
  const site = request.headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none";
}

function unauthorized(code: string, sentence: string): HttpProblem {
  return new HttpProblem(401, code, sentence, undefined, { "WWW-Authenticate": "Bearer" });
}
