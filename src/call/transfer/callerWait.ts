import type { MachineParts } from "../machine/machineParts.ts";
import { earliest } from "../machine/wakeTimer.ts";
import { say } from "../model/prompts.ts";
import type { Milliseconds } from "../types.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import type { TransferPlan } from "../transfer.ts";
import { stillTrying } from "./transferPrompts.ts";

/** Nobody speaks for so long before music begins. */
const PAUSE_MS = 700;
/** A caller who hears nothing but music for so long is told that somebody is still being called. */
const WORD_EVERY_MS = 20_000;

/** What the line is like. */
interface Line {
  readonly joined: boolean;
  /** Agent and caller are silent, and nothing is about to be said. */
  readonly quiet: boolean;
  /** The agent can say a word. */
  readonly canSpeak: boolean;
}

/** A caller who waits for a person, with the agent still there: music while nobody speaks, and a word now and then. */
export class CallerWait {
  readonly #call: MachineParts;
  #isWaiting = false;
  #isPlaying = false;
  #quietSince: Milliseconds | undefined;
  #wordAt: Milliseconds = 0;
  #wordEveryMs = WORD_EVERY_MS;
  #word: () => ResponseRequest = stillTrying;

  constructor(call: MachineParts) {
    this.#call = call;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** With `hold`, the word is the operator's own. */
  begin(now: Milliseconds, hold?: TransferPlan["hold"]): void {
    this.#wordEveryMs = hold?.everyMs ?? WORD_EVERY_MS;
    this.#word = hold === undefined ? stillTrying : () => say(hold.text);
    this.#isWaiting = true;
    this.#quietSince = now;
    this.#wordAt = now + this.#wordEveryMs;
  }

  end(): void {
    this.#isWaiting = false;
    this.#setPlaying(false);
  }

  tick(now: Milliseconds, { joined, quiet, canSpeak }: Line): void {
    if (!this.#isWaiting) return;
    if (!joined || !quiet) {
      this.#quietSince = undefined;
      this.#wordAt = now + this.#wordEveryMs;
      return this.#setPlaying(false);
    }
    this.#quietSince ??= now;
    if (now >= this.#quietSince + PAUSE_MS) this.#setPlaying(true);
    if (!canSpeak) this.#wordAt = Math.max(this.#wordAt, now + PAUSE_MS);
    else if (now >= this.#wordAt) {
      this.#wordAt = now + this.#wordEveryMs;
      this.#call.turns.ask(this.#word(), now);
    }
  }

  get wakeAt(): Milliseconds | undefined {
    if (!this.#isWaiting || this.#quietSince === undefined) return undefined;
    return earliest(this.#isPlaying ? undefined : this.#quietSince + PAUSE_MS, this.#wordAt);
  }

  #setPlaying(isPlaying: boolean): void {
    if (this.#isPlaying === isPlaying) return;
    this.#isPlaying = isPlaying;
    this.#call.commands.push({ type: "waitingSound", on: isPlaying });
  }
}
