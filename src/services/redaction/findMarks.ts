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
  { known, holds, only }: {
    readonly known: Known;
    /** The one line that has changed, which has no digits. */
    readonly only?: number;
    readonly holds: (role: Line["role"]) => boolean;
  },
): readonly (readonly Mark[])[] {
  const finding = new Finding(lines, known);
  if (only !== undefined) {
    findInLine(finding, only, rules);
    return lines.map((_, at) => at === only ? merged(finding.marksOf(at)) : []);
  }
  for (const role of ["caller", "agent", "other"] as const) {
    const indices = lines.flatMap((line, at) => line.role === role ? [at] : []);
    if (indices.length === 0) continue;
    const mayHold = holds(role);
    const runs = rules.cards || rules.phones ? numberRuns(lines, indices) : [];
    if (rules.cards) findCards(finding, runs, mayHold);
    if (rules.ibans) findIbans(finding, indices, mayHold);
    if (rules.phones) findPhones(finding, runs, mayHold);
  }
  for (const index of lines.keys()) findInLine(finding, index, rules);
  return lines.map((_, at) => merged(finding.marksOf(at)));
}

function findInLine(finding: Finding, index: number, rules: RedactionRules): void {
  findSecrets(finding, index, rules);
  findForms(finding, index, rules);
  findPatterns(finding, index, rules, true);
}
