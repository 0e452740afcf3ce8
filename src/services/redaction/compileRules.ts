import type { AgentRedaction } from "../../config/redactionSchema.ts";
import { LinearPattern } from "../../utils/linearPattern.ts";
import { Phrases } from "./phrases.ts";
import type { RedactionRules } from "./rules.ts";
import { tokensOf } from "./tokens.ts";

/** Makes an agent's rules ready for its calls. */
export function compileRules({ birth_dates, patterns, ...kinds }: AgentRedaction): RedactionRules {
  return {
    ...kinds,
    birthDates: birth_dates,
    patterns: patterns.map((each) => {
      const name = each.name.replaceAll(/[_-]/g, " ");
      return "pattern" in each
        ? { name, pattern: new LinearPattern(each.pattern) }
        : { name, words: phrasesOf(each.words) };
    }),
  };
}

function phrasesOf(words: readonly string[]): Phrases<true> {
  const phrases = new Phrases<true>();
  for (const each of words) {
    const phrase = tokensOf(each).map(({ word }) => word).join(" ");
    if (phrase !== "") phrases.add(phrase, true);
  }
  return phrases;
}
