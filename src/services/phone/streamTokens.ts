/** Secrets that let one media stream join one phone call, once. */
export interface StreamTokens {
  /** A fresh token for a call; an earlier one of the same call is worth nothing from now on. */
  issue(callSid: string, nowMs: number): string;
  /** Uses a token up. False for one that is unknown, used, too old, or another call's. */
  claim(token: string, callSid: string, nowMs: number): boolean;
  /** Makes a call's token worthless. */
  revoke(callSid: string): void;
  readonly size: number;
}

/** Keeps tokens in bounded memory: the oldest go first. */
export function createStreamTokens(
  newToken: () => string,
  { lifetimeMs = 60_000, maxTokens = 10_000 }: {
    readonly lifetimeMs?: number;
    readonly maxTokens?: number;
  } = {},
): StreamTokens {
  // In order of issue, which is also the order of expiry.
  const issued = new Map<string, { readonly token: string; readonly untilMs: number }>();

  return {
    get size() {
      return issued.size;
    },
    issue(callSid, nowMs) {
      issued.delete(callSid);
      forgetOld(nowMs);
      const token = newToken();
      issued.set(callSid, { token, untilMs: nowMs + lifetimeMs });
      return token;
    },
    claim(token, callSid, nowMs) {
      const entry = issued.get(callSid);
      if (entry === undefined || !sameText(entry.token, token)) return false;
      issued.delete(callSid);
      return nowMs < entry.untilMs;
    },
    revoke(callSid) {
      issued.delete(callSid);
    },
  };

  function forgetOld(nowMs: number): void {
    for (const [callSid, { untilMs }] of issued) {
      if (nowMs < untilMs && issued.size < maxTokens) return;
      issued.delete(callSid);
    }
  }
}

/** Takes as long for a near miss as for a far one. */
function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
