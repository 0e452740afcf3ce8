/**
 * What is said in a transcript. Remarks are none of it, such as "[inaudible]", "(music)", or how long
 * somebody has spoken where nothing is understood.
 */
export function spokenWords(text: string): string {
  return text.replaceAll(/\([^()]*\)|\[[^[\]]*\]|\*[^*]*\*|[♪♫]/g, " ").trim();
}
