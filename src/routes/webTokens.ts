import { z } from "zod";
import type { SingleUseTokens } from "../services/store.ts";
import { newToken } from "../utils/ids.ts";
import { HttpProblem } from "./middleware/errors.ts";
import type { Clock } from "../utils/clock.ts";
import { deadline } from "../utils/deadline.ts";
import { present } from "../utils/present.ts";

/** What a token stands for: one call with one agent. */
export interface WebGrant {
  readonly agent: string;
  /** Name of the API key that asked for it. */
  readonly keyName?: string;
}

export interface WebTokens {
  /** Gives nothing when too many tokens are waiting to be used. */
  issue(
    grant: WebGrant,
  ): Promise<{ readonly token: string; readonly expiresAt: Date } | undefined>;
  /**
   * What the token stood for; it is spent by asking, whichever process is asked. Rejects with a
   * problem where that cannot be told.
   */
  claim(token: string): Promise<WebGrant | undefined>;
  /** Makes a claimed token good again, here, where its call could not be opened after all. */
  giveBack(token: string, grant: WebGrant): void;
}

export interface WebTokensDeps {
  /** Where other processes find them too; absent where there are none. */
  readonly shared?: Pick<SingleUseTokens, "issue" | "claim">;
  /** Whether the key has been revoked since. */
  readonly isRevoked: (keyName: string) => boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly lifeMs?: number;
  /** Kept by this process alone. */
  readonly most?: number;
}

const PURPOSE = "web";
/** Nobody who wants to talk waits longer for the store. */
const PATIENCE_MS = 2000;

const sharedGrant = z.object({ agent: z.string(), keyName: z.string().optional() });

/**
 * Creates the single-use tokens that open `/web`. While the store is away they are kept here: this
 * process alone honours those, and people can still talk with it.
 */
export function createWebTokens(
  { shared, isRevoked, now, setTimer, lifeMs = 60_000, most = 1000 }: WebTokensDeps,
): WebTokens {
  // Every token lives equally long, so the order of insertion is the order of expiry.
  const own = new Map<string, { readonly grant: WebGrant; readonly untilMs: number }>();

  return {
    async issue(grant) {
      const untilMs = now() + lifeMs;
      const token = await issueShared(grant, untilMs) ?? issueOwn(grant, untilMs);
      return token === undefined ? undefined : { token, expiresAt: new Date(untilMs) };
    },
    async claim(token) {
      forgetExpired();
      const kept = own.get(token);
      own.delete(token);
      const grant = kept?.grant ?? await claimShared(token);
      const isGone = grant?.keyName !== undefined && isRevoked(grant.keyName);
      return isGone ? undefined : grant;
    },
    giveBack: (token, grant) => void own.set(token, { grant, untilMs: now() + lifeMs }),
  };

  /** A token that may have reached the store is never kept here too: it would work twice. */
  async function issueShared(grant: WebGrant, untilMs: number): Promise<string | undefined> {
    if (shared === undefined) return undefined;
    const token = newToken();
    // A subject has one token at a time; this one is the token's own.
    const subject = JSON.stringify({ ...grant, id: crypto.randomUUID() });
    try {
      await soon(shared.issue(token, { purpose: PURPOSE, subject, untilMs }));
      return token;
    } catch {
      return undefined;
    }
  }

  function issueOwn(grant: WebGrant, untilMs: number): string | undefined {
    forgetExpired();
    if (own.size >= most) return undefined;
    const token = newToken();
    own.set(token, { grant, untilMs });
    return token;
  }

  async function claimShared(token: string): Promise<WebGrant | undefined> {
    if (shared === undefined) return undefined;
    let subject: string | undefined;
    try {
      subject = await soon(shared.claim(token, PURPOSE, now()));
    } catch {
      throw new HttpProblem(
        503,
        "store_unavailable",
        "The token cannot be looked up just now: ask for another one.",
        undefined,
        { "Retry-After": "5" },
      );
    }
    if (subject === undefined) return undefined;
    const { agent, keyName } = sharedGrant.parse(JSON.parse(subject));
    return { agent, ...present({ keyName }) };
  }

  function forgetExpired(): void {
    for (const [token, { untilMs }] of own) {
      if (untilMs > now()) return;
      own.delete(token);
    }
  }

  function soon<T>(work: Promise<T>): Promise<T> {
    return deadline(work, PATIENCE_MS, setTimer);
  }
}
