/** Words that mean the same to the stand-in. */
const synonyms: readonly (readonly string[])[] = [
  ["cancel", "terminate", "terminated", "quit", "cancellation"],
  ["membership", "subscription", "subscriptions", "contract"],
  ["price", "cost", "costs", "fee"],
];

const meanings = new Map(synonyms.flatMap((words) => words.map((word) => [word, words[0] ?? ""])));
const WITHOUT_MEANING = new Set(
  "a an and are at be by can do for from how i in is it may my of on or the to what within you"
    .split(" "),
);

/**
 * A vector that is the same for texts of the same words, near for texts that share some, and almost
 * orthogonal for others: each word, or what it means, has a direction of its own.
 */
export function wordVector(text: string, dimensions: number): readonly number[] {
  const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !WITHOUT_MEANING.has(word)).map((word) => meanings.get(word) ?? word);
  const vector = Array.from({ length: dimensions }, () => 0);
  for (const word of new Set(words.length === 0 ? [""] : words)) {
    let seed = [...word].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % M, 7);
    for (let at = 0; at < dimensions; at++) {
      seed = (seed * 48_271) % M;
      vector[at] = (vector[at] ?? 0) + seed / M - 0.5;
    }
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const M = 2_147_483_647;
