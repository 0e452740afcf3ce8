import type { LateFrames } from "../machine/lateFrames.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { Milliseconds } from "../types.ts";

/** After a statement, as opposed to a question, a caller who is silent so long is probably waiting. */
const NUDGE_MS = 8000;
/** Limit of nudges in one call. */
const MAX_NUDGES = 3;

/** After silence: asks once whether the caller is there, then ends the call. */
export class IdleTimer {
  readonly #lateFrames: Pick<LateFrames, "after">;
  readonly #idleMs: () => Milliseconds;
  #quietSince: Milliseconds | undefined;
  #asked = false;
  #nudges = 0;
  /** Once for each turn of the caller's, and never before the first. */
  #mayNudge = false;
  #isWaiting = false;

  constructor(lateFrames: Pick<LateFrames, "after">, idleMs: () => Milliseconds) {
    this.#lateFrames = lateFrames;
    this.#idleMs = idleMs;
  }

  /** Starts to count, if it does not count already; `isWaiting` where the caller expects more to come. */
  begin(now: Milliseconds, isWaiting: boolean): void {
    if (this.#quietSince !== undefined) return;
    this.#quietSince = now;
    this.#isWaiting = isWaiting;
  }

  /** A person, a response or a tool is at work: silence begins anew afterwards. */
  disturbed(): void {
    this.#quietSince = undefined;
  }

  /** The caller is there: after further silence the question is asked again. */
  callerActed(): void {
    this.disturbed();
    this.#asked = false;
    this.#mayNudge = this.#nudges < MAX_NUDGES;
  }

  /** The model has asked by itself. */
  alreadyAsked(): void {
    this.disturbed();
    this.#asked = true;
  }

  tick(now: Milliseconds): "nudge" | "ask" | "end" | undefined {
    const nudgeAt = this.#nudgeAt;
    const idleAt = this.#idleAt;
    if (idleAt !== undefined && now >= idleAt) {
      this.#quietSince = now;
      if (this.#asked) return "end";
      this.#asked = true;
      return "ask";
    }
    if (nudgeAt === undefined || now < nudgeAt) return undefined;
    this.#mayNudge = false;
    this.#nudges++;
    return "nudge";
  }

  get wakeAt(): Milliseconds | undefined {
    return earliest(this.#nudgeAt, this.#idleAt);
  }

  get #idleAt(): Milliseconds | undefined {
    return this.#dueAfter(this.#idleMs());
  }

  get #nudgeAt(): Milliseconds | undefined {
    const due = this.#mayNudge && this.#isWaiting && !this.#asked && NUDGE_MS < this.#idleMs();
    return due ? this.#dueAfter(NUDGE_MS) : undefined;
  }

  #dueAfter(quietMs: Milliseconds): Milliseconds | undefined {
    if (this.#quietSince === undefined) return undefined;
    return this.#lateFrames.after(this.#quietSince + quietMs);
  }
}
