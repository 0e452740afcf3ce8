/** Passages that are ranked for one question: more take longer, and the words of more tell little. */
const MAX_HITS = 2500;

/**
 * The words of a question that are worth looking for: the rarest, as long as all that have them are few
 * enough to be ranked while a caller waits. `counts` are the passages that have each of them; a negative
 * one leaves its word out.
 */
export function tellingWords(
  words: readonly string[],
  counts: readonly number[],
): { readonly known: readonly string[]; readonly unknown: readonly string[] } {
  const byCount = words.map((word, at) => ({ word, count: counts[at] ?? 0 }))
    .sort((one, other) => one.count - other.count);
  let hits = 0;
  const known: string[] = [];
  for (const { word, count } of byCount) {
    if (count <= 0) continue;
    hits += count;
    if (known.length > 0 && hits > MAX_HITS) break;
    known.push(word);
  }
  return { known, unknown: byCount.filter(({ count }) => count === 0).map(({ word }) => word) };
}
