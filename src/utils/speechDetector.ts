/** When speech counts as begun and ended. */
export interface SpeechDetectorOptions {
  /** How much loud audio makes speech; shorter clicks do not. */
  readonly onsetMs?: number;
  /** How long it must be quiet before speech has ended; pauses between words are shorter. */
  readonly hangoverMs?: number;
  /** How far above the noise speech begins. */
  readonly marginDb?: number;
  /** How far below the beginning's threshold speech still goes on. */
  readonly hysteresisDb?: number;
  /** Nothing quieter than this begins speech, however quiet the room. */
  readonly minLevelDb?: number;
}

/** What a detector noticed. */
export type SpeechChange = "started" | "stopped";

/**
 * Tells speech from steady noise by level alone: the noise floor falls with the quiet moments at
 * once and rises slowly, so that words stand out and a fan that was switched on is forgotten.
 *
 * The clock is the audio itself: frames of any length, in order.
 */
export class SpeechDetector {
  readonly #onsetMs: number;
  readonly #hangoverMs: number;
  readonly #marginDb: number;
  readonly #hysteresisDb: number;
  readonly #minLevelDb: number;
  #state: DetectorState = { type: "quiet", loudMs: 0 };
  #noiseFloorDb = INITIAL_FLOOR_DB;

  constructor({
    onsetMs = 60,
    hangoverMs = 500,
    marginDb = 12,
    hysteresisDb = 5,
    minLevelDb = -45,
  }: SpeechDetectorOptions = {}) {
    this.#onsetMs = onsetMs;
    this.#hangoverMs = hangoverMs;
    this.#marginDb = marginDb;
    this.#hysteresisDb = hysteresisDb;
    this.#minLevelDb = minLevelDb;
  }

  /** Whether speech has started and not yet stopped. */
  get speaking(): boolean {
    return this.#state.type === "speaking";
  }

  /** The level that is taken for the room's own. */
  get noiseFloorDb(): number {
    return this.#noiseFloorDb;
  }

  /** Takes the level of the next frame and its length; tells when speech starts or stops. */
  hear(levelDb: number, durationMs: number): SpeechChange | undefined {
    if (!Number.isFinite(levelDb) || !(durationMs > 0)) return undefined;
    this.#followNoise(levelDb, durationMs);
    const beginsDb = Math.max(this.#noiseFloorDb + this.#marginDb, this.#minLevelDb);
    return this.#state.type === "quiet"
      ? this.#awaitOnset(levelDb >= beginsDb, durationMs, this.#state.loudMs)
      : this.#awaitEnd(levelDb < beginsDb - this.#hysteresisDb, durationMs, this.#state.quietMs);
  }

  #awaitOnset(loud: boolean, durationMs: number, before: number): SpeechChange | undefined {
    const loudMs = loud ? before + durationMs : Math.max(0, before - durationMs);
    const started = loud && loudMs >= this.#onsetMs;
    this.#state = started ? { type: "speaking", quietMs: 0 } : { type: "quiet", loudMs };
    return started ? "started" : undefined;
  }

  #awaitEnd(quiet: boolean, durationMs: number, before: number): SpeechChange | undefined {
    const quietMs = quiet ? before + durationMs : 0;
    const stopped = quiet && quietMs >= this.#hangoverMs;
    this.#state = stopped ? { type: "quiet", loudMs: 0 } : { type: "speaking", quietMs };
    return stopped ? "stopped" : undefined;
  }

  #followNoise(levelDb: number, durationMs: number): void {
    const distance = levelDb - this.#noiseFloorDb;
    const step = distance < 0
      ? distance * (1 - Math.exp(-durationMs / FALL_MS))
      : Math.min(distance, (RISE_DB_PER_SECOND * durationMs) / 1000);
    this.#noiseFloorDb = Math.max(LOWEST_FLOOR_DB, this.#noiseFloorDb + step);
  }
}

type DetectorState =
  | { readonly type: "quiet"; readonly loudMs: number }
  | { readonly type: "speaking"; readonly quietMs: number };

/** A quiet line; the first frames correct it downwards at once, upwards within seconds. */
const INITIAL_FLOOR_DB = -50;

/** Below this lies no room, only digital silence, which says nothing of the noise to come. */
const LOWEST_FLOOR_DB = -70;

/** Time constant downwards: the gaps between words are some 50 ms. */
const FALL_MS = 100;

/** A word of a second lifts the floor less than the gap after it lets it fall. */
const RISE_DB_PER_SECOND = 3;
