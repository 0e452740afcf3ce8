/** A sound of one frequency and an even level. */
export interface Tone {
  readonly hz: number;
  readonly ms: number;
}

/**
 * Finds single tones, such as the beep of an answering machine, in speech, music and noise: sounds of one
 * sine only, whatever its frequency. Two tones at once, as of keys and of ringing, are none.
 *
 * A sine obeys x[n+1] + x[n-1] = 2 cos(w) x[n]: the w that fits best is the frequency, and what does not
 * fit is everything else.
 *
 * Takes samples at 8 kHz; the clock is the audio itself.
 */
export class ToneDetector {
  #before = 0;
  #last = 0;
  #count = 0;
  #product = 0;
  #energy = 0;
  #neighbours = 0;
  /** The run of blocks that sound alike. */
  #blocks = 0;
  #cosine = 0;
  #level = 0;

  /** The tone that sounds now, as long as it has lasted. */
  get sounding(): Tone | undefined {
    return this.#blocks < MIN_BLOCKS ? undefined : this.#tone();
  }

  /** Takes the next samples; returns the tone that has ended within them. */
  hear(samples: Int16Array): Tone | undefined {
    let ended: Tone | undefined;
    for (let i = 0; i < samples.length; i++) {
      const next = samples[i]!;
      const middle = this.#last;
      const sum = next + this.#before;
      this.#product += middle * sum;
      this.#energy += middle * middle;
      this.#neighbours += sum * sum;
      this.#before = middle;
      this.#last = next;
      if (++this.#count === BLOCK_SAMPLES) ended = this.#closeBlock() ?? ended;
    }
    return ended;
  }

  #closeBlock(): Tone | undefined {
    const cosine = this.#energy > 0 ? this.#product / (2 * this.#energy) : 1;
    const rest = this.#neighbours - 4 * cosine * this.#product + 4 * cosine ** 2 * this.#energy;
    const isPure = this.#energy > MIN_ENERGY && Math.abs(cosine) < 1 &&
      rest <= MAX_REST * this.#energy * (2 + 4 * cosine ** 2) && inRange(hzOf(cosine));
    const level = this.#energy;
    this.#count =
      this.#product =
      this.#energy =
      this.#neighbours =
        0;
    if (isPure && this.#continues(cosine, level)) {
      this.#blocks++;
      this.#cosine += (cosine - this.#cosine) / this.#blocks;
      this.#level += (level - this.#level) / this.#blocks;
      return undefined;
    }
    const ended = this.sounding;
    this.#blocks = isPure ? 1 : 0;
    this.#cosine = cosine;
    this.#level = level;
    return ended;
  }

  #continues(cosine: number, level: number): boolean {
    if (this.#blocks === 0) return true;
    const hz = hzOf(this.#cosine);
    const isSame = Math.abs(hzOf(cosine) - hz) <= MAX_DRIFT * hz;
    const change = level / this.#level;
    // The first block may hold the beginning of the tone only.
    return isSame && (this.#blocks < 2 || change < MAX_CHANGE && change > 1 / MAX_CHANGE);
  }

  #tone(): Tone {
    return { hz: Math.round(hzOf(this.#cosine)), ms: this.#blocks * BLOCK_MS };
  }
}

const HZ = 8_000;

/** Short enough to hear the beats of two tones that are close to each other, such as of ringing. */
const BLOCK_MS = 10;
const BLOCK_SAMPLES = BLOCK_MS * HZ / 1_000;

/** Shorter tones occur in speech. */
const MIN_BLOCKS = 10;

/** The share of the energy that may be something else: noise 16 dB below the tone. */
const MAX_REST = 0.025;

/** -42 dBFS. */
const MIN_ENERGY = BLOCK_SAMPLES * 260 ** 2;

const MAX_DRIFT = 0.03;

/** 3 dB, as energy. */
const MAX_CHANGE = 2;

/** Below, it may be a voice that hums. */
const MIN_HZ = 350;
const MAX_HZ = 2_600;

function inRange(hz: number): boolean {
  return hz >= MIN_HZ && hz <= MAX_HZ;
}

function hzOf(cosine: number): number {
  return Math.acos(Math.max(-1, Math.min(1, cosine))) * HZ / (2 * Math.PI);
}
