/** What a terminal would obey, what turns the direction of writing, and what is not seen at all. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu;
/** These join letters and emoji. */
const JOINERS = "\u200C\u200D";

/**
 * Text of others for a terminal: each character that it would obey, or not show, is replaced, but for those that are
 * `kept`. What is no well-formed Unicode is replaced by U+FFFD.
 */
export function terminalText(
  text: string,
  { by = "", kept = "" }: { readonly by?: string; readonly kept?: string } = {},
): string {
  return text.toWellFormed()
    .replaceAll(OBEYED, (found) => JOINERS.includes(found) || kept.includes(found) ? found : by);
}
