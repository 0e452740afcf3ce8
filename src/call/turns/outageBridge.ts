import type { CallInput } from "../callInput.ts";
import type { KeptSentences } from "../playback/keptSentences.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { Milliseconds } from "../types.ts";

/** A silence that is this long is bridged ... */
const SILENT_MS = 1200;
/** ... unless the model was lost in the middle of it: most come back at once. */
const LOST_MS = 600;
/** From the beginning of one bridge to the next. */
const APART_MS = 7000;
/** A tone says only that the line is there, and is soon taken for its end. */
const TONES_APART_MS = 2000;

/** Bridges the silence of a lost or late model with a sentence that is kept, where one is. */
export class OutageBridge {
  readonly #call: Pick<MachineParts, "speech" | "turns">;
  readonly #kept: KeptSentences;
  readonly #owes: () => boolean;
  /** The caller speaks, by the level of the line. */
  #isLoud = false;
  /** The caller has spoken to no model: it will have to answer. */
  #unheard = false;
  #silentSince: Milliseconds | undefined;
  /** Since the model went away, until the caller waits for nothing that it owes. */
  #awaySince: Milliseconds | undefined;
  /** There was a model before: what its successor takes to answer counts too. */
  #lost = false;
  #wasReady = false;
  #bridgedAt: Milliseconds = -Infinity;
  #dueAt: Milliseconds | undefined;

  /** `owes` says whether words are due beside those of a response: without any, a silent caller hears no bridge. */
  constructor(
    call: Pick<MachineParts, "speech" | "turns">,
    kept: KeptSentences,
    owes: () => boolean,
  ) {
    this.#call = call;
    this.#kept = kept;
    this.#owes = owes;
  }

  follow(input: CallInput): void {
    if (input.type !== "callerLevel") return;
    this.#isLoud = input.speaking;
    if (input.speaking) this.#unheard = true;
  }

  /** `joined` where the caller hears the agent and the call goes on; `ready` where a model can be asked. */
  tick(now: Milliseconds, joined: boolean, ready: boolean): void {
    this.#update(now, joined, ready);
    if (this.#dueAt === undefined || now < this.#dueAt) return;
    this.#bridgedAt = now;
    this.#kept.speak("bridge");
    this.#update(now, joined, ready);
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#dueAt;
  }

  #update(now: Milliseconds, joined: boolean, ready: boolean): void {
    const { turns } = this.#call;
    // A new session that hears the last turn once more reports it as being said: its answer is due next.
    const isHeardAgain = this.#lost && !turns.callerState.isIdle;
    const waiting = turns.awaited(undefined) || this.#owes() || isHeardAgain;
    if (ready) {
      this.#unheard = false;
      if (!waiting) this.#lost = false;
      if (!this.#lost) this.#awaySince = undefined;
    } else {
      this.#awaySince ??= now;
      if (this.#wasReady) this.#lost = true;
    }
    this.#wasReady = ready;
    const isSilent = joined && !this.#isLoud && !this.#call.speech.audible;
    this.#silentSince = isSilent ? this.#silentSince ?? now : undefined;
    const isDue = this.#silentSince !== undefined && this.#awaySince !== undefined &&
      (waiting || this.#unheard);
    this.#dueAt = isDue
      ? Math.max(
        (this.#silentSince ?? now) + SILENT_MS,
        (this.#awaySince ?? now) + LOST_MS,
        this.#bridgedAt + (this.#kept.isTone ? TONES_APART_MS : APART_MS),
      )
      : undefined;
  }
}
