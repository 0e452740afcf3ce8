/** Finds phrases in tokens: the longest that begins at a place. */
export class Phrases<Value> {
  readonly #byFirst = new Map<
    string,
    { readonly words: readonly string[]; readonly value: Value }[]
  >();

  /** Words as `plainWord` makes them, apart by blanks. The value that comes first for a phrase stays. */
  add(phrase: string, value: Value): void {
    const words = phrase.split(" ");
    const [first = ""] = words;
    const known = this.#byFirst.get(first) ?? [];
    if (known.some((each) => each.words.join(" ") === phrase)) return;
    known.push({ words, value });
    known.sort((a, b) => b.words.length - a.words.length);
    this.#byFirst.set(first, known);
  }

  /** `length` is in tokens. */
  at(
    tokens: readonly { readonly word: string }[],
    index: number,
  ): { readonly value: Value; readonly length: number } | undefined {
    const candidates = this.#byFirst.get(tokens[index]?.word ?? "");
    if (candidates === undefined) return undefined;
    for (const { words, value } of candidates) {
      let at = 1;
      while (at < words.length && tokens[index + at]?.word === words[at]) at++;
      if (at === words.length) return { value, length: at };
    }
    return undefined;
  }
}
