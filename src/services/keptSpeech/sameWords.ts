/** Whether two texts are the same words, whatever their punctuation and case. */
export function sameWords(one: string, other: string): boolean {
  const words = wordsOf(one);
  return words !== "" && words === wordsOf(other);
}

function wordsOf(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, " ").trim();
}
