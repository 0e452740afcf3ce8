import { MU_LAW } from "./g711.ts";
import { createSpectrum } from "./spectrum.ts";

/** What a line sounds of: music, which the tones of a telephone network count as, or anything else. */
export type LineSoundChange =
  | { readonly sound: "music" }
  /** `sinceMs` ago music gave way to something that is none. */
  | { readonly sound: "other"; readonly sinceMs: number };

/**
 * Tells music and the network's tones from speech, on a line of 8 kHz. The pitches of music stand still for
 * as long as a note lasts, those of a voice glide all the time: so it compares the strongest frequencies of
 * the moment with those of 80 ms before. Quiet moments say nothing.
 *
 * The clock is the audio itself: frames of any length, in order. It costs some 25 us for 40 ms.
 */
export class MusicDetector {
  readonly #window = new Float64Array(SIZE);
  /** Samples of the window that are new since it was last looked at. */
  #fresh = 0;
  readonly #looks = [new Peaks(), new Peaks(), new Peaks()];
  #look = 0;
  #loudestDb = LEAST_DB;
  /** How much of the latest loud moments stood still, a ring. */
  readonly #still = new Float64Array(LONGEST);
  #moments = 0;
  #sinceQuiet = 0;
  #isMusic = false;
  /** Loud moments since music was heard last. */
  #sinceMusic = Infinity;

  get isMusic(): boolean {
    return this.#isMusic;
  }

