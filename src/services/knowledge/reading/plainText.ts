import { UnreadableFile } from "./block.ts";

/** The text of a file: UTF-8, UTF-16 with its mark, or else the encoding of older Windows programs. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    if (bytes.subarray(0, 8192).includes(0)) throw new UnreadableFile("is not text");
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * Text without what cannot be seen: control characters, marks that turn the direction or hide words, and
 * repeated spaces. Line breaks stay.
 */
export function cleanText(text: string): string {
  return text.toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\f\v]/g, "\n")
    // The two joiners are part of how Persian and Indian words are written.
    .replace(/(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}]/gu, "")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
