import { isLoopback } from "../utils/loopback.ts";

export interface AccessRules {
  /** Whether the server has API keys; without them it serves only pages of its own machine. */
  readonly keyed: boolean;
  readonly publicOrigin?: string;
  /** Exact origins, beside the server's own. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Tells whether the page that makes a request may talk with this server.
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

/** Tells a request that stayed on this machine from one that came through a tunnel or proxy. */
export function isLocal(request: Request): boolean {
  return isLoopback(URL.parse(request.url)?.hostname ?? "") &&
    !FORWARDED.some((name) => request.headers.has(name));
}

const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
