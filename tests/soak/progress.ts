const EVERY_MS = 5000;

/** Prints how far a scenario is, at most every five seconds, and at its end how long it took. */
export class Progress {
  readonly #startedAt = performance.now();
  #printedAt = performance.now();
  #done = 0;

  constructor(private readonly name: string, private readonly total: number) {}

  report(done: number, note = ""): void {
    this.#done = done;
    if (performance.now() - this.#printedAt < EVERY_MS) return;
    this.#printedAt = performance.now();
    console.log(`  ${this.#elapsed()}  ${this.name}  ${done} of ${this.total}  ${note}`);
  }

  end(): void {
    console.log(`  ${this.#elapsed()}  ${this.name}  ended after ${this.#done} of ${this.total}`);
  }

  #elapsed(): string {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
