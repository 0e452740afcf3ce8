import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { Milliseconds } from "../types.ts";
import { type Moment, SessionLife } from "./sessionLife.ts";

/** Waits after a session could not be prepared; the present one stays in use. */
const RETRY_MS = [2000, 5000, 10_000, 20_000, 30_000] as const;

/**
 * The session that takes the place of the present one before that expires. It has the agent's set-up and
 * nothing of the conversation, so that it costs nothing and cannot be out of date, until it takes over.
 */
export class Standby {
  readonly #commands: MachineParts["commands"];
  /** Of the session that serves; undefined while none does. */
  #present: SessionLife | undefined;
  #opened = false;
  /** The agent that it is for, where that is not the one that has the call. */
  #agent: string | undefined;
  /** Of the session that stands by, once it is ready. */
  #next: SessionLife | undefined;
  #failures = 0;
  #retryAt: Milliseconds = -Infinity;

  constructor(commands: MachineParts["commands"]) {
    this.#commands = commands;
  }

  /** Whether a session stands by, or is on its way. */
  get exists(): boolean {
    return this.#opened;
  }

  get isReady(): boolean {
    return this.#next !== undefined;
  }

  /** The agent that it is for; undefined for the one that had the call as it was prepared. */
  get agent(): string | undefined {
    return this.#agent;
  }

  /** Prepares a session for another agent, in the place of one that may stand by. */
  prepareFor(agent: string): void {
    this.drop();
    this.#opened = true;
    this.#agent = agent;
    this.#commands.push({ type: "prepareModel", agent });
  }

  /** None stands by any more. */
  drop(): void {
    this.#opened = false;
    this.#next = undefined;
    this.#agent = undefined;
  }

  /** A session has begun to serve. */
  serves(now: Milliseconds, expiresInMs: Milliseconds | undefined): void {
    this.#present = new SessionLife(now, expiresInMs);
  }

  /** The session that served is gone. */
  presentLost(): void {
    this.#present = undefined;
  }

  ready(now: Milliseconds, expiresInMs: Milliseconds | undefined): void {
    if (!this.#opened) return;
    this.#failures = 0;
    this.#next = new SessionLife(now, expiresInMs);
  }

  lost(now: Milliseconds): void {
    this.drop();
    this.#retryAt = now + (RETRY_MS[this.#failures] ?? RETRY_MS[RETRY_MS.length - 1]!);
    this.#failures++;
  }

  /** The one that stands by serves from now on, or as soon as it is ready. */
  takeOver(): void {
    this.#present = this.#next;
    this.drop();
  }

  /** Prepares a session when it is time; true where it is time for the one that is ready. */
  tick(now: Milliseconds, moment: Moment): boolean {
    const present = this.#present;
    if (present === undefined) return false;
    if (!this.#opened && now >= this.#prepareAt(present)) {
      this.#opened = true;
      this.#commands.push({ type: "prepareModel" });
    }
    return this.isReady && this.#agent === undefined && now >= present.leaveAt(moment);
  }

  /** Quieter moments come with events of the call. */
  get wakeAt(): Milliseconds | undefined {
    if (this.#present === undefined) return undefined;
    if (!this.#opened) return finite(this.#prepareAt(this.#present));
    if (!this.isReady || this.#agent !== undefined) return undefined;
    return finite(earliest(this.#present.leaveAt("busy")));
  }

  #prepareAt(present: SessionLife): Milliseconds {
    return Math.max(present.leaveAt("quiet"), this.#retryAt);
  }
}

function finite(at: Milliseconds | undefined): Milliseconds | undefined {
  return at === Infinity ? undefined : at;
}
