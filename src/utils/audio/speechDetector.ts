import { NoiseFloor } from "./noiseFloor.ts";

/** When speech counts as started and stopped. */
interface SpeechDetectorOptions {
  /** Loud audio of this length is speech; a shorter click is not. */
  readonly onsetMs?: number;
  /** Silence of this length ends speech; pauses between words are shorter. */
  readonly hangoverMs?: number;
  /** How far above the noise floor speech starts. */
  readonly marginDb?: number;
  /** How far below the start threshold speech continues. */
  readonly hysteresisDb?: number;
  /** Minimum level for a start, however low the noise floor. */
  readonly minLevelDb?: number;
}

export type SpeechChange = "started" | "stopped";

/**
 * Distinguishes speech from steady noise, such as a fan, by level alone.
 *
 * The clock is the audio itself: frames of any length, in order.
 */
export class SpeechDetector {
  readonly #options: Required<SpeechDetectorOptions>;
  #speaking = false;
  /** While quiet: how long it has been loud; while speaking: how long it has been quiet. */
  #otherwiseMs = 0;
  /** How long there has been digital silence. */
  #silentMs = 0;
  readonly #noise = new NoiseFloor({ initialDb: INITIAL_FLOOR_DB, lowestDb: LOWEST_FLOOR_DB });

  constructor(options?: SpeechDetectorOptions) {
    this.#options = options === undefined ? DEFAULTS : { ...DEFAULTS, ...options };
  }

  /** Whether speech has started and not yet stopped. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** The estimated level of background noise. */
  get noiseFloorDb(): number {
    return this.#noise.db;
  }

  /** Takes level and length of the next frame; returns the change where speech starts or stops with it. */
  hear(levelDb: number, durationMs: number): SpeechChange | undefined {
    if (!Number.isFinite(levelDb) || !(durationMs > 0)) return undefined;
    this.#silentMs = levelDb < LOWEST_FLOOR_DB ? this.#silentMs + durationMs : 0;
    if (this.#silentMs === 0 || this.#silentMs > MAX_LOST_MS) {
      this.#noise.hear(levelDb, durationMs);
    }
    const { marginDb, hysteresisDb, minLevelDb } = this.#options;
    const beginsDb = Math.max(this.#noise.db + marginDb, minLevelDb);
    return this.#speaking
      ? this.#awaitEnd(levelDb < beginsDb - hysteresisDb, durationMs)
      : this.#awaitOnset(levelDb >= beginsDb, durationMs);
  }

  #awaitOnset(loud: boolean, durationMs: number): SpeechChange | undefined {
    this.#otherwiseMs = loud
      ? this.#otherwiseMs + durationMs
      : Math.max(0, this.#otherwiseMs - durationMs);
    if (!loud || this.#otherwiseMs < this.#options.onsetMs) return undefined;
    this.#speaking = true;
    this.#otherwiseMs = 0;
    return "started";
  }

  #awaitEnd(quiet: boolean, durationMs: number): SpeechChange | undefined {
    this.#otherwiseMs = quiet ? this.#otherwiseMs + durationMs : 0;
    if (!quiet || this.#otherwiseMs < this.#options.hangoverMs) return undefined;
    this.#speaking = false;
    this.#otherwiseMs = 0;
    return "stopped";
  }
}

const DEFAULTS: Required<SpeechDetectorOptions> = {
  onsetMs: 60,
  hangoverMs: 500,
  marginDb: 12,
  hysteresisDb: 5,
  minLevelDb: -45,
};

/** A quiet line; the first frames correct it down at once, up within seconds. */
const INITIAL_FLOOR_DB = -50;

/** Lower levels are digital silence, which says nothing about the noise that follows. */
const LOWEST_FLOOR_DB = -70;
/** Digital silence this short is frames that were lost: the noise around them goes on. */
const MAX_LOST_MS = 100;
