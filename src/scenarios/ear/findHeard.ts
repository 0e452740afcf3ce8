import { findWords } from "./findWords.ts";
import type { HeardLine, HeardWord } from "./heardLines.ts";
import type { Reading } from "./numberWords.ts";

/**
 * When words were heard one after the other, the first time from `sinceMs` on; what follows a cut does not go on what
 * was cut.
 */
export function findHeard(
  text: string,
  { lines }: { readonly lines: readonly HeardLine[] },
  sinceMs?: number,
  reading?: Reading,
): ReturnType<typeof findWords> {
  const runs: HeardWord[][] = [[]];
  for (const { words, unheard } of lines.toSorted((a, b) => a.fromMs - b.fromMs)) {
    // No number goes on in the next line.
    runs.at(-1)?.push(
      ...words.map((word, index) =>
        index < words.length - 1 ? word : { ...word, text: `${word.text}\n` }
      ),
    );
    if (unheard !== "") runs.push([]);
  }
  return runs.flatMap((words) => findWords(text, words, sinceMs, reading) ?? [])[0];
}
