/**
 * The one of some words that another was most likely meant to be; undefined where none is near. Case, `-`,
 * `_` and blanks do not count.
 */
export function nearestWord(word: string, words: Iterable<string>): string | undefined {
  const wanted = plain(word);
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of words) {
    const distance = editsBetween(wanted, plain(candidate), least);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

/** Longer words are not what someone has mistyped. */
const MAX_LENGTH = 64;

function plain(word: string): string {
  return word.slice(0, MAX_LENGTH).toLowerCase().replace(/[-_\s]/g, "");
}

/** Letters to insert, remove, replace or swap with their neighbour; `limit` where that is not less. */
function editsBetween(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      let edits = Math.min(
        (last[j] ?? limit) + 1,
        (row[j - 1] ?? limit) + 1,
        (last[j - 1] ?? limit) + (isSame ? 0 : 1),
      );
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwap) edits = Math.min(edits, (before[j - 2] ?? limit) + 1);
      row.push(edits);
    }
    [before, last] = [last, row];
  }
  return Math.min(last[to.length] ?? limit, limit);
}
