/** Keeps the answer to a question for a while, so that nobody can have it asked more often; a rejection is not kept. */
export class KeptAnswer<T> {
  readonly #keptMs: number;
  readonly #now: () => number;
  readonly #ask: () => Promise<T>;
  #kept: { readonly until: number; readonly answer: Promise<T> } | undefined;

  constructor(ask: () => Promise<T>, keptMs: number, now: () => number) {
    this.#ask = ask;
    this.#keptMs = keptMs;
    this.#now = now;
  }

  get(): Promise<T> {
    if (this.#kept !== undefined && this.#now() < this.#kept.until) return this.#kept.answer;
    const answer = this.#ask();
    this.#kept = { until: this.#now() + this.#keptMs, answer };
    answer.catch(() => this.#kept = undefined);
    return answer;
  }
}
