/** The placeholders and tags of a text, which its translation has too. */
export function marksOf(text: string): readonly string[] {
  return [...text.matchAll(/\{\w+\}|<[^>]+>/g)].map(([mark]) => mark).sort();
}
