/**
 * The elements of a header that is a list, as RFC 9110 (5.6.1) lets them be written: blanks and tabs
 * around them are optional, and empty ones count for nothing. Several lines of a header arrive joined
 * by commas. Undefined for a header that is longer than `maxLength`: it is not looked into.
 */
export function readHeaderList(
  header: string | null,
  maxLength = MAX_LENGTH,
): readonly string[] | undefined {
  if (header === null) return [];
  if (header.length > maxLength) return undefined;
  return header.split(",").map((element) => element.trim()).filter((element) => element !== "");
}

/** Whether the list holds a word, in whatever case it is written. */
export function listsWord(header: string | null, word: string): boolean {
  return readHeaderList(header)?.some((element) => element.toLowerCase() === word) ?? false;
}

/** Far more than any client writes; servers in front of this one take some 8,000 for all headers. */
const MAX_LENGTH = 2000;
