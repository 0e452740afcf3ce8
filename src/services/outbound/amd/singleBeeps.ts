import type { Tone } from "../../../utils/audio/toneDetector.ts";
import type { LineSound } from "./lineEar.ts";

/**
 * Keeps beeps of machines apart from the bursts of a busy line, of which each alone sounds like a beep: of a tone
 * that may be either it tells only when it is clear that it does not repeat.
 *
 * The clock is the audio itself.
 */
export class SingleBeeps {
  #held: Tone | undefined;
  #isSounding = false;
  #isBusy = false;
  #isReleasing = false;
  #quietMs = Infinity;

  /** Whether it is still to be seen what a tone was, or the line is busy. */
  get isOpen(): boolean {
    return this.#isSounding || this.#isBusy || this.#held !== undefined;
  }

  /** Takes the next sound of the line, and returns the beeps in it. */
  hear({ tone, ended, durationMs }: LineSound): Pick<LineSound, "tone" | "ended"> {
    if (this.#isReleasing) return this.#release();
    this.#isSounding = tone !== undefined && mayRepeat(tone);
    const isBurst = ended !== undefined && mayRepeat(ended) && ended.ms >= SHORTEST_BURST_MS;
    if (this.#isSounding || isBurst) return this.#burst(isBurst ? ended : undefined);
    if (tone !== undefined || ended !== undefined) {
      // A longer tone than any burst of a busy line, or another sound than its.
      if (tone !== undefined) this.#held = undefined;
      return { tone, ended };
    }
    this.#quietMs += durationMs;
    if (this.#quietMs < LONGEST_PAUSE_MS) return {};
    this.#isBusy = false;
    if (this.#held === undefined) return {};
    this.#isReleasing = true;
    return { tone: this.#held };
  }

  #burst(ended: Tone | undefined): Pick<LineSound, "tone" | "ended"> {
    if (this.#held !== undefined) this.#isBusy = true;
    this.#held = this.#isBusy ? undefined : ended;
    this.#quietMs = 0;
    return {};
  }

  #release(): Pick<LineSound, "tone" | "ended"> {
    const ended = this.#held;
    this.#held = undefined;
    this.#isReleasing = false;
    return { ended };
  }
}

/** Whether it may be a burst of a busy tone, as far as it has sounded; two tones count as the one between them. */
function mayRepeat({ hz, ms }: Tone): boolean {
  return hz >= 380 && hz <= 640 && ms <= LONGEST_BURST_MS;
}

const SHORTEST_BURST_MS = 180;
const LONGEST_BURST_MS = 840;
/** The pause of a busy tone and a little, as a tone is known as one late. */
const LONGEST_PAUSE_MS = 1000;
