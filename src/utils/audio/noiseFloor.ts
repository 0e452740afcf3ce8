interface NoiseFloorOptions {
  /** Where it begins; without, at the first level. */
  readonly initialDb?: number;
  /** Lower levels say nothing about the noise that follows them. */
  readonly lowestDb: number;
}

/**
 * Follows the level of a line's background noise: down at once in quiet moments, up slowly, so that words
 * stand out and lasting noise does not.
 */
export class NoiseFloor {
  readonly #lowestDb: number;
  #db: number | undefined;
  #fallMs = NaN;
  /** Share of the distance that is covered in `#fallMs`. */
  #fall = NaN;

  constructor({ initialDb, lowestDb }: NoiseFloorOptions) {
    this.#lowestDb = lowestDb;
    this.#db = initialDb;
  }

  /** The lowest possible, before the first level. */
  get db(): number {
    return this.#db ?? this.#lowestDb;
  }

  hear(levelDb: number, durationMs: number): void {
    const before = this.#db ?? levelDb;
    const distance = levelDb - before;
    const step = distance < 0
      ? distance * this.#fallWithin(durationMs)
      : Math.min(distance, (RISE_DB_PER_SECOND * durationMs) / 1000);
    this.#db = Math.max(this.#lowestDb, before + step);
  }

  #fallWithin(durationMs: number): number {
    if (durationMs !== this.#fallMs) {
      this.#fallMs = durationMs;
      this.#fall = 1 - Math.exp(-durationMs / FALL_MS);
    }
    return this.#fall;
  }
}

/** Time constant downwards: the gaps between words are some 50 ms. */
const FALL_MS = 100;

/** A word of a second lifts the floor less than the gap after it lets it fall. */
const RISE_DB_PER_SECOND = 3;
