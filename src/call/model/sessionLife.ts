import type { Milliseconds } from "../types.ts";

/** What of the call the change to another session would break into. */
export type Moment =
  /** Nothing: nobody speaks, nothing is owed. */
  | "quiet"
  /** Nothing of the model's: the caller still hears what it has said. */
  | "playing"
  | "busy";

/** From so long before its expiry on, a session may be left, at such a moment and at those before it. */
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

  /** Short sessions are left when half their time is gone at the earliest. */
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