  /** Takes the next frame, as mu-law. */
  hear(codes: Uint8Array): LineSoundChange | undefined {
    let change: LineSoundChange | undefined;
    for (let at = 0; at < codes.length;) {
      const count = Math.min(codes.length - at, HOP - this.#fresh);
      const to = SIZE - HOP + this.#fresh;
      for (let i = 0; i < count; i++) this.#window[to + i] = DECODED[codes[at + i]!]!;
      at += count;
      this.#fresh += count;
      if (this.#fresh < HOP) break;
      this.#fresh = 0;
      change = this.#judge() ?? change;
      this.#window.copyWithin(0, HOP);
    }
    return change;
  }

  #judge(): LineSoundChange | undefined {
    const levelDb = levelOf(this.#window);
    this.#loudestDb = Math.max(levelDb, this.#loudestDb - FALL_DB, LEAST_DB);
    const now = this.#looks[this.#look]!;
    const before = this.#looks[(this.#look + 2) % 3]!;
    const earlier = this.#looks[(this.#look + 1) % 3]!;
    this.#look = (this.#look + 1) % 3;
    if (levelDb < this.#loudestDb - QUIET_BELOW_DB || levelDb <= LEAST_DB) {
      now.count = 0;
      this.#sinceQuiet = 0;
      return undefined;
    }
    now.find(spectrumOf(this.#window));
    // What follows a pause has nothing to be compared with.
    if (this.#sinceQuiet++ < 2) return undefined;
    this.#still[this.#moments++ % LONGEST] = now.shareIn(before, earlier);
    this.#sinceMusic++;
    return this.#isMusic ? this.#musicEnds() : this.#musicBegins();
  }

  #musicBegins(): LineSoundChange | undefined {
    const moments = this.#sinceMusic < RECENT ? AGAIN : LONGEST;
    if (Math.min(this.#moments, this.#sinceMusic) < moments) return undefined;
    if (this.#meanOf(moments) < MUSIC_ABOVE) return undefined;
    this.#isMusic = true;
    return { sound: "music" };
  }

  #musicEnds(): LineSoundChange | undefined {
    this.#sinceMusic = 0;
    if (this.#meanOf(SOON) >= OTHER_BELOW) return undefined;
    this.#isMusic = false;
    return { sound: "other", sinceMs: SOON * HOP_MS + SIZE_MS };
  }

  #meanOf(count: number): number {
    let sum = 0;
    for (let i = 1; i <= count; i++) sum += this.#still[(this.#moments - i) % LONGEST]!;
    return sum / count;
  }
}

const HZ = 8000;
/** A look takes in 64 ms, every 40 ms. */
const SIZE = 512;
const HOP = 320;
const HOP_MS = HOP * 1000 / HZ;
const SIZE_MS = SIZE * 1000 / HZ;

/** Loud moments that it takes to be sure of music: 1.6 s, and 0.8 s where there was music shortly before. */
const LONGEST = 40;
const AGAIN = 20;
const RECENT = 500;
/** Loud moments that it takes to notice that music is over: 0.28 s. */
const SOON = 7;
/** Of real speech, 99 % of all 400 ms stand still by less than 0.4, and all 1.6 s by less than 0.3. */
const MUSIC_ABOVE = 0.48;
const OTHER_BELOW = 0.26;

/** Fainter than speech and music of any telephone. */
const LEAST_DB = -50;
const QUIET_BELOW_DB = 30;
/** In 40 ms: a loud sound counts for some seconds. */
const FALL_DB = 0.2;

const DECODED = Float64Array.from(MU_LAW.decoded);
const spectrumOf = createSpectrum(SIZE);

/** The strongest frequencies of a moment. */
class Peaks {
  count = 0;
  readonly #hz = new Float64Array(MAX_PEAKS);
  readonly #weight = new Float64Array(MAX_PEAKS);

  find(amplitudes: Float64Array): void {
    let highest = 0;
    for (let k = FIRST; k < LAST; k++) highest = Math.max(highest, amplitudes[k]!);
    this.count = 0;
    for (let k = FIRST; k < LAST && this.count < MAX_PEAKS; k++) {
      const here = amplitudes[k]!;
      if (here <= amplitudes[k - 1]! || here < amplitudes[k + 1]! || here < highest * FAINTEST) {
        continue;
      }
      this.#hz[this.count] = (k + summit(amplitudes[k - 1]!, here, amplitudes[k + 1]!)) * BIN_HZ;
      // The low harmonics of a voice glide too little to be seen.
      this.#weight[this.count] = Math.sqrt(here) * (k < LOW ? 0.5 : 1);
      this.count++;
    }
  }

  /** How much of it, from 0 to 1, was there in both earlier moments. */
  shareIn(before: Peaks, earlier: Peaks): number {
    let all = 0;
    let still = 0;
    for (let i = 0; i < this.count; i++) {
      all += this.#weight[i]!;
      if (before.#has(this.#hz[i]!) && earlier.#has(this.#hz[i]!)) still += this.#weight[i]!;
    }
    return all === 0 ? 0 : still / all;
  }

  #has(hz: number): boolean {
    const tolerance = Math.max(LEAST_GLIDE_HZ, hz * LEAST_GLIDE);
    for (let i = 0; i < this.count; i++) {
      if (Math.abs(this.#hz[i]! - hz) < tolerance) return true;
    }
    return false;
  }
}

const MAX_PEAKS = 100;
const BIN_HZ = HZ / SIZE;
/** 190 Hz to 3.2 kHz, and the bounds of what glides visibly. */
const FIRST = 12;
const LAST = 205;
const LOW = 32;
/** Of the strongest: -26 dB. */
const FAINTEST = 0.05;
/** The vibrato of an instrument is smaller than what a voice glides in 80 ms. */
const LEAST_GLIDE = 0.01;
const LEAST_GLIDE_HZ = 6;

/** Where a parabola through three neighbouring amplitudes, in decibels, is highest: -0.5 to 0.5. */
function summit(left: number, here: number, right: number): number {
  const a = Math.log(left + 1e-9);
  const b = Math.log(here + 1e-9);
  const c = Math.log(right + 1e-9);
  const bend = a - 2 * b + c;
  return bend === 0 ? 0 : (a - c) / (2 * bend);
}

function levelOf(samples: Float64Array): number {
  let energy = 0;
  for (let i = 0; i < samples.length; i++) energy += samples[i]! * samples[i]!;
  return 10 * Math.log10(energy / samples.length / 32768 ** 2 + 1e-10);
}
