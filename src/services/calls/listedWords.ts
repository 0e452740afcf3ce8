const MAX_CHARACTERS = 200;

/** What a person said, as the do-not-call list keeps it: without numbers that might be of a card or an account. */
export function listedWords(words: string | undefined): string | undefined {
  return words?.slice(0, MAX_CHARACTERS).replaceAll(/\d(?:[\s.-]?\d){5,}/g, "…");
}
