/** A text of which parts are understood one after another. */
export class TextLeft {
  readonly original: string;
  #left: string;

  constructor(text: string) {
    this.original = text;
    this.#left = text;
  }

  /** What nobody has understood yet, with spaces in the place of all else. */
  get left(): string {
    return this.#left;
  }

  /** The first match in what is left, which counts as understood from then on. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = new RegExp(pattern.source).exec(this.#left);
    if (match === null) return undefined;
    const [{ length }] = match;
    this.#left = this.#left.slice(0, match.index) + " ".repeat(length) +
      this.#left.slice(match.index + length);
    return match;
  }

  /** All matches of what is left. */
  takeAll(pattern: RegExp): readonly RegExpExecArray[] {
    const matches: RegExpExecArray[] = [];
    for (let match = this.take(pattern); match !== undefined; match = this.take(pattern)) {
      matches.push(match);
    }
    return matches;
  }

  has(pattern: RegExp): boolean {
    return new RegExp(pattern.source).test(this.#left);
  }
}
