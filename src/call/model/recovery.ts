import type { ModelLoss } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";

type RecoveryStep =
  | { readonly kind: "reopen"; readonly at: Milliseconds }
  | { readonly kind: "giveUp"; readonly code: string };

/** Waits before each further try; their sum is less than a caller tolerates. */
const BACKOFF_MS = [0, 400, 1000, 2000, 4000] as const;
/** A server may ask for more time than that: an early try is better than a late one. */
const LONGEST_HINT_MS = 4000;
/** No further try after so long: each may itself last until a timeout. */
const MAX_OUTAGE_MS = 12_000;
/** A connection that held this long ends a series of failures, even if nothing was asked of it. */
const SOUND_MS = 20_000;
/** A connection that held this long resets the count of failures. */
const HEALTHY_MS = 60_000;
/** From here on a quiet moment is used to move to a fresh session ... */
const ROTATE_BEFORE_EXPIRY_MS = 5 * 60_000;
/** ... and here the move is made even in mid-sentence. */
const FORCE_BEFORE_EXPIRY_MS = 20_000;
/** No session is rotated earlier: a wrong expiry time must not cause a loop of rotations. */
const ROTATION_FLOOR_MS = 100_000;
/** Assumed session life where the server's times are implausible. */
const LONGEST_LIFE_MS = 60 * 60_000;
const SHORTEST_LIFE_MS = 60_000;

/** When a model connection is replaced: after a loss, and before its session expires. */
export class Recovery {
  #failures = 0;
  /** The first loss since the model last answered. */
  #outageSince: Milliseconds | undefined;
  #readyAt: Milliseconds | undefined;
  #expiresAt: Milliseconds | undefined;
  #reopenAt: Milliseconds | undefined;

  ready(now: Milliseconds, expiresInMs: Milliseconds | undefined): void {
    this.#readyAt = now;
    this.#reopenAt = undefined;
    this.#expiresAt = expiresInMs === undefined ? undefined : now + plausible(expiresInMs);
  }

  lost(loss: ModelLoss, now: Milliseconds): RecoveryStep {
    const heldMs = this.#readyAt === undefined ? 0 : now - this.#readyAt;
    if (heldMs >= HEALTHY_MS) this.#failures = 0;
    if (heldMs >= SOUND_MS) this.#outageSince = undefined;
    this.#readyAt = undefined;
    this.#expiresAt = undefined;
    if (loss.retry === "no") return { kind: "giveUp", code: loss.code };
    this.#outageSince ??= now;
    if (now - this.#outageSince > MAX_OUTAGE_MS) return { kind: "giveUp", code: loss.code };
    const step = loss.retry === "backoff" ? this.#failures + 1 : this.#failures;
    const waitMs = BACKOFF_MS[step];
    this.#failures++;
    if (waitMs === undefined) return { kind: "giveUp", code: loss.code };
    this.#reopenAt = now + Math.max(waitMs, Math.min(loss.retryAfterMs ?? 0, LONGEST_HINT_MS));
    return { kind: "reopen", at: this.#reopenAt };
  }

  /** The model answers: an outage is over. */
  answered(): void {
    this.#outageSince = undefined;
  }

  /** Whether to open a connection now: a fresh one after a loss, or one in place of one that expires. */
  reopenDue(now: Milliseconds, quiet: boolean): "reopen" | "rotate" | undefined {
    if (this.#reopenAt !== undefined) {
      if (now < this.#reopenAt) return undefined;
      this.#reopenAt = undefined;
      return "reopen";
    }
    if (this.#expiresAt === undefined) return undefined;
    const beforeMs = quiet ? ROTATE_BEFORE_EXPIRY_MS : FORCE_BEFORE_EXPIRY_MS;
    if (now < this.#rotateAt(beforeMs)) return undefined;
    this.#expiresAt = undefined;
    this.#readyAt = undefined;
    return "rotate";
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#reopenAt !== undefined) return this.#reopenAt;
    return this.#expiresAt === undefined ? undefined : this.#rotateAt(FORCE_BEFORE_EXPIRY_MS);
  }

  /** Short-lived sessions rotate when half their time is gone at the earliest. */
  #rotateAt(beforeMs: Milliseconds): Milliseconds {
    const expiresAt = this.#expiresAt ?? Infinity;
    const readyAt = this.#readyAt ?? -Infinity;
    return Math.max(
      expiresAt - beforeMs,
      (expiresAt + readyAt) / 2,
      readyAt + ROTATION_FLOOR_MS,
    );
  }
}

function plausible(lifeMs: Milliseconds): Milliseconds {
  return lifeMs >= SHORTEST_LIFE_MS ? Math.min(lifeMs, LONGEST_LIFE_MS) : LONGEST_LIFE_MS;
}
