import { newToken } from "../utils/ids.ts";

/** What a token stands for: one call with one agent. */
export interface WebGrant {
  readonly agent: string;
  /** Name of the API key that asked for it. */
  readonly keyName?: string;
}

export interface WebTokens {
  /** Gives nothing when too many tokens are waiting to be used. */
  issue(grant: WebGrant): { readonly token: string; readonly expiresAt: Date } | undefined;
  /** What the token stood for; it is spent by asking. */
  claim(token: string): WebGrant | undefined;
}

/** Creates the store of single-use tokens that open `/web`; `now` is in epoch milliseconds. */
export function createWebTokens(
  now: () => number,
  { lifeMs = 60_000, most = 1000 }: { readonly lifeMs?: number; readonly most?: number } = {},
): WebTokens {
  // Every token lives equally long, so the order of insertion is the order of expiry.
  const waiting = new Map<string, { readonly grant: WebGrant; readonly expiresMs: number }>();

  function forgetExpired(): void {
    for (const [token, { expiresMs }] of waiting) {
      if (expiresMs > now()) return;
      waiting.delete(token);
    }
  }

  return {
    issue(grant) {
      forgetExpired();
      if (waiting.size >= most) return undefined;
      const token = newToken();
      const expiresMs = now() + lifeMs;
      waiting.set(token, { grant, expiresMs });
      return { token, expiresAt: new Date(expiresMs) };
    },
    claim(token) {
      forgetExpired();
      const found = waiting.get(token);
      waiting.delete(token);
      return found?.grant;
    },
  };
}
