/** A text that the database takes: Postgres keeps no NUL in one. */
export function storableText(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
