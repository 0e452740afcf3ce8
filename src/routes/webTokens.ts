import { z } from "zod";
import type { CallRequest } from "../call/types.ts";
import type { SingleUseTokens } from "../services/store.ts";
import { newToken } from "../utils/ids.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import type { Clock } from "../utils/clock.ts";
import { deadline } from "../utils/deadline.ts";
import { present } from "../utils/present.ts";

/** What a token entitles to: one call with one agent, and what that is told of the call. */
export interface WebGrant
  extends
    Pick<CallRequest, "language" | "context" | "variables" | "unchecked" | "metadata" | "precall"> {
  readonly agent: string;
  /** Name of the API key that requested it. */
  readonly keyName?: string;
  /** Of a call that has been asked about already. */
  readonly callId?: string;
}

const PURPOSE = "web";
const LIFE_MS = 60_000;
/** Tokens kept in memory at a time. */
const MAX_OWN = 1000;
/** How long a browser waits for the store at most. */
const STORE_TIMEOUT_MS = 2000;

const texts = z.record(z.string(), z.string());
const sharedGrant = z.object({
  agent: z.string(),
  keyName: z.string().optional(),
  callId: z.string().optional(),
  language: z.string().optional(),
  context: z.string().optional(),
  variables: texts.optional(),
  unchecked: z.array(z.string()).optional(),
  metadata: texts.optional(),
  precall: z.object({ status: z.string(), problems: z.array(z.string()) }).optional(),
});

export type WebTokens = ReturnType<typeof createWebTokens>;

/**
 * Creates the single-use tokens that open `/web`. While the store is down they are kept in memory:
 * only this process accepts those. `now` is in milliseconds since 1970.
 */
export function createWebTokens({ shared, isRevoked, now, setTimer }: Clock & {
  /** The store that other processes read too; absent where there is none. */
  readonly shared?: Pick<SingleUseTokens, "issue" | "claim"> | undefined;
  /** Whether the key has been revoked since. */
  readonly isRevoked: (keyName: string) => boolean;
}) {
  // Every token lives equally long, so the order of insertion is the order of expiry.
  const own = new Map<string, { readonly grant: WebGrant; readonly untilMs: number }>();

  return {
    /** Resolves with undefined where too many unused tokens are kept. */
    async issue(
      grant: WebGrant,
    ): Promise<{ readonly token: string; readonly expiresAt: Date } | undefined> {
      const untilMs = now() + LIFE_MS;
      const token = await issueShared(grant, untilMs) ?? issueOwn(grant, untilMs);
      return token === undefined ? undefined : { token, expiresAt: new Date(untilMs) };
    },
    /**
     * Uses the token up and returns its grant, whichever process issued it; undefined for an unknown,
     * used or expired token. Rejects with a 503 `HttpProblem` where the store does not answer.
     */
    async claim(token: string): Promise<WebGrant | undefined> {
      removeExpired();
      const kept = own.get(token);
      own.delete(token);
      const grant = kept?.grant ?? await claimShared(token);
      return grant !== undefined && accepts(grant) ? grant : undefined;
    },
    /** Whether the key that began a call is still valid. */
    accepts,
    /** Makes a claimed token valid again, in this process, after its call could not be opened. */
    restore: (token: string, grant: WebGrant): void =>
      void own.set(token, { grant, untilMs: now() + LIFE_MS }),
  };

  function accepts({ keyName }: Pick<WebGrant, "keyName">): boolean {
    return keyName === undefined || !isRevoked(keyName);
  }

  /** A token that may have reached the store is not kept in memory too: it would work twice. */
  async function issueShared(grant: WebGrant, untilMs: number): Promise<string | undefined> {
    if (shared === undefined) return undefined;
    const token = newToken();
    // The store keeps one token per subject, so each subject gets an id of its own.
    const subject = JSON.stringify({ ...grant, id: crypto.randomUUID() });
    try {
      await withinTimeout(shared.issue(token, { purpose: PURPOSE, subject, untilMs }));
      return token;
    } catch {
      return undefined;
    }
  }

  function issueOwn(grant: WebGrant, untilMs: number): string | undefined {
    removeExpired();
    if (own.size >= MAX_OWN) return undefined;
    const token = newToken();
    own.set(token, { grant, untilMs });
    return token;
  }

  async function claimShared(token: string): Promise<WebGrant | undefined> {
    if (shared === undefined) return undefined;
    let subject: string | undefined;
    try {
      subject = await withinTimeout(shared.claim(token, PURPOSE, now()));
    } catch {
      throw new HttpProblem(
        503,
        "store_unavailable",
        "The token cannot be looked up at the moment: request another one.",
        { retryAfterSeconds: 5 },
      );
    }
    if (subject === undefined) return undefined;
    const { agent, ...rest } = sharedGrant.parse(JSON.parse(subject));
    return { agent, ...present(rest) };
  }

  function removeExpired(): void {
    for (const [token, { untilMs }] of own) {
      if (untilMs > now()) return;
      own.delete(token);
    }
  }

  function withinTimeout<T>(work: Promise<T>): Promise<T> {
    return deadline(work, STORE_TIMEOUT_MS, setTimer);
  }
}
