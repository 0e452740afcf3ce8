import type { Token } from "./javaScriptTokens.ts";

/**
 * A module in which the texts of `t("English text", ...)` are replaced. `translate` gives the text in the
 * other language; `undefined` leaves it as it is.
 */
export function translateModule(
  tokens: readonly Token[],
  translate: (text: string) => string | undefined,
): readonly Token[] {
  /** The three tokens before this one, but for space and comments. */
  let before: readonly string[] = ["", "", ""];
  return tokens.map((token) => {
    if (token.kind === "space" || token.kind === "comment") return token;
    const [dot, callee, bracket] = before;
    const isText = dot !== "." && callee === "t" && bracket === "(" && token.text.startsWith('"');
    before = [...before, token.text].slice(-3);
    const translated = isText ? translate(JSON.parse(token.text)) : undefined;
    return translated === undefined ? token : { ...token, text: JSON.stringify(translated) };
  });
}
