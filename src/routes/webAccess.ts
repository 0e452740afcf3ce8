import type { Context } from "@hono/hono";
import type { ApiKey, PageRules } from "../utils/auth.ts";
import { type Caller, requireScope } from "./middleware/access.ts";
import type { GuessGuard } from "./middleware/guessGuard.ts";
import { HttpProblem, unauthorized } from "./middleware/httpProblem.ts";
import {
  type AccessRules,
  isAllowedOrigin,
  isLocal,
  requireOwnPage,
} from "./middleware/requestOrigin.ts";

/** What of a key calls of browsers depend on. */
export type WebKey = Pick<ApiKey, "name" | "page">;

export interface WebAccessDeps extends AccessRules {
  /** Finds the key of a secret; absent where no keys are configured. */
  readonly authenticate?: ((secret: string) => WebKey | undefined) | undefined;
  /** What the public key of a name is bound to; undefined for any other key. */
  readonly pageOf?: ((keyName: string) => PageRules | undefined) | undefined;
  /** Of all public keys. */
  readonly pageOrigins?: readonly string[];
  /** Finds the person who is signed in; absent where nobody can be. */
  readonly sessions?: { readonly find: (c: Context) => Promise<Caller | undefined> } | undefined;
  readonly guesses: Pick<GuessGuard, "findKey">;
}

/** Creates the rules of who may begin a browser's call, and who may come back to one. */
export function createWebAccess(deps: WebAccessDeps) {
  const { authenticate, pageOf = () => undefined, pageOrigins = [], guesses } = deps;

  return {
    admitPage,
    /** The request's key or person; undefined where the server has no keys. Throws an `HttpProblem`. */
    async identify(c: Context): Promise<WebKey | undefined> {
      if (authenticate === undefined) {
        if (isLocal(c) && comesFromOwnPage(c.req.raw)) return undefined;
        throw foreignPage(deps);
      }
      const person = await deps.sessions?.find(c);
      if (person !== undefined) {
        requireScope(person, "calls:create");
        return { name: person.keyName ?? "" };
      }
      const key = guesses.findKey(c, authenticate, keyRequired);
      if (key.page !== undefined) requirePageOf(key.page, c.req.raw);
      return key;
    },
    /** Refuses pages that the key of a call does not let in. Throws an `HttpProblem`. */
    admitKey(request: Request, keyName: string | undefined): void {
      const page = keyName === undefined ? undefined : pageOf(keyName);
      if (page !== undefined) return requirePageOf(page, request);
      requireOwnPage(request, keyName, deps.publicOrigin);
      if (request.headers.has("origin") && !isAllowedOrigin(request, deps)) throw foreignPage(deps);
    },
    /** As for a first token, but for the key: the resume token shows as much. Throws an `HttpProblem`. */
    admitReturn(c: Context): void {
      if (deps.keyed) return admitPage(c.req.raw);
      if (!isLocal(c) || !comesFromOwnPage(c.req.raw)) throw foreignPage(deps);
    },
  };

  /** Refuses pages that no key could let in, before anything is looked up. Throws an `HttpProblem`. */
  function admitPage(request: Request): void {
    const origin = request.headers.get("origin")?.toLowerCase();
    if (origin === undefined || pageOrigins.includes(origin)) return;
    if (!isAllowedOrigin(request, deps)) throw foreignPage(deps);
  }

  function comesFromOwnPage(request: Request): boolean {
    return request.headers.has("origin")
      ? isAllowedOrigin(request, deps)
      : request.headers.get("sec-fetch-site") === "same-origin";
  }
}

/** A program sends no origin: only a secret key lets it in. */
function requirePageOf({ origins }: PageRules, { headers }: Request): void {
  const origin = headers.get("origin")?.toLowerCase();
  if (origin !== undefined && origins.includes(origin)) return;
  throw new HttpProblem(
    403,
    "origin_not_allowed",
    "This public key is for other pages: the origins after it in PUBLIC_KEYS do not name this one.",
  );
}

const keyRequired = unauthorized("invalid_key", "This server asks for an API key.");

function foreignPage({ keyed }: AccessRules): HttpProblem {
  return new HttpProblem(
    403,
    "origin_not_allowed",
    keyed
      ? "This page may not talk with this server."
      : "Without API_KEYS this server talks only with its own page, opened on the same machine.",
  );
}
