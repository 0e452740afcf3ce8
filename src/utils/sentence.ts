/** What stands in a sentence: figures, and names of a bounded length. */
export type SentenceValues = Readonly<Record<string, string | number>>;

/** A sentence in English with `{name}` for each of its values, so that it can be shown in another language. */
export interface Sentence {
  readonly text: string;
  readonly values?: SentenceValues;
}

/** The sentence as it is read in English. */
export function fillSentence({ text, values = {} }: Sentence): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
