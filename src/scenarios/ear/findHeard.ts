import { findWords } from "./findWords.ts";
import type { HeardLine, HeardWord } from "./heardLines.ts";

/**
 * When words were heard one after the other, the first time from `sinceMs` on; what follows a cut does not go on what
 * was cut.
 */
export function findHeard(
  text: string,
  { lines }: { readonly lines: readonly HeardLine[] },
  sinceMs?: number,
): ReturnType<typeof findWords> {
  const runs: HeardWord[][] = [[]];
  for (const { words, unheard } of lines.toSorted((a, b) => a.fromMs - b.fromMs)) {
    runs.at(-1)?.push(...words);
    if (unheard !== "") runs.push([]);
  }
  return runs.flatMap((words) => findWords(text, words, sinceMs) ?? [])[0];
}
