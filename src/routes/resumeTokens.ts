import { isCallEnd } from "../call/types.ts";
import type { CallSession } from "../call/sessionApi.ts";
import type { Resumption } from "../handlers/webHandler.ts";
import { RESUME_PURPOSE, type SingleUseTokens } from "../services/store.ts";
import { BoundedMap } from "../utils/boundedMap.ts";
import type { Clock } from "../utils/clock.ts";
import { deadline } from "../utils/deadline.ts";
import { newToken } from "../utils/ids.ts";
import type { Log } from "../utils/logger.ts";

/** Tokens of ended calls, and replaced ones, whose clients can still be told why. */
const MAX_FORMER = 1000;
/** How long a browser waits for the store at most. */
const STORE_TIMEOUT_MS = 2000;

/** The tokens of a live call: at most two are valid at a time. */
interface CallTokens {
  /** The client has shown that it has this one. */
  confirmed: string | undefined;
  /** The newest, which may have been lost on its way to the client. */
  offered: string | undefined;
}

export type ResumeTokens = ReturnType<typeof createResumeTokens>;

/**
 * Creates the tokens with which clients of `/web` come back to their calls. Each connection gets a new
 * one; the one before works until the client has shown that it has the new one, as a connection that
 * breaks may take it along. `now` is in milliseconds since 1970.
 */
export function createResumeTokens({ shared, lifeMs, instanceId, now, setTimer, log }: Clock & {
  /** The store that other processes read too; absent where there is none. */
  readonly shared?: Pick<SingleUseTokens, "issue" | "find"> | undefined;
  /** Longer than any call. */
  readonly lifeMs: number;
  readonly instanceId: string;
  readonly log: Pick<Log, "warn">;
}) {
  const live = new Map<string, CallTokens>();
  /** Ids of calls, by token. */
  const callIds = new Map<string, string>();
  const endedIds = new BoundedMap<string, string>(MAX_FORMER);
  const replaced = new BoundedMap<string, true>(MAX_FORMER);

  return {
    /** A token for the next connection of a call, which its client may have come back to with another one. */
    offer(session: CallSession, used?: string): Resumption {
      const resumeToken = newToken();
      const tokens = live.get(session.id) ?? follow(session);
      if (used !== undefined) accept(session.id, tokens, used);
      if (tokens.offered !== undefined) replace(tokens.offered);
      tokens.offered = resumeToken;
      callIds.set(resumeToken, session.id);
      return {
        resumeToken,
        isResumed: used !== undefined,
        onConfirmed: () => confirm(session.id, resumeToken),
      };
    },
    /**
     * The id of the call that a token belongs to, whichever process issued it; undefined for an unknown or
     * used one. Rejects where the store does not answer.
     */
    async find(token: string): Promise<string | undefined> {
      const known = callIds.get(token) ?? endedIds.get(token);
      if (known !== undefined || shared === undefined) return known;
      return await deadline(shared.find(token, RESUME_PURPOSE, now()), STORE_TIMEOUT_MS, setTimer);
    },
    /** Whether an unknown token was valid until another client went on with the call, as far as is known here. */
    isReplaced: (token: string): boolean => replaced.has(token),
  };

  /** A client that comes back with a token has it: it need not have been able to say so. */
  function accept(callId: string, tokens: CallTokens, token: string): void {
    if (token === tokens.offered) return confirm(callId, token);
    if (tokens.confirmed !== undefined) return;
    // Another process has issued it.
    tokens.confirmed = token;
    callIds.set(token, callId);
  }

  function replace(token: string): void {
    callIds.delete(token);
    replaced.set(token, true);
  }

  function follow(session: CallSession): CallTokens {
    const tokens: CallTokens = { confirmed: undefined, offered: undefined };
    live.set(session.id, tokens);
    session.ended.then((end) => {
      live.delete(session.id);
      for (const token of [tokens.confirmed, tokens.offered]) {
        if (token === undefined) continue;
        if (isCallEnd(end)) {
          callIds.delete(token);
          endedIds.set(token, session.id);
        } else {
          // The call goes on elsewhere, and there its tokens are valid until the client has another one.
          replace(token);
        }
      }
    });
    return tokens;
  }

  function confirm(callId: string, token: string): void {
    const tokens = live.get(callId);
    // A newer connection has been offered another one.
    if (tokens?.offered !== token) return;
    if (tokens.confirmed !== undefined) replace(tokens.confirmed);
    tokens.confirmed = token;
    tokens.offered = undefined;
    const untilMs = now() + lifeMs;
    // Replaces that of the connection before, but none of a process that has taken the call since.
    shared?.issue(token, { purpose: RESUME_PURPOSE, subject: callId, untilMs, holder: instanceId })
      .catch((error) => log.warn("Resume token not shared", { callId, error }));
  }
}
