import { findCards } from "./findCards.ts";
import { findForms, findPhones } from "./findForms.ts";
import { findIbans } from "./findIbans.ts";
import { Finding, type Known } from "./finding.ts";
import { findPatterns } from "./findPatterns.ts";
import { findSecrets } from "./findSecrets.ts";
import { type Line, type Mark, merged } from "./marks.ts";
import { numberRuns } from "./numberRuns.ts";
import type { RedactionRules } from "./rules.ts";

/**
 * What is to be blacked out in lines that follow each other, line by line; `known` gains what is found.
 * `holds` tells whether digits that may become a number wait, for each speaker.
 */
export function findMarks(
  lines: readonly Line[],
  rules: RedactionRules,
  { known, holds }: {
    readonly known: Known;
    readonly holds: (role: Line["role"]) => boolean;
  },
): readonly (readonly Mark[])[] {
  const finding = new Finding(lines, known);
  for (const role of ["caller", "agent", "other"] as const) {
    const indices = lines.flatMap((line, at) => line.role === role ? [at] : []);
    if (indices.length === 0) continue;
    const mayHold = holds(role);
    const runs = rules.cards || rules.phones ? numberRuns(lines, indices) : [];
    if (rules.cards) findCards(finding, runs, mayHold);
    if (rules.ibans) findIbans(finding, indices, mayHold);
    if (rules.phones) findPhones(finding, runs, mayHold);
  }
  for (const index of lines.keys()) {
    findSecrets(finding, index, rules);
    findForms(finding, index, rules);
    findPatterns(finding, index, rules, true);
  }
  return lines.map((_, at) => merged(finding.marksOf(at)));
}
