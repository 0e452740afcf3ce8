import type { Context, MiddlewareHandler } from "@hono/hono";
import type { AuditLog } from "../../services/records.ts";
import type { AuditAction } from "../../services/store.ts";
import {
  allows,
  type ApiKey,
  hasExpired,
  type KeyRole,
  type KeyScope,
  keyScopes,
} from "../../utils/auth.ts";
import { createRateLimiter } from "../../utils/rateLimiter.ts";
import { HttpProblem, requireAllowed, unauthorized } from "./httpProblem.ts";
import { codeOf } from "./errors.ts";
import type { GuessGuard } from "./guessGuard.ts";
import { type AccessRules, isAllowedOrigin, isLocal } from "./requestOrigin.ts";
import { present } from "../../utils/present.ts";

/** The API client of a request. */
export interface Caller {
  /** The name of the key or person; absent where the server has no keys. */
  readonly keyName?: string;
  readonly role?: KeyRole;
  readonly scopes: readonly KeyScope[];
  /** Sees the calls of every key. */
  readonly seesAll: boolean;
  /** May do what changes the server, and transfer callers to any number. */
  readonly isAdmin: boolean;
  /**
   * By what tokens, links and streams are known to be over: the name of the key, or that of the session.
   * Absent where the server has no keys.
   */
  readonly holder?: string;
  /** Of a person who is signed in. */
  readonly sessionId?: string;
  /** When the key or session expires, in milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** The environment of routes behind `RequireScope`. */
export interface CallerEnv {
  Variables: { caller: Caller; audited: Audited };
}

/** What is written down of a request; a route may say more than its path does, or nothing is. */
export interface Audited {
  readonly action: AuditAction;
  readonly subject?: string | undefined;
  readonly isLeftOut?: boolean;
}

/**
 * Refuses requests without the scope (`any`: without a key), and sets `caller` for the route. With an action, who
 * has done that is written down, and who was refused it.
 */
export type RequireScope = (
  scope: KeyScope | "any",
  action?: AuditAction,
) => MiddlewareHandler<CallerEnv>;

/** Enough for a busy program, and far less than would slow down calls. */
const REQUESTS_PER_KEY = { capacity: 500, refillPerSecond: 50 };

/** What a key is shown for: a scope, anything, or a call of a browser, for which public keys are. */
type KeyUse = KeyScope | "any" | "web";

/** Finds the key of a secret; throws an `HttpProblem` where it is expired, revoked or lacks the scope. */
type KeyCheck = (secret: string, use: KeyUse) => ApiKey | undefined;

/** Creates the check of keys that all routes share. */
export function createKeyCheck({ authenticate, isRevoked, wallClock = () => Date.now() }: {
  readonly authenticate: (secret: string) => ApiKey | undefined;
  readonly isRevoked: (key: ApiKey) => boolean;
  /** Milliseconds since 1970. */
  readonly wallClock?: () => number;
}): KeyCheck {
  return function checkKey(secret, use) {
    const key = authenticate(secret);
    if (key === undefined) return undefined;
    if (hasExpired(key, wallClock())) throw keyExpired;
    if (isRevoked(key)) throw keyRevoked;
    if (key.page !== undefined) {
      if (use === "web") return key;
      throw new HttpProblem(403, "scope_missing", "A public key may only begin calls of browsers.");
    }
    if (use !== "any") requireScope(key, use === "web" ? "calls:create" : use);
    return key;
  };
}

interface AccessDeps extends Omit<AccessRules, "keyed"> {
  /** Absent where no keys are configured. */
  readonly checkKey?: KeyCheck | undefined;
  /** Absent where nobody can sign in. */
  readonly sessions?: { readonly find: (c: Context) => Promise<Caller | undefined> } | undefined;
  readonly guesses: GuessGuard;
  readonly audit: Pick<AuditLog, "note">;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
}

/**
 * Restricts the API to holders of a key, within its scopes. A server without keys serves only programs
 * on its own machine and its own pages, no page of another origin.
 */
export function createAccess(deps: AccessDeps): RequireScope {
  const { checkKey, sessions, guesses, audit, now } = deps;
  const rules: AccessRules = { ...deps, keyed: checkKey !== undefined };
  const requests = createRateLimiter(REQUESTS_PER_KEY);

  return (scope, action) =>
    async function access(c, next) {
      const caller = checkKey === undefined
        ? admitLocal(c)
        : await admitPerson(c) ?? callerOf(admitKey(checkKey, c));
      c.set("caller", caller);
      if (action !== undefined) c.set("audited", { action, subject: subjectOf(c) });
      try {
        if (scope !== "any") requireScope(caller, scope);
      } catch (error) {
        note(c, error);
        throw error;
      }
      await next();
      note(c, c.error);
      // A request without an Authorization header may be answered from a cache that others share.
      if (caller.sessionId !== undefined && !c.res.headers.has("cache-control")) {
        c.res.headers.set("Cache-Control", "no-store");
      }
    };

  function note(c: Context<CallerEnv>, error: unknown): void {
    // Of routes without an action there is nothing.
    const audited: Audited | undefined = c.get("audited");
    if (audited === undefined || audited.isLeftOut === true || c.req.method === "HEAD") return;
    const { action, subject } = audited;
    const refused = error === undefined ? undefined : codeOf(error);
    audit.note({ action, ...present({ keyName: c.get("caller").keyName, subject, refused }) });
  }

  function admitLocal(c: Context): Caller {
    if (isLocal(c) && comesFromHere(c.req.raw, rules)) return EVERYONE;
    throw new HttpProblem(
      403,
      "origin_not_allowed",
      "Without API_KEYS this server answers only its own machine and its own page.",
    );
  }

  async function admitPerson(c: Context): Promise<Caller | undefined> {
    const person = await sessions?.find(c);
    if (person !== undefined) requireAllowed(requests.consume(person.keyName ?? "", now()));
    return person;
  }

  function admitKey(checkKey: KeyCheck, c: Context): ApiKey {
    const key = guesses.findKey(c, (secret) => checkKey(secret, "any"), keyRequired);
    requireAllowed(requests.consume(key.name, now()));
    return key;
  }
}

/** Who uses a server without keys. */
const EVERYONE: Caller = { scopes: keyScopes, seesAll: true, isAdmin: true };

function callerOf({ name, role, scopes, expiresAt }: ApiKey): Caller {
  return {
    keyName: name,
    holder: name,
    scopes,
    seesAll: allows(scopes, "calls:all"),
    isAdmin: allows(scopes, "admin"),
    ...present({ role, expiresAt }),
  };
}

/** The id or name in the path; never a number, which may be that of a person. */
function subjectOf(c: Context): string | undefined {
  const subject = c.req.param("id") ?? c.req.param("name");
  return subject !== undefined && /^[a-zA-Z][\w-]{0,99}$/.test(subject) ? subject : undefined;
}

/** Throws an `HttpProblem` where the key lacks the scope. */
export function requireScope(
  { scopes, sessionId }: Pick<Caller, "scopes" | "sessionId">,
  scope: KeyScope,
): void {
  if (allows(scopes, scope)) return;
  throw new HttpProblem(
    403,
    "scope_missing",
    sessionId === undefined
      ? "This API key may not do that: it lacks the scope {scope}."
      : "Your role may not do that: it lacks the scope {scope}.",
    { values: { scope } },
  );
}

/** What a request gets whose key has expired. */
export const keyExpired = unauthorized("key_expired", "This API key has expired.");

/** What a request gets whose key is revoked. */
export const keyRevoked = unauthorized("key_revoked", "This API key has been revoked.");

const keyRequired = unauthorized(
  "key_required",
  "This needs an API key: send Authorization: Bearer, or X-API-Key.",
);

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
