import type { Context, MiddlewareHandler } from "@hono/hono";
import { isPersonName } from "../../config/signInRoles.ts";
import { isLoopback } from "../../utils/http/loopback.ts";
import { HttpProblem } from "./httpProblem.ts";

/** Which pages may use the server. */
export interface AccessRules {
  /** Whether the server has API keys; without them it serves only pages of its own machine. */
  readonly keyed: boolean;
  readonly publicOrigin?: string | undefined;
  /** Exact origins, beside the server's own. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Whether the page that makes a request may use this server.
 *
 * `Host` alone proves nothing: a hostile name can be made to resolve to this machine. So a page's own
 * origin counts only on a loopback name, or where a key is asked for anyway.
 */
export function isAllowedOrigin(request: Request, rules: AccessRules): boolean {
  const origin = request.headers.get("origin")?.toLowerCase();
  if (origin === undefined || !URL.canParse(origin)) return false;
  if (origin === rules.publicOrigin || rules.allowedOrigins.includes(origin)) return true;
  const own = URL.parse(request.url);
  if (own === null) return false;
  return new URL(origin).host === own.host && (rules.keyed || isLoopback(own.hostname));
}

/**
 * Whether a request is made by the server's own page, or by somebody who opens an address. What changes
 * something, and opens a socket, must say so; browsers do.
 */
export function isOwnPage({ url, method, headers }: Request, publicOrigin?: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const origin = headers.get("origin")?.toLowerCase();
  if (origin !== undefined) return isOwnOrigin(origin, url, publicOrigin);
  return site === "same-origin" || (["GET", "HEAD"].includes(method) && !headers.has("upgrade"));
}

/** Refuses sockets of other pages by a token that a person has, who is signed in. Throws an `HttpProblem`. */
export function requireOwnPage(
  request: Request,
  keyName: string | undefined,
  publicOrigin: string | undefined,
): void {
  if (keyName === undefined || !isPersonName(keyName) || isOwnPage(request, publicOrigin)) return;
  throw new HttpProblem(
    403,
    "origin_not_allowed",
    "Who is signed in may use the server from its own page alone.",
  );
}

/** Behind a proxy that ends TLS, the server does not know its own scheme but from its public origin. */
function isOwnOrigin(origin: string, url: string, publicOrigin: string | undefined): boolean {
  if (origin === publicOrigin) return true;
  const [given, own] = [URL.parse(origin), URL.parse(url)];
  if (given === null || own === null || given.host !== own.host) return false;
  return publicOrigin === undefined || new URL(publicOrigin).host !== given.host;
}

/**
 * Whether a request comes from this machine, and not through a tunnel or proxy. The client chooses
 * `Host`, so the connection itself must be local too. Behind a proxy that adds no header it always is,
 * which is why a server that can be reached from outside needs keys.
 */
export function isLocal(c: Context): boolean {
  return isFromLoopback(c) && isLoopback(URL.parse(c.req.url)?.hostname ?? "") && !isForwarded(c);
}

/** Refuses host names that may have been made to resolve to this machine, on a server without keys. */
export function refuseForeignHosts(keyed: boolean): MiddlewareHandler {
  return async function ownHost(c, next) {
    if (!keyed && !isLoopback(URL.parse(c.req.url)?.hostname ?? "")) {
      throw new HttpProblem(
        403,
        "host_not_allowed",
        "Without API_KEYS this server answers only to a name of its own machine, such as localhost. For others, set API_KEYS.",
      );
    }
    await next();
  };
}

/** Whether a proxy on this machine forwarded the request. */
export function isProxied(c: Context): boolean {
  return isFromLoopback(c) && isForwarded(c);
}

function isForwarded({ req }: Context): boolean {
  return [...req.raw.headers.keys()].some((name) => FORWARDED.test(name));
}

/** Headers that proxies, tunnels and content networks add. */
const FORWARDED =
  /^(forwarded|via|x-(forwarded|real|client|cluster|original)-.*|.*-(client|connecting)-ip)$/;

function isFromLoopback({ env }: { readonly env: unknown }): boolean {
  return typeof env === "object" && env !== null && "remoteAddress" in env &&
    typeof env.remoteAddress === "string" && isLoopback(env.remoteAddress);
}
