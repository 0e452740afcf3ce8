import type { ConnectionOptions } from "./connectionOptions.ts";

/**
 * How long a session has left, from what the server says of its own times.
 *
 * A length is taken from two readings of one clock: `expires_at` against the session's `created_at`
 * or the handshake's `Date`, and only then against the clock of this machine, which may be hours off.
 * A length that no session has is not believed: then the documented hour counts.
 */
export class SessionExpiry {
  readonly #clocks: SessionClocks;
  #openedAt: number;
  #serverOpenedAt: number | undefined;
  #lifeMs = LONGEST_MS;

  constructor(clocks: SessionClocks) {
    this.#clocks = clocks;
    this.#openedAt = clocks.now();
  }

  /** The handshake is done; `serverDateMs` is its `Date`, in milliseconds since 1970. */
  opened(serverDateMs: number | undefined): void {
    this.#openedAt = this.#clocks.now();
    this.#serverOpenedAt = serverDateMs;
  }

  /** Both in seconds since 1970 by the server's clock. */
  update({ expiresAt, createdAt }: {
    readonly expiresAt?: number;
    readonly createdAt?: number;
  }): void {
    if (expiresAt === undefined) return;
    const elapsedMs = this.#clocks.now() - this.#openedAt;
    const beginnings = [
      createdAt === undefined ? undefined : createdAt * 1000,
      this.#serverOpenedAt,
      this.#clocks.wallClock() - elapsedMs,
    ];
    for (const beganAt of beginnings) {
      const lifeMs = beganAt === undefined ? NaN : expiresAt * 1000 - beganAt;
      if (lifeMs < SHORTEST_MS || !(lifeMs <= LONGEST_MS + TOLERANCE_MS)) continue;
      this.#lifeMs = Math.min(lifeMs, LONGEST_MS);
      return;
    }
  }

  /** From now on, in milliseconds. */
  get leftMs(): number {
    return this.#lifeMs - (this.#clocks.now() - this.#openedAt);
  }
}

type SessionClocks = Pick<ConnectionOptions, "now" | "wallClock">;

const LONGEST_MS = 60 * 60_000;
/** Shorter sessions are not left in time: the loss at their end is recovered from. */
const SHORTEST_MS = 2 * 60_000;
/** Servers count in whole seconds, and from some time after the handshake. */
const TOLERANCE_MS = 60_000;
