import { terminalText } from "../../../utils/terminalText.ts";

/** How text stands out on a terminal. */
export type Paint = (look: Look, text: string) => string;

export type Look = keyof typeof CODES;

const CODES = {
  bold: [1, 22],
  soft: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
} as const;
const ESCAPE = "\x1b";

export const coloured: Paint = (look, text) => {
  const [on, off] = CODES[look];
  return `${ESCAPE}[${on}m${text}${ESCAPE}[${off}m`;
};

export const plain: Paint = (_look, text) => text;

/** Text of others in one line, without what a terminal would obey. */
export function tame(text: string): string {
  return terminalText(text.replaceAll(/\s+/g, " "));
}

/** The looks of this module, and the line that is written over. */
// deno-lint-ignore no-control-regex -- a terminal obeys these.
const OWN = /(\x1b\[(?:1|2|22|31|32|33|39)m|\r\x1b\[2K)/;

/**
 * Without what a terminal would obey, but for ends of lines and what this module writes: all that is printed goes
 * through it, so that no text of others reaches a terminal as it came.
 */
export function withoutEscapes(text: string): string {
  return text.split(OWN)
    .map((part, at) => at % 2 === 1 ? part : terminalText(part, { kept: "\n" }))
    .join("");
}
