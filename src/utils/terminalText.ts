/** What a terminal would obey, and what turns the direction of writing: control characters and ends of lines. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Text of others for a terminal: each character that it would obey is replaced, but for those that are `kept`. What is
 * no well-formed Unicode is replaced by U+FFFD.
 */
export function terminalText(
  text: string,
  { by = "", kept = "" }: { readonly by?: string; readonly kept?: string } = {},
): string {
  return text.toWellFormed().replaceAll(OBEYED, (found) => kept.includes(found) ? found : by);
}
