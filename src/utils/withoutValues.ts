export const DOTS = "••••";

/** Shorter values occur in texts by chance. */
const MIN_HIDDEN_CHARS = 4;

/** Puts dots in the place of values, wherever they stand in a text. */
export function withoutValues(text: string, values: readonly string[]): string {
  let shown = text;
  for (const value of values) {
    if (value.length >= MIN_HIDDEN_CHARS) shown = shown.replaceAll(value, DOTS);
  }
  return shown;
}
