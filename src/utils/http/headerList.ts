/**
 * The elements of a list header (RFC 9110, 5.6.1): white space around them is optional, empty ones are
 * ignored. Several lines of a header arrive joined by commas. Undefined for a header that is longer
 * than `maxLength`, which is not parsed.
 */
export function readHeaderList(
  header: string | null,
  maxLength = MAX_LENGTH,
): readonly string[] | undefined {
  if (header === null) return [];
  if (header.length > maxLength) return undefined;
  return header.split(",").map((element) => element.trim()).filter((element) => element !== "");
}

/** Whether the list contains a lower-case word, ignoring case. */
export function listsWord(header: string | null, word: string): boolean {
  return readHeaderList(header)?.some((element) => element.toLowerCase() === word) ?? false;
}

/** Far more than any client writes; servers in front of this one take some 8,000 for all headers. */
const MAX_LENGTH = 2000;
