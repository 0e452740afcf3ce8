import type { CallInput } from "../callInput.ts";
import type { MachineParts } from "../machine/machineParts.ts";
import type { ConnectionLifecycle } from "../model/connectionLifecycle.ts";
import type { KeptSentences } from "../playback/keptSentences.ts";
import type { Milliseconds } from "../types.ts";
import type { Greeting } from "./greeting.ts";

/** A level that lasts so long is speech: a click counts for half a second, until the line is quiet again. */
const SPEECH_MS = 800;

/**
 * What the caller says while no model hears it, by the level of the line alone: it silences the agent, and
 * is on record without words, so that a session which goes on with the call knows of it.
 */
export class OutageSpeech {
  readonly #call: Pick<MachineParts, "policy" | "speech" | "transcript">;
  readonly #greeting: Pick<Greeting, "holds">;
  readonly #kept: Pick<KeptSentences, "isBridging">;
  readonly #connection: Pick<ConnectionLifecycle, "stoppedUnheard">;
  #isLoud = false;
  #since: Milliseconds | undefined;
  #isNoticed = false;
  #hasStopped = false;

  constructor(
    call: Pick<MachineParts, "policy" | "speech" | "transcript">,
    greeting: Pick<Greeting, "holds">,
    kept: Pick<KeptSentences, "isBridging">,
    connection: Pick<ConnectionLifecycle, "stoppedUnheard">,
  ) {
    this.#call = call;
    this.#greeting = greeting;
    this.#kept = kept;
    this.#connection = connection;
  }

  follow(input: CallInput): void {
    if (input.type === "callerLevel") this.#isLoud = input.speaking;
  }

  /** `away` where the caller is there and no model is. */
  tick(now: Milliseconds, away: boolean): void {
    if (!away || !this.#isLoud) {
      this.#since = undefined;
      this.#isNoticed = this.#hasStopped = false;
      return;
    }
    this.#since ??= now;
    if (!this.#isNoticed && now >= this.#since + SPEECH_MS) {
      this.#isNoticed = true;
      this.#call.transcript.unheard(this.#since);
    }
    if (this.#hasStopped || now < this.#since + this.#stopMs) return;
    this.#hasStopped = true;
    const { policy, speech } = this.#call;
    // Where no model listens in any case, the level has interrupted already, or a button has.
    if (!policy.modelListens || this.#greeting.holds) return;
    if (speech.audible && !this.#kept.isBridging) this.#connection.stoppedUnheard();
    speech.stop(now, true);
  }

  get wakeAt(): Milliseconds | undefined {
    if (this.#since === undefined || this.#hasStopped) return undefined;
    return this.#since + (this.#isNoticed ? this.#stopMs : SPEECH_MS);
  }

  get #stopMs(): Milliseconds {
    return Math.max(SPEECH_MS, this.#call.policy.interruptAfterMs);
  }
}
