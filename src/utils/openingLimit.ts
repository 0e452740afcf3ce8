/** At most `max` connections may be opened within any `withinMs`. */
interface OpeningRate {
  readonly withinMs: number;
  readonly max: number;
}

/** Limits how often connections are opened: at each of several rates. */
export class OpeningLimit {
  readonly #rates: readonly OpeningRate[];
  readonly #longestMs: number;
  /** When each of the latest was opened, the oldest first. */
  #openedAt: number[] = [];

  constructor(rates: readonly OpeningRate[]) {
    this.#rates = rates;
    this.#longestMs = Math.max(...rates.map(({ withinMs }) => withinMs));
  }

  /** Whether one more may be opened now; counts it if so. */
  tryOpen(now: number): boolean {
    const recent = this.#openedAt.findIndex((at) => now - at < this.#longestMs);
    this.#openedAt = recent < 0 ? [] : this.#openedAt.slice(recent);
    const full = this.#rates.some(({ withinMs, max }) => {
      const nthLast = this.#openedAt.at(-max);
      return nthLast !== undefined && now - nthLast < withinMs;
    });
    if (!full) this.#openedAt.push(now);
    return !full;
  }
}
