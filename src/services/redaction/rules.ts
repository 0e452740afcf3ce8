import type { LinearPattern } from "../../utils/linearPattern.ts";
import type { Phrases } from "./phrases.ts";

/** What is blacked out in a call. */
export interface RedactionRules {
  readonly cards: boolean;
  readonly ibans: boolean;
  readonly secrets: boolean;
  readonly emails: boolean;
  readonly phones: boolean;
  readonly birthDates: boolean;
  readonly patterns: readonly NamedPattern[];
}

export interface NamedPattern {
  readonly name: string;
  readonly pattern?: LinearPattern;
  readonly words?: Phrases<true>;
}

/** All that one of the two blacks out. */
export function bothRules(a: RedactionRules, b: RedactionRules): RedactionRules {
  return {
    cards: a.cards || b.cards,
    ibans: a.ibans || b.ibans,
    secrets: a.secrets || b.secrets,
    emails: a.emails || b.emails,
    phones: a.phones || b.phones,
    birthDates: a.birthDates || b.birthDates,
    patterns: [...new Set([...a.patterns, ...b.patterns])],
  };
}
