import type { CallInput } from "../callInput.ts";
import type { KeptSentences } from "../playback/keptSentences.ts";
import type { AgentSpeech } from "../playback/agentSpeech.ts";
import type { Milliseconds } from "../types.ts";

/** State of the call that decides whether a caller has to be told that the agent is still there. */
interface Outage {
  /** The caller can hear the agent, and the call goes on. */
  readonly joined: boolean;
  /** There is a model that can be asked. */
  readonly ready: boolean;
  /** The agent owes words: somebody who only thinks is left in peace. */
  readonly waiting: boolean;
}

/** A silence that is this long is bridged ... */
const SILENT_MS = 1200;
/** ... unless the model was lost in the middle of it: most come back at once. */
const LOST_MS = 600;
/** From the beginning of one bridge to the next. */
const APART_MS = 7000;

/** Bridges the silence of a lost or late model with a sentence that is kept, where one is. */
export class OutageBridge {
  readonly #kept: KeptSentences;
  readonly #speech: AgentSpeech;
  /** The caller speaks, by the level of the line. */
  #isLoud = false;
  /** The caller has spoken to no model: it will have to answer. */
  #unheard = false;
  #silentSince: Milliseconds | undefined;
  /** Since the model went away, until the caller waits for nothing that it owes. */
  #awaySince: Milliseconds | undefined;
  #bridgedAt: Milliseconds = -Infinity;
  #dueAt: Milliseconds | undefined;

  constructor(kept: KeptSentences, speech: AgentSpeech) {
    this.#kept = kept;
    this.#speech = speech;
  }

  follow(input: CallInput): void {
    if (input.type !== "callerLevel") return;
    this.#isLoud = input.speaking;
    if (input.speaking) this.#unheard = true;
  }

  tick(now: Milliseconds, outage: Outage): void {
    this.update(now, outage);
    if (this.#dueAt === undefined || now < this.#dueAt) return;
    this.#bridgedAt = now;
    this.#kept.speak("bridge");
    this.update(now, outage);
  }

  get wakeAt(): Milliseconds | undefined {
    return this.#dueAt;
  }

  /** Computes when the next bridge is due. */
  update(now: Milliseconds, { joined, ready, waiting }: Outage): void {
    if (!ready) this.#awaySince ??= now;
    else {
      this.#unheard = false;
      if (!waiting) this.#awaySince = undefined;
    }
    const isSilent = joined && !this.#isLoud && !this.#speech.audible;
    this.#silentSince = isSilent ? this.#silentSince ?? now : undefined;
    const isDue = this.#silentSince !== undefined && this.#awaySince !== undefined &&
      (waiting || this.#unheard);
    this.#dueAt = isDue
      ? Math.max(
        (this.#silentSince ?? now) + SILENT_MS,
        (this.#awaySince ?? now) + LOST_MS,
        this.#bridgedAt + APART_MS,
      )
      : undefined;
  }
}
