import { HttpProblem } from "./httpProblem.ts";
import { isSession, sessionEnded } from "./sessionCaller.ts";
import type { SentenceValues } from "../../utils/sentence.ts";
import type { Clock } from "../../utils/clock.ts";
import { type Caller, keyExpired, keyRevoked } from "./access.ts";

/** The wall clock may be changed: expiry is checked at least this often. */
const EXPIRY_CHECK_MS = 30_000;

/** Tells which keys and sessions are over, by what `Caller.holder` says of them. */
export interface Endings {
  onRevoked(listener: (holder: { readonly name: string }) => void): void;
  isOver(holder: string): boolean;
}

/** Limits the number of open streams, of this process only, and ends those of a key or session that is over. */
export function createStreamSlots(
  {
    maxStreamsPerKey = 100,
    maxStreams = 1000,
    what = "streams",
    wallClock = () => Date.now(),
    revocation,
    setTimer,
  }: {
    readonly revocation: Endings;
    readonly maxStreamsPerKey?: number;
    /** Of all keys. */
    readonly maxStreams?: number;
    /** What the refusal calls them. */
    readonly what?: string;
    /** Milliseconds since 1970. */
    readonly wallClock?: () => number;
    readonly setTimer: Clock["setTimer"];
  },
) {
  // By the name of the key or person, who may have several sessions; each stream with its holder.
  const openByName = new Map<string, Map<AbortController, string>>();
  let all = 0;
  revocation.onRevoked(({ name }) => {
    const open = [...openByName.values()].flatMap((mine) => [...mine]);
    for (const [stream, holder] of open) if (holder === name) stream.abort();
  });

  return {
    /**
     * Throws an `HttpProblem` where too many are open: 429 of the key or person, 503 of all; 401 where the key or
     * session has ended since the request was admitted. The signal aborts when the stream has to end; also at
     * `expiresAt`, when its key or session expires, in milliseconds since 1970.
     */
    open(
      { keyName = "", holder = keyName, expiresAt }: Pick<
        Caller,
        "keyName" | "holder" | "expiresAt"
      >,
    ): { readonly signal: AbortSignal; readonly release: () => void } {
      // Nothing would end the stream.
      if (holder !== "" && revocation.isOver(holder)) {
        if (isSession(holder)) throw sessionEnded;
        throw expiresAt !== undefined && expiresAt <= wallClock() ? keyExpired : keyRevoked;
      }
      const mine = openByName.get(keyName) ?? new Map();
      if (mine.size >= maxStreamsPerKey) {
        throw tooMany(429, "No more than {most} {what} of one key may be open: close one first.", {
          most: maxStreamsPerKey,
          what,
        });
      }
      if (all >= maxStreams) {
        throw tooMany(503, "No more than {most} {what} may be open here: try again.", {
          most: maxStreams,
          what,
        });
      }
      const stream = new AbortController();
      openByName.set(keyName, mine.set(stream, holder));
      all++;
      const stopWatching = expiresAt === undefined
        ? () => {}
        : watchExpiry(expiresAt, () => stream.abort());
      return {
        signal: stream.signal,
        release() {
          stopWatching();
          if (!mine.delete(stream)) return;
          all--;
          if (mine.size === 0) openByName.delete(keyName);
        },
      };
    },
  };

  function watchExpiry(expiresAt: number, end: () => void): () => void {
    let cancel = () => {};
    function wait(): void {
      const leftMs = Math.max(0, expiresAt - wallClock());
      cancel = setTimer(check, Math.min(leftMs, EXPIRY_CHECK_MS));
    }
    function check(): void {
      if (wallClock() >= expiresAt) end();
      else wait();
    }
    wait();
    return () => cancel();
  }
}

function tooMany(status: 429 | 503, text: string, values: SentenceValues): HttpProblem {
  return new HttpProblem(status, "too_many_streams", text, { values, retryAfterSeconds: 10 });
}
