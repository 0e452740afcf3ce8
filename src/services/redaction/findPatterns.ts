import type { Stretch } from "../../utils/linearPattern.ts";
import type { Finding } from "./finding.ts";
import { HELD } from "./marks.ts";
import type { RedactionRules } from "./rules.ts";

/** Shorter beginnings are in many words. */
const MIN_BEGUN = 3;

/** Marks the operator's own words and patterns, which also find numbers that are said in words. */
export function findPatterns(finding: Finding, index: number, { patterns }: RedactionRules): void {
  const line = finding.lines[index];
  if (line === undefined || patterns.length === 0) return;
  const { text, tokens } = line;
  const inDigits = digitText(finding, index);
  for (const { name, pattern, words } of patterns) {
    for (let at = 0; words !== undefined && at < tokens.length; at++) {
      const match = words.at(tokens, at);
      const [first, last] = [tokens[at], tokens[at + (match?.length ?? 0) - 1]];
      if (match === undefined || first === undefined || last === undefined) continue;
      finding.mark({ line: index, from: first.from, to: last.to }, `[${name}]`);
    }
    if (pattern === undefined) continue;
    const { found, begunAt } = pattern.matches(text);
    for (const { from, to } of found) finding.mark({ line: index, from, to }, `[${name}]`);
    if (inDigits !== undefined) {
      for (const match of pattern.matches(inDigits.text).found) {
        finding.mark({ line: index, ...inDigits.placeOf(match) }, `[${name}]`);
      }
    }
    if (line.open && begunAt !== undefined && text.length - begunAt >= MIN_BEGUN) {
      finding.mark({ line: index, from: begunAt, to: text.length }, HELD);
    }
  }
}

/** The line with its number words in digits, those that follow each other joined; undefined where it has none. */
function digitText({ lines }: Finding, index: number) {
  const line = lines[index];
  if (line === undefined) return undefined;
  const spoken = line.tokens.some(({ kind, word, digits }, at) =>
    kind === "digits" && (word !== digits || line.tokens[at + 1]?.kind === "digits")
  );
  if (!spoken) return undefined;
  let text = "";
  let at = 0;
  /** By character of the new text, the character of the line. */
  const from: number[] = [];
  const to: number[] = [];
  let afterDigits = false;
  const copy = (until: number) => {
    for (; at < until; at++) {
      text += line.text.charAt(at);
      from.push(at);
      to.push(at + 1);
    }
  };
  for (const token of line.tokens) {
    if (token.kind !== "digits") {
      if (token.kind !== "filler") afterDigits = false;
      continue;
    }
    if (afterDigits && token.from - at <= 3) at = token.from;
    else copy(token.from);
    for (const digit of token.digits) {
      text += digit;
      from.push(token.from);
      to.push(token.to);
    }
    at = token.to;
    afterDigits = true;
  }
  copy(line.text.length);
  return {
    text,
    placeOf: (match: Stretch): Stretch => ({
      from: from[match.from] ?? 0,
      to: to[match.to - 1] ?? line.text.length,
    }),
  };
}
