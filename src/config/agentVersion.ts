import { sha256 } from "../utils/sha256.ts";

/** A file that an agent's file names: a sound, a tool, a text. */
export interface Companion {
  /** Below the folder of the agents. */
  readonly name: string;
  /** SHA-256 of its content, as hexadecimal digits. */
  readonly digest: string;
}

/** How many hexadecimal digits a version has. */
const DIGITS = 12;

/**
 * The version of a definition, by its content alone: the first digits of the SHA-256 of the file's text,
 * as `sha256sum` prints it; where it names other files, of the text and their names and digests.
 */
export function versionOf(text: string, companions: readonly Companion[]): string {
  const lines = companions.map(({ name, digest }) => `${digest}  ${name}`).sort();
  const content = lines.length === 0 ? text : [text, ...lines].join("\0");
  return sha256(content).toHex().slice(0, DIGITS);
}
