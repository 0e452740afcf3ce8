import { timingSafeEqual } from "node:crypto";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { SessionEnd } from "../../call/types.ts";
import type { Clock } from "../../utils/clock.ts";
import type { SharedPhoneCalls } from "./sharedPhoneCalls.ts";

/** `now` is monotonic. */
export interface StreamAdmissionDeps extends Clock {
  readonly tokens: StreamTokens;
  readonly sharedCalls: Pick<SharedPhoneCalls, "publishToken" | "withdrawToken" | "claim">;
  /** A stream has not come in time. */
  readonly onTimeout: (session: CallSession, callSid: string) => void;
  /** A session for which a stream was expected, or has come, is over. */
  readonly onEnded: (session: CallSession, end: SessionEnd) => void;
}

/** How long an answered call may be without its stream. */
const WITHIN_MS = 20_000;

interface Streams {
  /** For the stream that has not arrived yet. */
  token: string | undefined;
  issuedAt: number;
  stopWatching: () => void;
  count: number;
  interrupted: boolean;
}

export type StreamAdmission = ReturnType<typeof createStreamAdmission>;

/** The media streams that Twilio is to open: one at a time for each call, with a token. */
export function createStreamAdmission(deps: StreamAdmissionDeps) {
  const { tokens, sharedCalls, onTimeout, now, setTimer } = deps;
  const calls = new Map<string, Streams>();

  return {
    /** Expects a stream in place of an earlier one; returns its token, the same until the stream has come. */
    expect(session: CallSession, callSid: string): string {
      const streams = calls.get(callSid) ?? track(session, callSid);
      streams.stopWatching();
      // A request that is replayed while a stream is connected does not count as a broken stream.
      if (!session.hasLeg) streams.count++;
      streams.stopWatching = setTimer(() => onTimeout(session, callSid), WITHIN_MS);
      // A stream with the last token may be connecting: a new token would have it refused.
      if (streams.token !== undefined && now() - streams.issuedAt < WITHIN_MS) return streams.token;
      streams.token = issueToken(callSid);
      streams.issuedAt = now();
      return streams.token;
    },
    /** For a session whose stream has come unexpected, by a token of another process. */
    watch(session: CallSession, callSid: string): void {
      if (!calls.has(callSid)) track(session, callSid);
    },
    /** The token of a stream that has not come yet. */
    awaitedToken: (callSid: string): string | undefined => calls.get(callSid)?.token,
    /** How often a stream has been expected for a call that had none. */
    count: (callSid: string): number => calls.get(callSid)?.count ?? 0,
    /**
     * A token for a call that this process does not hold: the process that its stream comes to goes on with
     * it. The same until a stream has come with it, whichever question it answers.
     */
    unclaimedToken: (callSid: string): string =>
      tokens.unclaimed(callSid, now()) ?? issueToken(callSid),
    /** Uses a token up; at once for one of this process. Never rejects. */
    claim(token: string, callSid: string): true | Promise<boolean> {
      if (tokens.claim(token, callSid, now())) {
        sharedCalls.withdrawToken(callSid);
        arrived(callSid);
        return true;
      }
      return claimElsewhere(token, callSid);
    },
    /** The call's stream stops for a while, and another follows; false where it never had one. */
    interrupt(callSid: string): boolean {
      const streams = calls.get(callSid);
      if (streams === undefined) return false;
      streams.interrupted = true;
      // A stream that is still connecting is not the next one.
      streams.token = undefined;
      return true;
    },
    isInterrupted: (callSid: string): boolean => calls.get(callSid)?.interrupted === true,
    /** The stream was not interrupted after all: no other is expected. */
    keepStream(callSid: string): void {
      arrived(callSid);
      tokens.revoke(callSid);
    },
  };

  function track(session: CallSession, callSid: string): Streams {
    const streams: Streams = {
      token: undefined,
      issuedAt: 0,
      stopWatching: () => {},
      count: 0,
      interrupted: false,
    };
    calls.set(callSid, streams);
    session.ended.then((end) => {
      deps.onEnded(session, end);
      streams.stopWatching();
      tokens.revoke(callSid);
      calls.delete(callSid);
    });
    return streams;
  }

  function issueToken(callSid: string): string {
    const token = tokens.issue(callSid, now());
    sharedCalls.publishToken(token, callSid);
    return token;
  }

  async function claimElsewhere(token: string, callSid: string): Promise<boolean> {
    if (!await sharedCalls.claim(token, callSid)) return false;
    arrived(callSid);
    return true;
  }

  function arrived(callSid: string): void {
    const streams = calls.get(callSid);
    if (streams === undefined) return;
    streams.stopWatching();
    streams.token = undefined;
    streams.interrupted = false;
  }
}

/** Secrets that let one media stream join one phone call, once. At most `maxTokens`; the oldest go first. */
export class StreamTokens {
  readonly #newToken: () => string;
  readonly #lifetimeMs: number;
  /** By CallSid. */
  readonly #issued: BoundedMap<string, { readonly token: string; readonly untilMs: number }>;

  constructor(
    newToken: () => string,
    { lifetimeMs = 60_000, maxTokens = 10_000 } = {},
  ) {
    this.#newToken = newToken;
    this.#lifetimeMs = lifetimeMs;
    this.#issued = new BoundedMap(maxTokens);
  }

  /** A new token for a call; an earlier one of the same call becomes invalid. */
  issue(callSid: string, nowMs: number): string {
    this.#issued.delete(callSid);
    const token = this.#newToken();
    this.#issued.set(callSid, { token, untilMs: nowMs + this.#lifetimeMs });
    return token;
  }

  /** The call's token, where it is to be valid for most of its life. */
  unclaimed(callSid: string, nowMs: number): string | undefined {
    const issued = this.#issued.get(callSid);
    return issued !== undefined && issued.untilMs - nowMs > this.#lifetimeMs / 2
      ? issued.token
      : undefined;
  }

  /** Uses a token up. False for one that is unknown, used, expired, or another call's. */
  claim(token: string, callSid: string, nowMs: number): boolean {
    const issued = this.#issued.get(callSid);
    if (issued === undefined || !isSame(issued.token, token)) return false;
    this.#issued.delete(callSid);
    return nowMs < issued.untilMs;
  }

  /** Makes a call's token invalid. */
  revoke(callSid: string): void {
    this.#issued.delete(callSid);
  }
}

function isSame(expected: string, presented: string): boolean {
  const [a, b] = [encoder.encode(expected), encoder.encode(presented)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const encoder = new TextEncoder();
