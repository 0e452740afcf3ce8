import type { ModelLoss } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";

type RecoveryStep =
  | { readonly kind: "reopen"; readonly at: Milliseconds }
  | { readonly kind: "giveUp"; readonly code: string };

/** Waits before each further try. */
const BACKOFF_MS = [0, 400, 1000, 2000, 4000, 5000, 6000] as const;
/** A server may ask for more time than that: an early try is better than a late one. */
const LONGEST_HINT_MS = 4000;
/**
 * No further try after so long: each may itself last until a timeout. A caller who is told that the line
 * is being restored waits so long, and then wants to be helped otherwise.
 */
const MAX_OUTAGE_MS = 20_000;
/** The same while no connection has been ready yet: the caller has heard nothing. */
const MAX_FIRST_OUTAGE_MS = 12_000;
/** A connection that held this long ends a series of failures, even if nothing was asked of it. */
const SOUND_MS = 20_000;

/** When a model connection that was lost is opened again, and when it is given up. */
export class Recovery {
  /** Losses in a row of connections over which the caller has heard nothing. */
  #failures = 0;
  #wasReady = false;
  /** The first loss since the model was last heard; the beginning while there was none. */
  #outageSince: Milliseconds | undefined;
  #readyAt: Milliseconds | undefined;
  #reopenAt: Milliseconds | undefined;

  constructor(startedAt: Milliseconds) {
    this.#outageSince = startedAt;
  }

  /** There is a connection. */
  ready(now: Milliseconds): void {
    this.#readyAt = now;
    if (!this.#wasReady) this.#outageSince = undefined;
    this.#wasReady = true;
    this.#reopenAt = undefined;
  }

  lost(loss: ModelLoss, now: Milliseconds): RecoveryStep {
    const heldMs = this.#readyAt === undefined ? 0 : now - this.#readyAt;
    if (heldMs >= SOUND_MS) this.heard();
    this.#readyAt = undefined;
    if (loss.retry === "no") return { kind: "giveUp", code: loss.code };
    this.#outageSince ??= now;
    const mostMs = this.#wasReady ? MAX_OUTAGE_MS : MAX_FIRST_OUTAGE_MS;
    if (now - this.#outageSince > mostMs) return { kind: "giveUp", code: loss.code };
    const step = loss.retry === "backoff" ? this.#failures + 1 : this.#failures;
    const waitMs = BACKOFF_MS[step];
    this.#failures++;
    if (waitMs === undefined) return { kind: "giveUp", code: loss.code };
    this.#reopenAt = now + Math.max(waitMs, Math.min(loss.retryAfterMs ?? 0, LONGEST_HINT_MS));
    return { kind: "reopen", at: this.#reopenAt };
  }

  /** The caller hears the model: an outage is over. How often a call may open connections is limited elsewhere. */
  heard(): void {
    this.#failures = 0;
    this.#outageSince = undefined;
  }

  /** The standby connection has taken over: the lost one is not opened again. */
  reopenNoMore(): void {
    this.#reopenAt = undefined;
  }

  /** Whether to open a connection now; true once. */
  reopenDue(now: Milliseconds): boolean {
    if (this.#reopenAt === undefined || now < this.#reopenAt) return false;
    this.#reopenAt = undefined;
    return true;
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#reopenAt;
  }
}
