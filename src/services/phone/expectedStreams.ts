import type { CallSession } from "../../call/sessionApi.ts";
import type { CrossProcessCalls } from "./crossProcessCalls.ts";
import type { StreamTokens } from "./streamTokens.ts";
import type { Clock } from "../../utils/clock.ts";

/** The media streams that the phone network is to bring: one at a time for each call, by its token. */
export interface ExpectedStreams {
  /** Expects a stream, in the place of an earlier one; gives its token, the same until it has come. */
  expect(session: CallSession, callSid: string): string;
  /** The token of a stream that has not come yet. */
  awaitedToken(callSid: string): string | undefined;
  /** How often a stream has been expected for a call that had none. */
  count(callSid: string): number;
  /** A token for a call that no process holds: whoever its stream comes to goes on with it. */
  issueToken(callSid: string): string;
  /** Uses a token up; at once for one of this process. Never rejects. */
  claim(token: string, callSid: string): true | Promise<boolean>;
  /** The call's stream stops for a while, and another follows; false where it never had one. */
  interrupt(callSid: string): boolean;
  isInterrupted(callSid: string): boolean;
  /** The stream has stayed as it was: no other is to come. */
  resumed(callSid: string): void;
}

export interface ExpectedStreamsDeps {
  readonly tokens: StreamTokens;
  readonly shared: Pick<CrossProcessCalls, "issued" | "used" | "claim">;
  /** Hears of a stream that has not come in time. */
  readonly late: (session: CallSession, callSid: string) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly withinMs: number;
}

interface Streams {
  /** Of the stream that has not come yet. */
  token: string | undefined;
  issuedAt: number;
  stopWatching: () => void;
  count: number;
  interrupted: boolean;
}

export function createExpectedStreams(deps: ExpectedStreamsDeps): ExpectedStreams {
  const { tokens, shared, late, now, setTimer, withinMs } = deps;
  const calls = new Map<string, Streams>();

  return {
    expect(session, callSid) {
      const streams = calls.get(callSid) ?? remember(session, callSid);
      streams.stopWatching();
      // A request that is replayed beside a stream that is there says nothing about streams that break.
      if (!session.hasLeg) streams.count++;
      streams.stopWatching = setTimer(() => late(session, callSid), withinMs);
      // The stream of the last token may be on its way: a fresh one would have it refused.
      if (streams.token !== undefined && now() - streams.issuedAt < withinMs) return streams.token;
      streams.token = issueToken(callSid);
      streams.issuedAt = now();
      return streams.token;
    },
    awaitedToken: (callSid) => calls.get(callSid)?.token,
    count: (callSid) => calls.get(callSid)?.count ?? 0,
    issueToken,
    claim(token, callSid) {
      if (tokens.claim(token, callSid, now())) {
        shared.used(callSid);
        arrived(callSid);
        return true;
      }
      return claimShared(token, callSid);
    },
    interrupt(callSid) {
      const streams = calls.get(callSid);
      if (streams === undefined) return false;
      streams.interrupted = true;
      // One that is still on its way is not the one that is to follow.
      streams.token = undefined;
      return true;
    },
    isInterrupted: (callSid) => calls.get(callSid)?.interrupted === true,
    resumed(callSid) {
      arrived(callSid);
      tokens.revoke(callSid);
    },
  };

  function remember(session: CallSession, callSid: string): Streams {
    const streams: Streams = {
      token: undefined,
      issuedAt: 0,
      stopWatching: () => {},
      count: 0,
      interrupted: false,
    };
    calls.set(callSid, streams);
    session.ended.then(() => {
      streams.stopWatching();
      tokens.revoke(callSid);
      calls.delete(callSid);
    });
    return streams;
  }

  function issueToken(callSid: string): string {
    const token = tokens.issue(callSid, now());
    shared.issued(token, callSid);
    return token;
  }

  async function claimShared(token: string, callSid: string): Promise<boolean> {
    if (!await shared.claim(token, callSid)) return false;
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
