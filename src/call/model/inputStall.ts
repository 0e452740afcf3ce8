import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { CallerTurns } from "../turns/callerTurns.ts";
import { earliest } from "../machine/wakeTimer.ts";
import type { Milliseconds } from "../types.ts";
import type { ConnectionLifecycle } from "./connectionLifecycle.ts";
import * as prompts from "./prompts.ts";

/** So much speech, with no longer pause than this in it, and no word of it from the model. */
const STALLED_AFTER_MS = 4000;
const LONGEST_PAUSE_MS = 2000;
/** A fresh session that hears no more than the one before was not the trouble: noise is no speech. */
const REPLACE_EVERY_MS = 60_000;
const MAX_REPLACED = 5;
/** What was said to a stalled session is lost: a caller who says no more is asked for it. */
const REPEAT_AFTER_MS = 3000;
/** No model waits longer for the end of a turn once it is quiet. */
const ENDLESS_MS = 15_000;
/** A line that is never quiet does not keep a call for ever. */
const LOUD_COUNTS_MS = 120_000;
const LOUD_MS = 500;

/**
 * Compares the level of the caller's line with what the model reports of it. A model that does not hear
 * is replaced, a turn whose end it does not report is committed, and what was lost is asked for again.
 */
export class InputStall {
  readonly #call: MachineParts;
  readonly #caller: CallerTurns;
  readonly #connection: ConnectionLifecycle;
  #speakingSince: Milliseconds | undefined;
  #quietSince: Milliseconds | undefined;
  #countsSince: Milliseconds | undefined;
  #loudMs = 0;
  #lastLoudAt: Milliseconds = -Infinity;
  #heardAt: Milliseconds;
  #replacedAt: Milliseconds = -Infinity;
  #replaced = 0;
  #commitDue = false;
  #repeatDue = false;
  #endless = false;
  #listening = false;

  constructor(
    call: MachineParts,
    caller: CallerTurns,
    connection: ConnectionLifecycle,
    now: Milliseconds,
  ) {
    this.#call = call;
    this.#caller = caller;
    this.#connection = connection;
    this.#heardAt = now;
  }

  /** Follows the line's level, and what the model reports of the caller's speech. */
  follow(input: CallInput, now: Milliseconds): void {
    switch (input.type) {
      case "speechStarted":
      case "speechStopped":
      case "committed":
        return this.#heard(now);
      case "callerLevel":
        if (input.speaking === (this.#speakingSince !== undefined)) return;
        this.#speakingSince = input.speaking ? now : undefined;
        this.#quietSince = input.speaking ? undefined : now;
    }
  }

  /** Whether the caller speaks, by the level of the line alone. */
  isLoud(now: Milliseconds): boolean {
    return this.#call.policy.modelListens && this.#speakingSince !== undefined &&
      now - this.#speakingSince >= LOUD_MS && now - this.#heardAt < LOUD_COUNTS_MS;
  }

  /** `listening`: caller and model are there, and nothing of the agent's could be taken for the caller. */
  tick(now: Milliseconds, listening: boolean): void {
    if (!this.#call.policy.modelListens) return;
    switch (this.#remedy(now, listening)) {
      case "replace":
        return this.#connection.replace("deaf", now);
      case "commit":
        return this.#caller.commitUnheard(now);
      case "repeat":
        return this.#call.turns.ask(prompts.sayAgain(), now);
    }
  }

  /** When `tick` may have something to do, if nothing changes until then. */
  get wakeAt(): Milliseconds | undefined {
    return earliest(
      this.#endless ? this.#endlessAt : undefined,
      this.#stalledAt,
      this.#listening && this.#speakingSince === undefined ? this.#repeatAt : undefined,
    );
  }

  /** The model has reported the caller's speech: it hears. */
  #heard(now: Milliseconds): void {
    this.#heardAt = now;
    this.#loudMs = 0;
    if (this.#countsSince !== undefined) this.#countsSince = now;
    this.#commitDue = false;
    this.#repeatDue = false;
  }

  #remedy(now: Milliseconds, listening: boolean): "replace" | "commit" | "repeat" | undefined {
    const { isSpeaking: callerSpeaking } = this.#call.turns.callerState;
    this.#listening = listening;
    this.#endless = callerSpeaking && this.#quietSince !== undefined;
    this.#count(now, listening && !callerSpeaking && this.#speakingSince !== undefined);
    if (this.#endless && now >= this.#endlessAt) {
      this.#heard(now);
      return "commit";
    }
    if (this.#stalledAt !== undefined && now >= this.#stalledAt) {
      this.#loudMs = 0;
      this.#countsSince = now;
      this.#commitDue = true;
      if (this.#replaced < MAX_REPLACED && now - this.#replacedAt >= REPLACE_EVERY_MS) {
        this.#replacedAt = now;
        this.#replaced++;
        this.#commitDue = false;
        this.#repeatDue = true;
        return "replace";
      }
    }
    if (!listening || this.#speakingSince !== undefined) return undefined;
    if (this.#commitDue) {
      this.#heard(now);
      return "commit";
    }
    const repeatAt = this.#repeatAt;
    if (repeatAt === undefined || now < repeatAt) return undefined;
    this.#repeatDue = false;
    return "repeat";
  }

  get #repeatAt(): Milliseconds | undefined {
    if (!this.#repeatDue || this.#quietSince === undefined) return undefined;
    const quietSince = Math.max(this.#quietSince, this.#replacedAt);
    return this.#call.lateFrames.after(quietSince + REPEAT_AFTER_MS);
  }

  get #endlessAt(): Milliseconds {
    return Math.max(this.#quietSince ?? Infinity, this.#heardAt) + ENDLESS_MS;
  }

  get #stalledAt(): Milliseconds | undefined {
    return this.#countsSince === undefined
      ? undefined
      : this.#countsSince + STALLED_AFTER_MS - this.#loudMs;
  }

  #count(now: Milliseconds, counts: boolean): void {
    if (counts && this.#countsSince === undefined) {
      if (now - this.#lastLoudAt > LONGEST_PAUSE_MS) this.#loudMs = 0;
      this.#countsSince = now;
    } else if (!counts && this.#countsSince !== undefined) {
      this.#loudMs += now - this.#countsSince;
      this.#lastLoudAt = now;
      this.#countsSince = undefined;
    }
  }
}
