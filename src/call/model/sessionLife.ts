import type { Milliseconds } from "../types.ts";

/** What a change to another session would interrupt at this moment. */
export type Moment =
  /** Nothing: neither side speaks, and no answer is due. */
  | "quiet"
  /** Nothing that the model still does: only the playback of what it has said goes on. */
  | "playing"
  | "busy";

/** How long before its expiry a session may be left at such a moment; the moments listed before it qualify too. */
const LEAVE_BEFORE_MS: Readonly<Record<Moment, Milliseconds>> = {
  quiet: 5 * 60_000,
  playing: 60_000,
  busy: 20_000,
};
/** No session is left earlier: a wrong expiry time must not cause a loop. */
const FLOOR_MS = 100_000;
/** Assumed length where the server's times are implausible. */
const LONGEST_MS = 60 * 60_000;
const SHORTEST_MS = 60_000;

/** How long a model's session lasts, and when it is to be left for another. */
export class SessionLife {
  readonly #readyAt: Milliseconds;
  readonly #expiresAt: Milliseconds;

  /** Begins now; without an end where the server has said nothing of one. */
  constructor(now: Milliseconds, expiresInMs: Milliseconds | undefined) {
    this.#readyAt = now;
    this.#expiresAt = expiresInMs === undefined ? Infinity : now + plausible(expiresInMs);
  }

  /** A short session is left no earlier than after half its time. */
  leaveAt(moment: Moment): Milliseconds {
    return Math.max(
      this.#expiresAt - LEAVE_BEFORE_MS[moment],
      (this.#expiresAt + this.#readyAt) / 2,
      this.#readyAt + FLOOR_MS,
    );
  }
}

function plausible(lifeMs: Milliseconds): Milliseconds {
  return lifeMs >= SHORTEST_MS ? Math.min(lifeMs, LONGEST_MS) : LONGEST_MS;
}
