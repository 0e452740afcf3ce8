import type { Context } from "@hono/hono";
import { deleteCookie, getCookie, setCookie } from "@hono/hono/cookie";
import type { SignIn } from "../../services/signIn.ts";
import { presentedKey } from "../../utils/auth.ts";
import { allows, scopesOfRole } from "../../utils/keyScopes.ts";
import type { Caller } from "./access.ts";
import { HttpProblem, unauthorized } from "./httpProblem.ts";
import { isOwnPage } from "./requestOrigin.ts";

export interface SessionCallersDeps {
  readonly signIn: Pick<SignIn, "sessions" | "roleOf">;
  readonly publicOrigin?: string | undefined;
}

/** Who is signed in, by the cookie of a request. */
export type SessionCallers = ReturnType<typeof createSessionCallers>;

/** A browser keeps the cookie for longer than it is good for, so that it learns why it is not signed in. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/**
 * Creates what finds the person of a request. The cookie counts only for requests of the server's own page: no
 * other page can have anything done, or read, with it.
 */
export function createSessionCallers({ signIn, publicOrigin }: SessionCallersDeps) {
  const cookie = cookieNamed("parley_session", publicOrigin);

  return {
    /**
     * The person who makes the request; undefined where it has no such cookie, or presents a key, which then
     * counts alone. Throws an `HttpProblem`.
     */
    async find(c: Context): Promise<Caller | undefined> {
      const { headers } = c.req.raw;
      const secret = cookie.read(c);
      if (secret === undefined || presentedKey(headers) !== undefined) return undefined;
      if (!isOwnPage(c.req.raw, publicOrigin)) {
        throw new HttpProblem(
          403,
          "origin_not_allowed",
          "Who is signed in may use the server from its own page alone: other pages and programs need an API key.",
        );
      }
      const session = await found(secret);
      const role = session && signIn.roleOf(session);
      if (session === undefined || role === undefined) throw sessionEnded;
      const scopes = scopesOfRole(role);
      return {
        keyName: session.person,
        holder: holderOf(session.id),
        role,
        scopes,
        seesAll: allows(scopes, "calls:all"),
        isAdmin: allows(scopes, "admin"),
        expiresAt: session.expiresAt,
        sessionId: session.id,
      };
    },
    cookieName: cookie.name,
    /** The secret of the cookie, whatever it is worth. */
    secretOf: cookie.read,
    set: (c: Context, secret: string): void =>
      cookie.set(c, secret, { sameSite: "Strict", maxAge: KEPT_SECONDS }),
    clear: cookie.clear,
  };

  async function found(secret: string) {
    try {
      return await signIn.sessions.find(secret);
    } catch {
      throw new HttpProblem(
        503,
        "store_unavailable",
        "Who is signed in cannot be looked up at the moment: try again.",
        { retryAfterSeconds: 5 },
      );
    }
  }
}

/** What ends with a session, by a name that no key can have. */
export function holderOf(sessionId: string): string {
  return `~${sessionId}`;
}

/** Whether it is a session that is meant, as `holderOf` calls it. */
export function isSession(holder: string): boolean {
  return holder.startsWith("~");
}

/** What a request gets whose session is over. */
export const sessionEnded = unauthorized(
  "session_ended",
  "You are not signed in any more: sign in again.",
);

/** A cookie of this host alone, out of reach of scripts; over https also of other hosts of the domain. */
export function cookieNamed(name: string, publicOrigin: string | undefined) {
  const secure = publicOrigin?.startsWith("https:") ?? false;
  const full = secure ? `__Host-${name}` : name;
  const common = { path: "/", httpOnly: true, secure } as const;
  return {
    name: full,
    read(c: Context): string | undefined {
      const value = getCookie(c, full);
      return value !== undefined && SECRET.test(value) ? value : undefined;
    },
    set(c: Context, value: string, how: { sameSite: "Lax" | "Strict"; maxAge: number }): void {
      setCookie(c, full, value, { ...common, ...how });
    },
    clear: (c: Context): void => void deleteCookie(c, full, common),
  };
}

/** As `newToken` makes them. */
const SECRET = /^[\w-]{43}$/;
