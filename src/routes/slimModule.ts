import type { Token } from "./javaScriptTokens.ts";

/**
 * A module of the page without comments, indentation and spaces that no token needs: about a third less to
 * load. Its statements stay on lines of their own.
 */
export function slimModule(tokens: readonly Token[]): string {
  let text = "";
  let last: Token | undefined;
  let gap = "";
  for (const token of tokens) {
    if (token.kind === "space" || token.kind === "comment") {
      gap += token.text;
      continue;
    }
    if (last !== undefined) text += between(last, gap, token);
    text += token.text;
    last = token;
    gap = "";
  }
  return `${text}\n`;
}

/** What has to stay of the space between two tokens. */
function between(last: Token, gap: string, next: Token): string {
  if (gap === "") return "";
  if (/[\n\r\u2028\u2029]/.test(gap)) {
    // No semicolon is put in at these places, whether there is a line break or not.
    return NEVER_LAST.has(last.text) || NEVER_FIRST.has(next.text) ? "" : "\n";
  }
  const wouldJoin = isWordLike(last) && isWordLike(next) || isOperator(last) && isOperator(next) ||
    last.kind === "number" && next.text.startsWith(".");
  return wouldJoin ? " " : "";
}

/** A regular expression ends with its flags. */
function isWordLike({ kind }: Token): boolean {
  return kind === "word" || kind === "number" || kind === "regex";
}

function isOperator({ kind, text }: Token): boolean {
  return (kind === "mark" || kind === "regex") && !BRACKETS.has(text);
}

const BRACKETS = new Set([..."()[]{},;"]);
const NEVER_LAST = new Set([..."([,"]);
const NEVER_FIRST = new Set([...")]"]);
